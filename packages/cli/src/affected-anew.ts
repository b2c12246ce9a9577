import {
  affectedEntries,
  applyRelease,
  explainProduct,
  observeRelease,
  planRelease,
  type ReleasePlan,
  type ReleaseRequest,
  type ReleaseState,
} from '@lanewise/release';
import { affectedAnswer } from './affected-answer.js';
import type { AffectedOptions } from './affected-options.js';
import { projectsOfProducts, projectsSince } from './affected-projects-answer.js';
import type { Answer, Call } from './command.js';
import {
  openReleaseSources,
  type OpenedRelease,
  type WorkTreeTrust,
} from './context/release-sources.js';
import type { Workspace } from './context/workspace.js';
import { reservedJobs } from './render/affected-formats.js';
import { explanationsJson, renderExplanations } from './render/explain.js';
import { affectedSummary } from './render/summary.js';

/** What is affected, observed and planned now. `keep` is given the plan, where it may be kept. */
export async function affectedAnew(
  call: Call,
  workspace: Workspace,
  request: ReleaseRequest,
  options: AffectedOptions,
  keep: ((plan: ReleasePlan) => Promise<void>) | null,
): Promise<Answer> {
  const { base } = options;
  if (base !== undefined) return projectsSince(call, workspace, { ...options, base });
  if (options.reserve === true) {
    const opened = await openReleaseSources(call, workspace, 'writing', options.graph ?? null);
    return reserve(call, workspace, opened, request, options);
  }
  const { opened, state, plan } = await lookForAffected(call, workspace, request, options);
  await keep?.(plan);
  if (options.projects === true) return projectsOfProducts(plan, opened, options);
  const answer = withSummary(affectedAnswer(plan, options), plan, opened);
  return options.explain === true ? explained(answer, state, plan, options) : answer;
}

interface Looked {
  readonly opened: OpenedRelease;
  readonly state: ReleaseState;
  readonly plan: ReleasePlan;
}

/** Goes on while git looks at the work tree; where that turns out not to be HEAD's, begins again. */
async function lookForAffected(
  call: Call,
  workspace: Workspace,
  request: ReleaseRequest,
  { graph }: AffectedOptions,
): Promise<Looked> {
  const look = async (trust: WorkTreeTrust): Promise<Looked> => {
    const opened = await openReleaseSources(call, workspace, 'looking', graph ?? null, trust);
    const state = await observeRelease(opened.sources, request);
    return { opened, state, plan: planRelease(state, request) };
  };
  // An error may come of what was expected: looking first tells whether it is one.
  const expected = await look('expect-clean').catch(() => null);
  if (expected !== null && (await expected.opened.holds())) return expected;
  return look('look-first');
}

/** Keeps the versions, and answers with the plan as it was when they were kept. */
async function reserve(
  call: Call,
  workspace: Workspace,
  opened: OpenedRelease,
  request: ReleaseRequest,
  options: AffectedOptions,
): Promise<Answer> {
  const { now, random, sleep } = call.shell;
  const effects = { build: null, now, random, sleep, tagger: workspace.checkout.identity };
  const outcome = await applyRelease(opened.sources, request, effects);
  const answer = affectedAnswer(outcome.plan, options, reservedJobs(outcome));
  return { ...withSummary(answer, outcome.plan, opened), exitCode: outcome.exitCode };
}

function withSummary(
  answer: Answer,
  plan: ReleasePlan,
  { sources, products }: OpenedRelease,
): Answer {
  return { ...answer, summary: () => affectedSummary(plan, { graph: sources.graph, products }) };
}

function explained(
  answer: Answer,
  state: ReleaseState,
  plan: ReleasePlan,
  { format, all }: AffectedOptions,
): Answer {
  const explanations = affectedEntries(plan).map((entry) => explainProduct(state, entry));
  const json = { ...answer.json, ...explanationsJson(explanations) };
  return {
    ...answer,
    json,
    text: (view) =>
      format === 'json'
        ? `${JSON.stringify(json, null, 2)}\n`
        : explanations.length === 0
          ? answer.text(view)
          : renderExplanations(explanations, plan.entries.length, { all: all === true }, view),
  };
}
