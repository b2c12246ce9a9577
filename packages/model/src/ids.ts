import { LanewiseError } from './errors.js';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Name of a product: `[a-z0-9][a-z0-9._-]*`, no `..`, no final `.` or `.lock`. */
export type ProductName = Branded<'ProductName'>;
/** Name of an environment: `[a-z0-9][a-z0-9-]*`. */
export type EnvironmentName = Branded<'EnvironmentName'>;
/** Name of a project of the graph, as Nx or the configuration gives it (npm scope and all). */
export type ProjectName = Branded<'ProjectName'>;
/** Full hexadecimal id of any Git object (40 or 64 digits). */
export type ObjectId = Branded<'ObjectId'>;
declare const commit: unique symbol;
/** Full hexadecimal id of a commit; every commit id is an object id. */
export type CommitId = ObjectId & { readonly [commit]: true };
/** A full ref name, `refs/…`, that passes git's own rules (git-check-ref-format(1)). */
export type RefName = Branded<'RefName'>;
/** Path inside a repository: `/` between parts, no `.` or `..` part, not absolute; `''` is the root. */
export type RepoPath = Branded<'RepoPath'>;
/** Version of a release: semver, calendar, or a full commit id under `scheme: commit`. */
export type Version = Branded<'Version'>;
/** Seconds since 1970-01-01 UTC. */
export type Timestamp = number;

const longestName = 100;

/** Validates a product name (design §1). Throws NAME_INVALID. */
export function parseProductName(text: string): ProductName {
  const shape = /^[a-z0-9][a-z0-9._-]*$/;
  if (!shape.test(text) || /\.\.|\.$|\.lock$/.test(text) || text.length > longestName) {
    throw new LanewiseError('NAME_INVALID', `${show(text)} is no product name.`, {
      hint: `A product name has small letters, digits, '.', '_' and '-', begins with a letter or digit, has no '..', does not end in '.' or '.lock', and is at most ${longestName} long. Give the project another with 'name:' under products.each.`,
    });
  }
  return text as ProductName;
}

/** Tells whether a text is a product name, without throwing. */
export function isProductName(text: string): text is ProductName {
  return attempt(() => parseProductName(text));
}

/** Validates an environment's or group's name (design §1). Throws NAME_INVALID. */
export function parseEnvironmentName(text: string): EnvironmentName {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(text) || text.length > longestName) {
    throw new LanewiseError('NAME_INVALID', `${show(text)} is no environment name.`, {
      hint: `An environment name has small letters, digits and '-', begins with a letter or digit, and is at most ${longestName} long.`,
    });
  }
  return text as EnvironmentName;
}

/** A project's name as a graph gives it: any text of one line that is not empty. Throws NAME_INVALID. */
export function parseProjectName(text: string): ProjectName {
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  if (text.length === 0 || text.length > 214 || /[\u0000-\u001f\u007f]/.test(text)) {
    throw new LanewiseError('NAME_INVALID', `${show(text)} is no project name.`);
  }
  return text as ProjectName;
}

/** Validates a full object id. Throws NAME_INVALID. */
export function parseObjectId(text: string): ObjectId {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) {
    throw new LanewiseError('NAME_INVALID', `${show(text)} is no full object id.`);
  }
  return text as ObjectId;
}

/** Validates a full commit id (its shape; whether such a commit exists is the repository's to say). Throws NAME_INVALID. */
export function parseCommitId(text: string): CommitId {
  return parseObjectId(text) as CommitId;
}

/**
 * Validates a full ref name by the rules of git-check-ref-format(1), and refuses what could be
 * read as an option or a pattern. Throws NAME_INVALID.
 */
export function parseRefName(text: string): RefName {
  if (plainRef.test(text) && text.length <= 1024 && !text.includes('.lock')) return text as RefName;
  const wrong =
    !text.startsWith('refs/') ||
    text.length > 1024 ||
    // eslint-disable-next-line no-control-regex -- rule 4 of git-check-ref-format(1)
    /[\u0000-\u0020\u007f~^:?*[\\]/.test(text) ||
    text.includes('..') ||
    text.includes('@{') ||
    text.includes('//') ||
    text.endsWith('/') ||
    text.endsWith('.') ||
    text.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'));
  if (wrong) {
    throw new LanewiseError(
      'NAME_INVALID',
      `${show(text)} is no name that git accepts for a branch or tag.`,
      {
        hint: 'git check-ref-format describes what a ref may be called.',
      },
    );
  }
  return text as RefName;
}

/** A ref as thousands are: letters, digits, `_` and `-`, with single dots and `@` between them. */
const plainRef = /^refs(?:\/[A-Za-z0-9_-]+(?:[.@][A-Za-z0-9_-]+)*)+$/;

/** Branch name to full ref. Throws NAME_INVALID. */
export function branchRef(branch: string): RefName {
  if (branch.startsWith('-')) {
    throw new LanewiseError('NAME_INVALID', `${show(branch)} is no branch name.`);
  }
  return parseRefName(`refs/heads/${branch}`);
}

/** Tag name to full ref. Throws NAME_INVALID. */
export function tagRef(tag: string): RefName {
  if (tag.startsWith('-')) {
    throw new LanewiseError('NAME_INVALID', `${show(tag)} is no tag name.`);
  }
  return parseRefName(`refs/tags/${tag}`);
}

/**
 * Normalises a path inside a repository: `./a//b/` becomes `a/b`, the root `''`. Refuses absolute
 * paths, `..`, back-slashes, control characters and anything inside `.git`. Throws CONFIG_ESCAPES_ROOT.
 */
export function parseRepoPath(text: string): RepoPath {
  if (plainPath.test(text) && text.length <= 4096) return text as RepoPath;
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  const strange = /[\u0000-\u001f\u007f\\]/.test(text) || text.length > 4096;
  if (
    strange ||
    text.startsWith('/') ||
    parts.includes('..') ||
    parts.some((part) => /^\.git$/i.test(part))
  ) {
    throw new LanewiseError(
      'CONFIG_ESCAPES_ROOT',
      `The path ${show(text)} leaves the repository.`,
      {
        hint: "Paths are written from the repository's root, without '..', and never point into '.git'.",
      },
    );
  }
  return parts.join('/') as RepoPath;
}

/** A path as most are, of which there are thousands: no part is empty or begins with a dot, and no sign is strange. */
const plainPath = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/** A text quoted for a message: one line, shortened, control characters escaped. */
export function show(text: string): string {
  const quoted = JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
  return `'${quoted.slice(1, -1).replace(/\\"/g, '"')}'`;
}

function attempt(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}
