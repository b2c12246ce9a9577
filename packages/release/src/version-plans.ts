import {
  isLanewiseError,
  LanewiseError,
  oneLine,
  parseSource,
  show,
  type Bump,
  type CommitId,
  type RepoPath,
} from '@lanewise/model';
import type { NoteLine } from './release-plan.js';

/** Where Nx keeps its version plans. */
export const versionPlansFolder = '.nx/version-plans' as RepoPath;

/** What one file of `.nx/version-plans` says. */
export interface VersionPlan {
  /** By the name of a project, product or group; `__default__` means all. */
  readonly bumps: ReadonlyMap<string, Bump>;
  readonly message: string;
}

/** A plan that counts for a product. */
export interface CountedPlan {
  readonly file: RepoPath;
  /** The commit that added it. */
  readonly commit: CommitId;
  readonly bump: Bump;
  readonly message: string;
}

/** A prerelease is made by the line of the run, so a plan only says of which size the step is. */
const bumps: Readonly<Record<string, Bump>> = {
  major: 'major',
  minor: 'minor',
  patch: 'patch',
  premajor: 'major',
  preminor: 'minor',
  prepatch: 'patch',
  prerelease: 'patch',
  'feat!': 'major',
  'fix!': 'major',
  feat: 'minor',
  fix: 'patch',
};

/**
 * Reads a version plan as Nx writes it: a front matter that gives a step for projects, products or
 * groups, and a text for people below it. Throws CONFIG_INVALID with the place.
 */
export function parseVersionPlan(text: string, file: RepoPath): VersionPlan {
  const match = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m.exec(text);
  if (match === null || match.index !== 0) throw noPlan(file, 'it does not begin with ---');
  const [whole, front = ''] = match;
  const value = readFront(front, file);
  const entries = Object.entries(value).map(([name, bump]): [string, Bump] => {
    const known = typeof bump === 'string' && Object.hasOwn(bumps, bump) ? bumps[bump] : undefined;
    if (known !== undefined) return [name, known];
    throw noPlan(file, `${show(String(bump))} is no step for ${show(name)}`);
  });
  return { bumps: new Map(entries), message: text.slice(whole.length).trim() };
}

/** The largest step that a plan gives one of the names; null: it does not name them. */
export function bumpFor(plan: VersionPlan, names: Iterable<string>): Bump | null {
  const said = new Set([...names, '__default__'].flatMap((name) => plan.bumps.get(name) ?? []));
  return (['major', 'minor', 'patch'] as const).find((bump) => said.has(bump)) ?? null;
}

const typeOf = { major: 'feat', minor: 'feat', patch: 'fix' } as const;

/** A plan as a line of notes, under the title of commits that step as far. */
export function planNote({ commit, bump, message }: CountedPlan): NoteLine {
  return {
    commit,
    type: typeOf[bump],
    scope: null,
    subject: oneLine(message.slice(0, 2000)) || 'no description',
    breaking: bump === 'major',
    dependency: false,
  };
}

function readFront(front: string, file: RepoPath): Record<string, unknown> {
  try {
    const { value } = parseSource(`\n${front}`, file);
    if (value === null) return {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    if (!isLanewiseError(error)) throw error;
    throw noPlan(file, error.message, error);
  }
  throw noPlan(file, 'its front matter gives no steps');
}

function noPlan(file: RepoPath, what: string, cause?: LanewiseError): LanewiseError {
  return new LanewiseError('CONFIG_INVALID', `The version plan ${file} cannot be read: ${what}.`, {
    place: cause?.place ?? { file },
    hint: 'It begins with --- and lines such as "docs: minor" (major, minor, patch), then --- and a text. Mend it and commit: nothing was released by it.',
    cause,
  });
}
