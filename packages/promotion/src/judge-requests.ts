import type { EnvironmentName, Release } from '@lanewise/model';
import { judgeRelease, type Judged } from './candidates.js';
import { cellKey, type Cell } from './cell.js';
import type { EnvironmentTag } from './environment-tag.js';
import type { GateResult } from './gates/gate.js';
import { isOpen } from './gates/table.js';
import { everRan, isNewer, isTakenBack } from './past.js';
import type { Reason } from './plan.js';
import { reason, reasonToWait } from './reasons.js';
import type { PromotionState } from './state.js';

/**
 * What a pushed tag comes to in one environment. Only `open` ones are acted on; `wait` says why an
 * open one does not land now.
 */
export interface JudgedRequest {
  readonly tag: EnvironmentTag;
  readonly environment: EnvironmentName;
  readonly kind: 'open' | 'done' | 'overtaken' | 'stale' | 'unrelated' | 'invalid';
  readonly reason: Reason;
  readonly release: Release | null;
  readonly gates: readonly GateResult[];
  /** null: it can land. */
  readonly wait: Reason | null;
}

/** Judges every request in every environment that it names. */
export function judgeRequests(
  state: PromotionState,
  landing: ReadonlyMap<string, Release> = new Map(),
): readonly JudgedRequest[] {
  const first = state.requests.flatMap((tag) =>
    membersOf(state, tag).map((environment) => judgeAlone(state, tag, environment, landing)),
  );
  return first.map((one) => overtakenBy(state, one, first) ?? rivalOf(state, one, first) ?? one);
}

/** Of a group those environments that the product is in; a tag that names none of them is judged as it is. */
function membersOf(state: PromotionState, tag: EnvironmentTag): readonly EnvironmentName[] {
  const inside = tag.environments.filter((environment) => {
    const cell = state.cells.get(cellKey(environment, tag.product));
    return cell !== undefined && cell.state.kind !== 'outside';
  });
  return inside.length > 0 ? inside : tag.environments;
}

function judgeAlone(
  state: PromotionState,
  tag: EnvironmentTag,
  environment: EnvironmentName,
  landing: ReadonlyMap<string, Release>,
): JudgedRequest {
  const base = { tag, environment, release: null, gates: [], wait: null };
  const cell = state.cells.get(cellKey(environment, tag.product));
  const found = findAsked(state, tag);
  if (!('version' in found)) return { ...base, kind: 'invalid', reason: found };
  if (cell === undefined || cell.state.kind === 'outside') {
    const why = reason('request-invalid', `${tag.product} is not in ${environment}`);
    return { ...base, kind: 'invalid', reason: why };
  }
  const closed = judgePlace(state, cell, found);
  if (closed !== null) return { ...base, release: found, ...closed };
  const question = { state, cell, origin: 'request', force: [], landing } as const;
  return { ...base, ...judgeOpen(state, cell, judgeRelease(question, found)) };
}

/** The release that a tag names; or why it names none. */
function findAsked(state: PromotionState, tag: EnvironmentTag): Release | Reason {
  const { product, version, commit } = tag;
  const releases = state.book.releases(product);
  const begun = (one: Release): boolean =>
    /^[0-9a-f]{7,64}$/.test(version) && one.commit === commit && one.commit.startsWith(version);
  const release = releases.find((one) => one.version === version) ?? releases.find(begun);
  if (release === undefined) {
    const hint = `git push origin :refs/tags/${tag.name}`;
    return reason('request-invalid', `${product} ${version} was never released`, hint);
  }
  if (commit !== release.commit) {
    const sits = commit === null ? 'it stands on no commit' : `it stands on ${commit.slice(0, 8)}`;
    const text = `${sits}, and ${product} ${version} was made from ${release.commit.slice(0, 8)}`;
    return reason(
      'request-invalid',
      text,
      `git push origin ${release.tag.replace(/^refs\/tags\//, '')}^{}:refs/tags/${tag.name} --force`,
    );
  }
  if (state.strayReleases.has(release)) {
    return reason('request-invalid', `${release.version} is on no release branch`, byName(tag));
  }
  return release;
}

/** What the pins and their history say; null: nothing speaks against it. */
function judgePlace(
  state: PromotionState,
  cell: Cell,
  release: Release,
): Pick<JudgedRequest, 'kind' | 'reason'> | null {
  const { product, environment, history } = cell;
  const again = `lanewise promote ${product}@${release.version} --to ${environment}`;
  const present = cell.state.kind === 'release' ? cell.state.release : null;
  if (present?.version === release.version) {
    return {
      kind: 'done',
      reason: reason('request-done', `${release.version} runs in ${environment}`),
    };
  }
  if (everRan(history, release)) {
    return isTakenBack(history, release, state.ancestry)
      ? {
          kind: 'stale',
          reason: reason(
            'request-stale',
            `${release.version} was in ${environment} and was taken back`,
            again,
          ),
        }
      : {
          kind: 'done',
          reason: reason('request-done', `${release.version} was in ${environment}`, again),
        };
  }
  if (present === null || isNewer(release, present, state.ancestry)) return null;
  if (state.ancestry.contains(present.commit, release.commit)) {
    const text = `${present.version} runs in ${environment} and contains ${release.version}`;
    return {
      kind: 'overtaken',
      reason: reason('request-overtaken', text, `${again} --force contains --reason '…'`),
    };
  }
  const text = `${present.version} runs in ${environment}, and neither of the two contains the other`;
  return {
    kind: 'unrelated',
    reason: reason('request-unrelated', text, `${again} --force contains --reason '…'`),
  };
}

type Open = Pick<JudgedRequest, 'kind' | 'reason' | 'release' | 'gates' | 'wait'>;

function judgeOpen(state: PromotionState, cell: Cell, { release, gates }: Judged): Open {
  const rewritten = state.rewritten.get(cell.environment);
  const waits =
    reasonToWait(cell) ??
    (rewritten === undefined
      ? null
      : reason('rewritten', rewritten.why, byNameIn(cell, release))) ??
    ownImage(state, cell, release) ??
    (isOpen(gates) ? null : reason('gates', 'its gates are not open'));
  const why = waits ?? reason('lands', `it asks for ${release.version} in ${cell.environment}`);
  return { kind: 'open', reason: why, release, gates, wait: waits };
}

/** Where only images built for that environment run, nobody but a person can tell them. */
export function ownImage(state: PromotionState, cell: Cell, release: Release): Reason | null {
  if (state.config.environments.get(cell.environment)?.images !== 'own') return null;
  return reason(
    'own-image',
    `${cell.environment} takes only images told for it`,
    `${byNameIn(cell, release)} --image ${cell.product}=REGISTRY/NAME:TAG`,
  );
}

/** A request is overtaken by another open one that can land and contains it. */
function overtakenBy(
  state: PromotionState,
  one: JudgedRequest,
  all: readonly JudgedRequest[],
): JudgedRequest | null {
  const { release } = one;
  if (one.kind !== 'open' || release === null) return null;
  const other = all.find(
    (candidate) =>
      candidate.kind === 'open' &&
      candidate.environment === one.environment &&
      candidate.release?.product === release.product &&
      isOpen(candidate.gates) &&
      isNewer(candidate.release, release, state.ancestry),
  );
  if (other === undefined) return null;
  const why = reason(
    'request-overtaken',
    `${other.tag.name} asks for a newer one`,
    byName(one.tag),
  );
  return { ...one, kind: 'overtaken', reason: why, wait: null };
}

/**
 * Two that could land, of which neither contains the other: landing one would leave the other
 * unrelated to what runs, so which goes is for people to say, not for the order of names.
 */
function rivalOf(
  state: PromotionState,
  one: JudgedRequest,
  all: readonly JudgedRequest[],
): JudgedRequest | null {
  const { release } = one;
  if (one.kind !== 'open' || one.wait !== null || release === null) return null;
  const other = all.find(
    (candidate) =>
      candidate.kind === 'open' &&
      candidate.wait === null &&
      candidate.environment === one.environment &&
      candidate.release?.product === release.product &&
      !state.ancestry.contains(candidate.release.commit, release.commit) &&
      !state.ancestry.contains(release.commit, candidate.release.commit),
  );
  if (other === undefined) return null;
  const why = reason(
    'unrelated',
    `${other.tag.name} could land as well, and neither of the two contains the other`,
    `${byName(one.tag)} chooses this one`,
  );
  return { ...one, reason: why, wait: why };
}

function byName({ product, version, target }: EnvironmentTag): string {
  return `lanewise promote ${product}@${version} --to ${target}`;
}

function byNameIn({ product, environment }: Cell, { version }: Release): string {
  return `lanewise promote ${product}@${version} --to ${environment}`;
}
