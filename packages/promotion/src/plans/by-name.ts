import { isRecognising, type CommitId, type Images, type Release } from '@lanewise/model';
import {
  chooseCandidate,
  judgeRelease,
  newerThanPresent,
  type Candidacy,
  type Judged,
} from '../candidates.js';
import type { Cell } from '../cell.js';
import { isOpen } from '../gates/table.js';
import { decided, decideToPromote, landsBecause, rollbackLocks, type Decided } from '../intents.js';
import type { Decision, NamedPromotion, Origin, PromotionRequest, Reason } from '../plan.js';
import { reason, reasonNotToWrite } from '../reasons.js';
import { requireReleases, resolveCells, resolveRelease } from '../resolve.js';
import type { PromotionState } from '../state.js';
import { toldBefore } from '../written-values.js';

type NameRequest = Extract<PromotionRequest, { kind: 'name' }>;

/** What a person asks for by naming products: may repeat, and repairs what automation leaves alone. */
export function planByName(
  state: PromotionState,
  request: NameRequest,
  landing: ReadonlyMap<string, Release>,
): readonly Decided[] {
  return request.promotions.flatMap((named) => {
    const cells = resolveCells(state, named.product, request.to);
    requireReleases(state, named.product);
    const inside = cells.filter((cell) => cell.state.kind !== 'outside');
    if (inside.length === 0) {
      return cells.slice(0, 1).map((cell) => {
        const why = reason(
          'outside',
          `${named.product} is not in ${request.to}`,
          'lanewise status shows where it is',
        );
        return decided(cell, 'refused', why);
      });
    }
    return inside.map((cell) => decideByName({ state, request, named, cell, landing }));
  });
}

/** What a promotion that names no version would come to in a cell. */
export function decideCandidateByName(state: PromotionState, cell: Cell): Decision {
  const { product, environment } = cell;
  const named = { product, version: null, images: null, builtFrom: null };
  const request: NameRequest = {
    kind: 'name',
    promotions: [named],
    to: environment,
    force: [],
    reason: null,
    again: false,
  };
  return decideByName({ state, request, named, cell, landing: new Map() }).decision;
}

interface Asked {
  readonly state: PromotionState;
  readonly request: NameRequest;
  readonly named: NamedPromotion;
  readonly cell: Cell;
  readonly landing: ReadonlyMap<string, Release>;
}

function decideByName(asked: Asked): Decided {
  const { state, request, named, cell } = asked;
  const blocked = reasonNotToWrite(cell);
  if (blocked !== null) return decided(cell, 'refused', blocked);
  if (request.again) return decideAgain(asked);
  if (named.version === null) return decideCandidate(asked);
  return decideRelease(
    asked,
    judged(asked, resolveRelease(state, named.product, named.version), 'name'),
  );
}

function judged(
  { state, request, cell, landing }: Asked,
  release: Release,
  origin: Origin,
): Judged {
  return judgeRelease({ state, cell, origin, force: request.force, landing }, release);
}

function decideRelease(asked: Asked, { release, gates }: Judged): Decided {
  const { state, cell, request, named } = asked;
  const told = toldFor(asked, release);
  if ('code' in told) return decided(cell, 'refused', told, { release, gates });
  if (runsAlready(cell, release, told.told?.images ?? null)) {
    const why = reason('runs-already', `${release.version} runs in ${cell.environment}`);
    return decided(cell, 'done', why, { release });
  }
  if (!isOpen(gates))
    return decided(cell, 'held', heldBy(asked, { release, gates }), { release, gates });
  return decideToPromote({
    state,
    cell,
    release,
    origin: 'name',
    gates,
    told: told.told,
    reason: request.reason,
    request: null,
    locks: named.product === cell.product ? rollbackLocks(state, cell) : [],
    why: landsBecause(cell),
  });
}

/** The only empty commit: what runs is written once more. */
function decideAgain(asked: Asked): Decided {
  const { state, cell, request, named } = asked;
  const present = cell.state.kind === 'release' ? cell.state.release : null;
  const asking =
    named.version === null ? present : resolveRelease(state, named.product, named.version);
  if (present === null || asking?.version !== present.version) {
    const what = present === null ? 'no known release runs there' : `${present.version} runs there`;
    const why = reason(
      'not-running',
      `only what runs can be repeated, and ${what}`,
      'Leave out --again to bring another release.',
    );
    return decided(cell, 'refused', why, { release: asking ?? null });
  }
  const { gates } = judged(asked, present, 'again');
  if (!isOpen(gates))
    return decided(cell, 'held', heldBy(asked, { release: present, gates }), {
      release: present,
      gates,
    });
  return decideToPromote({
    state,
    cell,
    release: present,
    origin: 'again',
    gates,
    told: null,
    reason: request.reason,
    request: null,
    locks: [],
    why: reason('repeats', `${present.version} is written once more`),
  });
}

function decideCandidate(asked: Asked): Decided {
  const { state, cell, request, landing } = asked;
  const question = { state, cell, origin: 'name', force: request.force, landing } as const;
  const candidacy = chooseCandidate(question);
  if (candidacy.chosen !== null) return decideRelease(asked, candidacy.chosen);
  return noCandidate(state, cell, candidacy);
}

function noCandidate(state: PromotionState, cell: Cell, { rivals, waiting }: Candidacy): Decided {
  const { product, environment } = cell;
  const [first] = waiting;
  if (rivals.length > 0) {
    const names = rivals.map(({ release }) => release.version).join(' and ');
    const why = reason(
      'unrelated',
      `${names} could both go, and neither contains the other`,
      `Name one: lanewise promote ${product}@VERSION --to ${environment}`,
    );
    return decided(cell, 'held', why, rivals[0]);
  }
  if (first !== undefined) {
    return decided(
      cell,
      'held',
      reason('gates', `no release of ${product} may go to ${environment} now`),
      first,
    );
  }
  const newer = newerThanPresent(state, cell);
  if (newer !== null) {
    const text = state.strayReleases.has(newer)
      ? `${newer.version} is newer, and its commit is on no release branch`
      : `${newer.version} is newer, and was in ${environment} before`;
    const hint = `lanewise promote ${product}@${newer.version} --to ${environment} brings it.`;
    const code = state.strayReleases.has(newer) ? 'stray' : 'ran-before';
    return decided(cell, 'held', reason(code, text, hint), { release: newer });
  }
  if (cell.state.kind === 'release') {
    const { release } = cell.state;
    const text = `${release.version} runs in ${environment}, and nothing newer is there`;
    return decided(cell, 'done', reason('no-candidate', text), { release });
  }
  const why = reason(
    'no-candidate',
    `no release of ${product} is left that was not in ${environment} before`,
    `Name one: lanewise promote ${product}@VERSION --to ${environment}`,
  );
  return decided(cell, 'held', why);
}

function heldBy({ cell, request }: Asked, { release, gates }: Judged): Reason {
  const shut = gates.filter(({ answer, forced }) => answer.kind !== 'open' && forced === null);
  const names = shut.map(({ gate }) => gate);
  const force = names.map((name) => `--force ${name}`).join(' ');
  const hint = `lanewise promote ${cell.product}@${release.version} --to ${request.to} ${force} --reason '…' passes ${names.length > 1 ? 'them' : 'it'}, on record`;
  const verb = names.length > 1 ? 'hold' : 'holds';
  return reason('gates', `${names.join(' and ')} ${verb} it`, hint);
}

interface ToldAnswer {
  readonly told: { readonly images: Images; readonly builtFrom: CommitId | null } | null;
}

/** The images to take: those told now, else those told when it was last there; where only such run, one of them. */
function toldFor({ state, cell, named, request }: Asked, release: Release): ToldAnswer | Reason {
  const { images, builtFrom } = named;
  if (images !== null) {
    const same = builtFrom === null || builtFrom === release.commit;
    if (!same && state.equalSources.get(`${release.tag} ${builtFrom}`) !== true) {
      return reason(
        'source-differs',
        `the inputs of ${release.product} at ${builtFrom.slice(0, 8)} are not those of ${release.version}`,
        `Build it from ${release.commit.slice(0, 8)}, or release that commit.`,
      );
    }
    const left = untold(state, cell, images);
    return left ?? { told: { images, builtFrom: same ? null : builtFrom } };
  }
  const before = toldBefore(cell, release);
  if (before !== null) return { told: before };
  if (state.config.environments.get(cell.environment)?.images !== 'own') return { told: null };
  return reason(
    'own-image',
    `${cell.environment} takes only images told for it`,
    `lanewise promote ${release.product}@${release.version} --to ${request.to} --image ${release.product}=REGISTRY/NAME:TAG`,
  );
}

/** Where only told images run, each image that a pin there names has to be told. */
function untold(state: PromotionState, cell: Cell, images: Images): Reason | null {
  if (state.config.environments.get(cell.environment)?.images !== 'own') return null;
  const named = new Set(cell.pins.flatMap(({ pin }) => (isRecognising(pin) ? [pin.of] : [])));
  const left = [...named].filter((name) => !Object.hasOwn(images, name));
  if (left.length === 0) return null;
  const wanted = left.map((name) => `--image ${cell.product}:${name}=REGISTRY/NAME:TAG`).join(' ');
  const text = `${cell.environment} takes only images told for it, and ${left.join(', ')} is not told`;
  return reason('own-image', text, `Add ${wanted}`);
}

function runsAlready({ state }: Cell, release: Release, images: Images | null): boolean {
  if (state.kind !== 'release' || state.release.version !== release.version) return false;
  const there = { ...state.release.images, ...state.told?.images };
  const asked = { ...release.images, ...(images ?? state.told?.images) };
  return (
    JSON.stringify(Object.entries(there).sort()) === JSON.stringify(Object.entries(asked).sort())
  );
}
