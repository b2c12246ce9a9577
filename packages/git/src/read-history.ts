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
  const parser = makeLogParser(before);
  for await (const chunk of output) yield* parser.take(chunk);
  yield* parser.end();
}

type OpenCommit = Omit<ChangedCommit, 'changes'> & { changes: FileChange[] };

/** Takes bytes as they come and gives the commits that are whole: histories are long, so nothing waits in between. */
function makeLogParser(before: boolean) {
  let rest: Buffer[] = [];
  let current: OpenCommit | undefined;
  let meta: string | undefined;
  const takeField = (field: Buffer, ready: ChangedCommit[]): void => {
    if (meta !== undefined) {
      current?.changes.push(parseRawChange(meta, decodePath(field), before));
      meta = undefined;
    } else if (field[0] === colon || (field[0] === lineFeed && field[1] === colon)) {
      meta = field.toString('latin1', field[0] === colon ? 0 : 1);
    } else {
      if (current !== undefined) ready.push(current);
      current = parseLogHeader(field);
    }
  };
  return {
    take(chunk: Buffer): readonly ChangedCommit[] {
      const ready: ChangedCommit[] = [];
      if (!chunk.includes(0)) {
        rest.push(chunk);
        return ready;
      }
      const bytes = rest.length === 0 ? chunk : Buffer.concat([...rest, chunk]);
      let from = 0;
      for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, from)) {
        takeField(bytes.subarray(from, at), ready);
        from = at + 1;
      }
      rest = from < bytes.length ? [bytes.subarray(from)] : [];
      return ready;
    },
    end(): readonly ChangedCommit[] {
      const ready: ChangedCommit[] = [];
      if (rest.length > 0) takeField(Buffer.concat(rest), ready);
      return current === undefined ? ready : [...ready, current];
    },
  };
}

const colon = 0x3a;
const lineFeed = 0x0a;

/** Each part is a text of its own, so that whoever keeps an id does not keep the whole message. */
function parseLogHeader(field: Buffer): OpenCommit {
  let at = 0;
  const line = (encoding: 'latin1' | 'utf8'): string => {
    const found = field.indexOf(lineFeed, at);
    const end = found < 0 ? field.length : found;
    const text = field.toString(encoding, at, end);
    at = end + 1;
    return text;
  };
  const [id, tree, parents] = [line('latin1'), line('latin1'), line('latin1')];
  const author = { name: line('utf8'), email: line('utf8') };
  const [authoredAt, committedAt] = [Number(line('latin1')), Number(line('latin1'))];
  return {
    id: id as CommitId,
    tree: tree as ObjectId,
    parents: parents === '' ? [] : (parents.split(' ') as CommitId[]),
    author,
    authoredAt,
    committedAt,
    message: field.toString('utf8', Math.min(at, field.length)),
    changes: [],
  };
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
