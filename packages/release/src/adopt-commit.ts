import {
  byText,
  isLanewiseError,
  LanewiseError,
  renderTemplate,
  show,
  templateWords,
  type CommitId,
  type ProductName,
  type Timestamp,
} from '@lanewise/model';
import type { Repository } from '@lanewise/git';

/** Revisions of a remote by the names that people and image tags give them. */
export interface Revisions {
  /** `HEAD`, a tag, a branch, a full or shortened commit id; null where it names no commit, or several. */
  find(name: string): { readonly commit: CommitId; readonly committedAt: Timestamp } | null;
  /** A tag only. */
  findTag(name: string): { readonly commit: CommitId; readonly committedAt: Timestamp } | null;
  /** A full or shortened commit id only. */
  findCommit(id: string): { readonly commit: CommitId; readonly committedAt: Timestamp } | null;
}

/** What the caller says about the commits: `--at` (a revision or a template), `--map`. */
export interface Naming {
  readonly at: string | null;
  readonly map: ReadonlyMap<string, string>;
}

export type NamedCommit =
  | {
      readonly kind: 'named';
      readonly commit: CommitId;
      readonly committedAt: Timestamp;
      readonly by: string;
    }
  | { readonly kind: 'unresolved'; readonly why: string; readonly hint: string };

/** The commit of a pinned value: by the map, by `--at`, else by what the value itself names. */
export function nameCommit(
  {
    product,
    text,
    tag = text,
  }: { readonly product: ProductName; readonly text: string; readonly tag?: string },
  revisions: Revisions,
  { at, map }: Naming,
): NamedCommit {
  const mapped = [text, tag].flatMap(
    (key) => map.get(`${product}@${key}`) ?? map.get(key) ?? [],
  )[0];
  if (mapped !== undefined) return bySaying(mapped, `the map (${mapped})`, revisions);
  if (at !== null) {
    const words = { product, version: tag.replace(/^v(?=\d)/, ''), tag };
    const revision = templateWords(at).length === 0 ? at : renderTemplate(at, { text: words });
    return bySaying(revision, `--at ${revision}`, revisions);
  }
  return byValue(product, tag, revisions);
}

/** Reads the file of `--map`: lines of `docs@1.4.2=REV`, or `1.4.2=REV` for every product. Throws USAGE. */
export function parseAdoptionMap(content: string): ReadonlyMap<string, string> {
  const lines = content
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  return new Map(
    lines.map((line): [string, string] => {
      const equals = line.lastIndexOf('=');
      const [value, revision] = [
        line.slice(0, Math.max(0, equals)).trim(),
        line.slice(equals + 1).trim(),
      ];
      if (value !== '' && revision !== '') return [value, revision];
      throw new LanewiseError('USAGE', `The map has a line that names no commit: ${show(line)}.`, {
        hint: 'Write docs@1.4.2=REV, or 1.4.2=REV for every product.',
      });
    }),
  );
}

/**
 * Reads the revisions of a remote: its tags and branches, and for shortened ids every commit that
 * these and HEAD lead to.
 */
export async function readRevisions(
  repository: Pick<Repository, 'fetch' | 'readTags' | 'readHistory' | 'readCommits'>,
  head: CommitId,
): Promise<Revisions> {
  const snapshot = await repository.fetch({
    refs: ['refs/tags/*', 'refs/heads/*'],
    depth: 'history',
  });
  const tags = await repository.readTags([...snapshot.refs.values()]);
  const dates = new Map<CommitId, Timestamp>();
  const targets = new Map<string, CommitId>([['HEAD', head]]);
  for (const [ref, id] of snapshot.refs) targets.set(ref, (tags.get(id)?.target ?? id) as CommitId);
  const branches = [...targets].flatMap(([ref, id]) => (ref.startsWith('refs/heads/') ? [id] : []));
  const walk = { tip: head, alsoFrom: [...new Set(branches)], firstParent: false };
  for await (const commit of repository.readHistory(walk)) dates.set(commit.id, commit.committedAt);
  const missing = [...new Set(targets.values())].filter((id) => !dates.has(id));
  for (const id of missing) {
    const committedAt = await readDate(repository, id);
    if (committedAt !== null) dates.set(id, committedAt);
  }
  return makeRevisions(targets, dates);
}

/** null: a tag of something that is no commit. */
async function readDate(
  repository: Pick<Repository, 'readCommits'>,
  id: CommitId,
): Promise<Timestamp | null> {
  try {
    return (await repository.readCommits([id])).get(id)?.committedAt ?? null;
  } catch (error) {
    if (isLanewiseError(error, 'OBJECT_MISSING')) return null;
    throw error;
  }
}

/** Makes revisions from refs (full names, and `HEAD`) and the commits' dates. */
export function makeRevisions(
  targets: ReadonlyMap<string, CommitId>,
  dates: ReadonlyMap<CommitId, Timestamp>,
): Revisions {
  const at = (commit: CommitId | undefined): ReturnType<Revisions['find']> => {
    const committedAt = commit === undefined ? undefined : dates.get(commit);
    return commit === undefined || committedAt === undefined ? null : { commit, committedAt };
  };
  const findTag = (name: string): ReturnType<Revisions['find']> =>
    at(targets.get(`refs/tags/${name}`));
  let sorted: readonly CommitId[] | null = null;
  const findCommit = (id: string): ReturnType<Revisions['find']> => {
    if (!/^[0-9a-f]{7,64}$/.test(id)) return null;
    sorted ??= [...dates.keys()].sort(byText);
    const from = firstFrom(sorted, id);
    const [found, second] = [sorted[from], sorted[from + 1]];
    return found?.startsWith(id) === true && second?.startsWith(id) !== true ? at(found) : null;
  };
  return {
    findTag,
    findCommit,
    find: (name) =>
      at(targets.get(name)) ??
      findTag(name) ??
      at(targets.get(`refs/heads/${name}`)) ??
      findCommit(name),
  };
}

/** Index of the first of the sorted texts that is not before the given one. */
function firstFrom(sorted: readonly string[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (byText(sorted[middle] ?? '', text) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function bySaying(revision: string, by: string, revisions: Revisions): NamedCommit {
  const found = revisions.find(revision);
  if (found !== null) return { kind: 'named', ...found, by };
  return {
    kind: 'unresolved',
    why: `${show(revision)} names no commit of the remote`,
    hint: 'Say a tag, a branch or a commit id of the workspace.',
  };
}

/** Tags by the usual patterns, and commit ids that are a part of the value (`main-3f2a9c1-20260101`). */
function byValue(product: ProductName, text: string, revisions: Revisions): NamedCommit {
  const plain = text.replace(/^v(?=\d)/, '');
  const names = [
    '',
    'v',
    `${product}@`,
    `${product}@v`,
    `${product}-`,
    `${product}-v`,
    `${product}/`,
    `${product}/v`,
  ];
  const found = new Map<CommitId, { committedAt: Timestamp; by: string }>();
  for (const name of names.map((prefix) => `${prefix}${plain}`)) {
    const tag = revisions.findTag(name);
    if (tag !== null && !found.has(tag.commit))
      found.set(tag.commit, { ...tag, by: `the tag ${name}` });
  }
  for (const id of text.match(/[0-9a-f]{7,64}/g) ?? []) {
    const commit = revisions.findCommit(id);
    if (commit !== null && !found.has(commit.commit))
      found.set(commit.commit, { ...commit, by: `the id ${id}` });
  }
  const [first] = found;
  if (first !== undefined && found.size === 1)
    return { kind: 'named', commit: first[0], ...first[1] };
  return {
    kind: 'unresolved',
    why:
      first === undefined
        ? `${show(text)} names neither a tag nor a commit of the workspace`
        : `${show(text)} may be ${[...found.values()].map(({ by }) => by).join(' or ')}, which are different commits`,
    hint: "Say it with --at REV, --at 'v{version}' or --map FILE.",
  };
}
