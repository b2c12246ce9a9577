import { LanewiseError, show, type ObjectId, type RepoPath, type Timestamp } from '@lanewise/model';
import type { CommitDraft, Identity, ObjectDraft, TagDraft } from './repository.js';

/**
 * The stream for `git fast-import` that writes drafts in their order and prints each one's id.
 * Equal drafts give equal bytes: the committer is the author, at the draft's time, in UTC.
 *
 * Commits stand on one branch of a repository that is thrown away, so that no two drafts get in
 * each other's way by their names; tags keep theirs, which goes into their header. Throws
 * GIT_FAILED for a draft that refers to a mark nobody made.
 */
export function* writeImportStream(drafts: readonly ObjectDraft[]): Iterable<Uint8Array> {
  const marks = new Map<string, number>();
  for (const draft of drafts) {
    const mark = marks.size + 1;
    if (marks.has(draft.mark))
      throw new LanewiseError('GIT_FAILED', `Two drafts have the mark ${show(draft.mark)}.`);
    yield* draft.kind === 'commit'
      ? commitStream(draft, mark, marks)
      : [tagStream(draft, mark, marks)];
    yield Buffer.from(`get-mark :${mark}\n`);
    marks.set(draft.mark, mark);
  }
  yield Buffer.from('done\n');
}

type Target = TagDraft['target'];

function* commitStream(
  draft: CommitDraft,
  mark: number,
  marks: ReadonlyMap<string, number>,
): Iterable<Uint8Array> {
  const [first, ...others] = draft.parents.map((parent) => reference(parent, marks));
  const person = formatPerson(draft.author, draft.at);
  // Without a reset a commit without parents would go on from the branch's last one.
  const head = first === undefined ? 'reset refs/heads/draft\n\n' : '';
  yield text(
    `${head}commit refs/heads/draft\nmark :${mark}\nauthor ${person}\ncommitter ${person}\n`,
    data(Buffer.from(draft.message)),
    first === undefined ? '' : `from ${first}\n`,
    others.map((parent) => `merge ${parent}\n`).join(''),
  );
  for (const edit of draft.edits) {
    if (edit.content === null) yield text(`D ${quotePath(edit.path)}\n`);
    else yield text(`M ${edit.mode} inline ${quotePath(edit.path)}\n`, data(edit.content));
  }
  yield text('\n');
}

function tagStream(draft: TagDraft, mark: number, marks: ReadonlyMap<string, number>): Uint8Array {
  return text(
    `tag ${draft.name}\nmark :${mark}\nfrom ${reference(draft.target, marks)}\ntagger ${formatPerson(draft.tagger, draft.at)}\n`,
    data(Buffer.from(draft.message)),
  );
}

function reference(target: Target | ObjectId, marks: ReadonlyMap<string, number>): string {
  if (typeof target === 'string') return target;
  const mark = marks.get(target.mark);
  if (mark === undefined)
    throw new LanewiseError('GIT_FAILED', `No earlier draft has the mark ${show(target.mark)}.`);
  return `:${mark}`;
}

/** Name and address as a header takes them: git itself drops what would end the field. */
function formatPerson(who: Identity, at: Timestamp): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is dropped
  const clean = (value: string) => value.replace(/[\u0000-\u001f<>]/g, '').trim();
  return `${clean(who.name)} <${clean(who.email)}> ${Math.trunc(at)} +0000`;
}

/** A path in fast-import's C-style quotes: every sign that means something there is escaped. */
export function quotePath(path: RepoPath): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is escaped
  const escaped = path.replace(/[\u0000-\u001f\u007f"\\]/g, (sign) =>
    sign === '"' || sign === '\\'
      ? `\\${sign}`
      : `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${escaped}"`;
}

/** Bytes with their exact length before them, so that nothing in them is a command. */
function data(content: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`data ${content.length}\n`), content, Buffer.from('\n')]);
}

function text(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}
