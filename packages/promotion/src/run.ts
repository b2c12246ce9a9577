import { isLanewiseError, LanewiseError, worstExitCode, type CommitId } from '@lanewise/model';
import { applyIntents, type Applied } from './apply.js';
import { compareWithSaved } from './compare-plans.js';
import {
  planExitCode,
  type Decision,
  type Intent,
  type PromotionPlan,
  type PromotionRequest,
} from './plan.js';
import type { PromotionSources, Surroundings } from './promotion-sources.js';
import type {
  FailedPromotion,
  Landed,
  PromoteOptions,
  PromotionResult,
} from './promotion-result.js';
import { planPromotion } from './plan-promotion.js';
import { planRequest } from './plan-request.js';

/** What has been done so far in one run. */
export interface Run {
  readonly sources: PromotionSources;
  readonly request: PromotionRequest;
  /** For a rollback: with what the plan before found to be taken back. */
  exact: PromotionRequest;
  readonly surroundings: Surroundings;
  readonly options: PromoteOptions;
  plan: PromotionPlan | null;
  readonly landed: Landed[];
  readonly lockCommits: CommitId[];
  readonly records: string[];
  readonly failed: FailedPromotion[];
  readonly notices: string[];
  lostRaces: number;
}

export function beginRun(
  sources: PromotionSources,
  request: PromotionRequest,
  surroundings: Surroundings,
  options: PromoteOptions,
): Run {
  const lists = { landed: [], lockCommits: [], records: [], failed: [], notices: [] };
  return {
    sources,
    request,
    exact: request,
    surroundings,
    options,
    plan: null,
    ...lists,
    lostRaces: 0,
  };
}

/** Names of products in environments: what a part of a run is limited to. */
type Part = ReadonlySet<string>;

const mostAttempts = 40;
/** After so many refusals of single promotions and no success, the rest would be refused as well. */
const hopeless = 3;

/** One part of a run until it is published, refused for good, or the race was lost too often. */
export async function carryOut(run: Run, part: Part | null): Promise<void> {
  const attempts = run.options.attempts ?? mostAttempts;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const { state, plan } = await planAttempt(run);
    const intents = chooseIntents(run, plan, state, part);
    keepPlan(run, plan, state.notices);
    if (run.options.dryRun === true || (intents.length === 0 && plan.records.length === 0)) return;
    const question = { sources: run.sources, state, intents, records: plan.records };
    const outcome = await applyIntents(question, run.surroundings);
    if (outcome.kind === 'published') {
      keepApplied(run, outcome.applied);
      run.records.push(...outcome.records);
      run.failed.push(...outcome.failed);
      run.notices.push(...outcome.notices);
      return;
    }
    if (outcome.kind === 'refused') {
      await tryApart(run, outcome.intents, outcome.reason);
      return;
    }
    run.lostRaces++;
    await backOff(run);
  }
  throw lostTooOften(run, attempts);
}

/**
 * A rollback that is planned again finds what it was to take back gone, if somebody else did that
 * meanwhile; where another release landed instead, what runs by now is taken back, as it was asked.
 */
async function planAttempt(run: Run): ReturnType<typeof planRequest> {
  const planned = await planRequest(run.sources, run.exact, run.surroundings);
  const { state, plan } = planned;
  const { request } = run;
  run.exact = plan.request;
  if (request.kind !== 'rollback' || request.leave !== undefined) return planned;
  const replaced = plan.decisions.filter(({ reason }) => reason.code === 'not-running');
  if (replaced.length === 0 || plan.request.kind !== 'rollback') return planned;
  const elsewhere = new Set<string>(replaced.map(({ environment }) => environment ?? ''));
  const left = Object.entries(plan.request.leave ?? {}).filter(([name]) => !elsewhere.has(name));
  const anew = left.length === 0 ? request : { ...request, leave: Object.fromEntries(left) };
  const again = planPromotion(state, anew);
  run.exact = again.request;
  return { state, plan: again };
}

/** Of a plan's intents those of this part that did not fail before. */
function chooseIntents(
  run: Run,
  plan: PromotionPlan,
  state: Parameters<typeof compareWithSaved>[0],
  part: Part | null,
): readonly Intent[] {
  const { expected } = run.options;
  const settled =
    expected === undefined
      ? new Set<string>()
      : compareWithSaved(state, expected, plan, run.landed);
  const failed = new Set(run.failed.map((one) => keyOf(one)));
  return plan.intents.filter((intent) => {
    const key = keyOf(intent);
    return !failed.has(key) && !settled.has(key) && (part === null || part.has(key));
  });
}

function keyOf({ environment, product }: Pick<FailedPromotion, 'environment' | 'product'>): string {
  return `${environment ?? '_all'}/${product ?? '_all'}`;
}

/** A refused push is halved until it is known what the remote does not take. */
async function tryApart(run: Run, intents: readonly Intent[], why: string): Promise<void> {
  const products = [...new Set(intents.map(({ product }) => product))];
  if (products.length <= 1 || isHopeless(run)) {
    const error = refusedByRemote(run, why);
    run.failed.push(
      ...intents.map(({ product, environment }) => ({ product, environment, error })),
    );
    return;
  }
  const half = new Set(products.slice(0, Math.ceil(products.length / 2)));
  const parts = [
    intents.filter(({ product }) => half.has(product)),
    intents.filter(({ product }) => !half.has(product)),
  ];
  for (const part of parts) {
    if (isHopeless(run)) await tryApart(run, part, why);
    else await carryOut(run, new Set(part.map(keyOf)));
  }
}

function isHopeless({ failed, landed, lockCommits }: Run): boolean {
  const refused = failed.filter(({ error }) => isLanewiseError(error, 'REMOTE_REFUSED'));
  return refused.length >= hopeless && landed.length + lockCommits.length === 0;
}

/** The more races were lost, the more others are at it, and the wider the window to wait in. */
async function backOff({ surroundings, lostRaces }: Run): Promise<void> {
  const window = Math.min(5000, 60 * lostRaces);
  await surroundings.sleep(Math.round(surroundings.random() * window));
}

function keepPlan(run: Run, plan: PromotionPlan, notices: readonly string[]): void {
  for (const notice of notices) if (!run.notices.includes(notice)) run.notices.push(notice);
  if (run.plan === null || run.landed.length + run.lockCommits.length + run.failed.length === 0) {
    run.plan = plan;
    return;
  }
  // Later rounds and parts add to what was done: decisions that were carried out stay in the answer.
  const done = new Set([...run.landed, ...run.failed].map((one) => keyOf(one)));
  const kept = run.plan.decisions.filter((one) => isDone(one, done));
  const fresh = plan.decisions.filter((one) => !kept.some((other) => keyOf(other) === keyOf(one)));
  const intents = run.plan.intents.filter((one) => done.has(keyOf(one)));
  const added = plan.intents.filter((one) => !done.has(keyOf(one)));
  run.plan = { ...plan, intents: [...intents, ...added], decisions: [...kept, ...fresh] };
}

function isDone(decision: Decision, done: ReadonlySet<string>): boolean {
  return decision.verdict === 'promote' && done.has(keyOf(decision));
}

function keepApplied(run: Run, applied: readonly Applied[]): void {
  for (const { intent, commit } of applied) {
    if (intent.kind === 'lock') run.lockCommits.push(commit);
    else {
      const { product, environment, from, to, origin } = intent;
      run.landed.push({ product, environment, from, to, origin, commit });
    }
  }
}

export function resultOf(run: Run): PromotionResult {
  const plan = run.plan ?? emptyPlan(run.request);
  return {
    plan,
    landed: run.landed,
    lockCommits: run.lockCommits,
    records: run.records,
    failed: run.failed,
    lostRaces: run.lostRaces,
    notices: run.notices,
    exitCode: worstExitCode([planExitCode(plan), ...run.failed.map(({ error }) => error.exitCode)]),
  };
}

function emptyPlan(request: PromotionRequest): PromotionPlan {
  return { schema: 'lanewise.promotion-plan/1', request, intents: [], decisions: [], records: [] };
}

function refusedByRemote({ sources }: Run, why: string): LanewiseError {
  const branch = sources.config.gitops.branch;
  return new LanewiseError(
    'REMOTE_REFUSED',
    `${sources.gitops.name} does not take the push to '${branch}': ${why.replace(/\.$/, '')}.`,
    {
      hint: `Nothing of it was written. Whoever runs this needs the right to push to '${branch}'.`,
    },
  );
}

function lostTooOften({ sources }: Run, attempts: number): LanewiseError {
  return new LanewiseError(
    'REMOTE_MOVED',
    `Others pushed to '${sources.config.gitops.branch}' of ${sources.gitops.name} ${attempts} times while this was being written.`,
    {
      hint: 'What landed before stays. Run the same command again: it goes on where it stopped.',
    },
  );
}
