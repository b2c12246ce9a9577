import { LanewiseError, type CommitId, type ObjectId } from '@lanewise/model';
import { makeAncestry, type Ancestry } from './ancestry.js';
import { lastWords } from './failure.js';
import { decodePath } from './path-text.js';
import { limitPaths, parseRawChange } from './read-trees.js';
import type { ChangedCommit, FileChange, HistoryRequest } from './repository.js';
import { streamGit } from './runner.js';
import type { Session } from './session.js';

/** One line for each header, then the message up to NUL: the message is the only free text, and comes last. */
const logFormat = 'tformat:%H%n%T%n%P%n%an%n%ae%n%at%n%ct%n%B';

/** Streams `git log --raw -z`, newest first; each change is against the first parent. Throws OBJECT_MISSING. */
export async function* streamHistory(
  session: Session,
  request: HistoryRequest,
): AsyncIterable<ChangedCommit> {
  const { args, wanted } = limitPaths(request.paths);
  const tips = [request.tip, ...(request.alsoFrom ?? [])];
  const revisions = [...tips, ...(request.since ?? []).map((commit) => `^${commit}`)];
  const walk = request.firstParent ? ['--first-parent'] : ['--full-history'];
  const stream = streamGit(
    session.readerPlace,
    [
      'log',
      '--stdin',
      ...walk,
      '--diff-merges=first-parent',
      '--root',
      '--raw',
      '-z',
      '--no-renames',
      '--no-abbrev',
      '--no-color',
      '--no-notes',
      '--no-decorate',
      '--encoding=UTF-8',
      `--format=${logFormat}`,
      '--',
      ...args,
    ],
    { input: revisions.map((revision) => `${revision}\n`).join('') },
  );
  for await (const commit of parseLog(stream.output, request.before)) {
    if (request.paths === undefined) yield commit;
    else {
      const changes = commit.changes.filter((change) => wanted(change.path));
      if (changes.length > 0) yield { ...commit, changes };
    }
  }
  const ended = await stream.ended;
  if (ended.code !== 0) {
    throw new LanewiseError(
      'OBJECT_MISSING',
      `The history of ${session.name} from ${request.tip} could not be read: ${lastWords(ended.stderr)}.`,
    );
  }
}

/** Parses the stream of `git log -z --raw` in `logFormat`: fields that end in NUL. */
export async function* parseLog(
  output: AsyncIterable<Buffer>,
  before = false,
): AsyncIterable<ChangedCommit> {
  let current: (Omit<ChangedCommit, 'changes'> & { changes: FileChange[] }) | undefined;
  let meta: string | undefined;
  for await (const field of splitAtNul(output)) {
    if (meta !== undefined) {
      current?.changes.push(parseRawChange(meta, decodePath(field), before));
      meta = undefined;
      continue;
    }
    const text = field.toString();
    if (/^\n?:/.test(text)) {
      meta = text.replace(/^\n/, '');
    } else {
      if (current !== undefined) yield current;
      current = parseLogHeader(text);
    }
  }
  if (current !== undefined) yield current;
}

function parseLogHeader(text: string): Omit<ChangedCommit, 'changes'> & { changes: FileChange[] } {
  const lines = text.split('\n', 7);
  const [id = '', tree = '', parents = '', name = '', email = '', authored = '0', committed = '0'] =
    lines;
  const message = text.slice(lines.reduce((sum, line) => sum + line.length + 1, 0));
  return {
    id: id as CommitId,
    tree: tree as ObjectId,
    parents: parents === '' ? [] : (parents.split(' ') as CommitId[]),
    author: { name, email },
    authoredAt: Number(authored),
    committedAt: Number(committed),
    message,
    changes: [],
  };
}

async function* splitAtNul(output: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of output) {
    let from = 0;
    for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, from)) {
      const piece = chunk.subarray(from, at);
      yield rest.length === 0 ? piece : Buffer.concat([...rest, piece]);
      rest = [];
      from = at + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/**
 * Reads who is whose parent, from the given commits back to where all their lines have met: older
 * history cannot tell them apart. One `git rev-list`, left as soon as that is so.
 */
export async function readAncestryOf(
  session: Session,
  commits: readonly CommitId[],
): Promise<Ancestry> {
  const parents = new Map<CommitId, readonly CommitId[]>();
  const members = new Set(commits);
  if (members.size < 2) return makeAncestry(parents);
  const stream = streamGit(session.readerPlace, ['rev-list', '--parents', '--stdin'], {
    input: [...members].map((commit) => `${commit}\n`).join(''),
  });
  const missing = new Set<CommitId>(members);
  const frontier = new Set<CommitId>();
  let left = false;
  for await (const line of splitLines(stream.output)) {
    const [commit, ...own] = line.split(' ') as [CommitId, ...CommitId[]];
    parents.set(commit, own);
    missing.delete(commit);
    frontier.delete(commit);
    for (const parent of own) if (!parents.has(parent)) frontier.add(parent);
    const [only] = frontier;
    if (
      missing.size === 0 &&
      frontier.size === 1 &&
      only !== undefined &&
      allReach(parents, members, only)
    ) {
      left = true;
      break;
    }
  }
  const ended = await stream.ended;
  if (!left && ended.code !== 0) {
    throw new LanewiseError(
      'OBJECT_MISSING',
      `The history of ${session.name} could not be read: ${lastWords(ended.stderr)}.`,
    );
  }
  return makeAncestry(parents);
}

/** With clocks that went backwards a commit may come before its descendants: so it is checked, not assumed. */
function allReach(
  parents: ReadonlyMap<CommitId, readonly CommitId[]>,
  members: ReadonlySet<CommitId>,
  target: CommitId,
): boolean {
  const children = new Map<CommitId, CommitId[]>();
  for (const [commit, own] of parents) {
    for (const parent of own) {
      const known = children.get(parent);
      if (known === undefined) children.set(parent, [commit]);
      else known.push(commit);
    }
  }
  const reached = new Set<CommitId>([target]);
  const open = [target];
  for (let commit = open.pop(); commit !== undefined; commit = open.pop()) {
    for (const child of children.get(commit) ?? []) {
      if (!reached.has(child)) {
        reached.add(child);
        open.push(child);
      }
    }
  }
  return [...members].every((member) => reached.has(member));
}

async function* splitLines(output: AsyncIterable<Buffer>): AsyncIterable<string> {
  let rest = '';
  for await (const chunk of output) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
