import { LanewiseError, type ObjectId } from '@lanewise/model';
import { makeBatchParser } from './parse-batch.js';
import { startGit, type GitPlace, type StartedGit } from './runner.js';

/** An object as `git cat-file` gives it. */
export interface StoredObject {
  readonly id: ObjectId;
  readonly type: 'blob' | 'tree' | 'commit' | 'tag';
  /** Bytes of its content. */
  readonly size: number;
  /** Empty where only the id and the type were asked for. */
  readonly content: Buffer;
}

/** What is asked of each object: all of it, or only its id and type. */
export type ObjectQuestion = 'contents' | 'info';

/** A running `git cat-file`: ask by name (an id, or `<id>:<path>`), get what is there or undefined. */
export interface ObjectStream {
  read(
    question: ObjectQuestion,
    names: readonly string[],
  ): Promise<readonly (StoredObject | undefined)[]>;
  close(): Promise<void>;
}

/** Names that were asked together, with the answers that came so far. */
interface Batch {
  readonly question: ObjectQuestion;
  readonly count: number;
  readonly answers: (StoredObject | undefined)[];
  readonly resolve: (answers: readonly (StoredObject | undefined)[]) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Starts `git cat-file --batch-command` (git 2.36) that stays for many questions of both kinds.
 * It collects its answers until it is told to flush, which is quick for thousands of names; they
 * come in the order of the questions, so several batches may be under way at once.
 */
export function startObjectStream(place: GitPlace): ObjectStream {
  const child = startGit(place, ['cat-file', '--batch-command', '--buffer']);
  const waiting: Batch[] = [];
  let failure: unknown;
  const answer = (object: StoredObject | undefined) => {
    const batch = waiting[0];
    batch?.answers.push(object);
    if (batch === undefined || batch.answers.length < batch.count) return;
    waiting.shift();
    if (waiting.length === 0) keepAlive(child, false);
    batch.resolve(batch.answers);
  };
  const fail = (cause: unknown) => {
    failure ??= cause;
    for (const batch of waiting.splice(0)) batch.reject(failure);
  };
  const parse = makeBatchParser(() => waiting[0]?.question === 'contents', answer);
  child.process.stdin.on('error', () => undefined);
  child.process.stdout.on('data', (chunk: Buffer) => {
    try {
      parse(chunk);
    } catch (cause) {
      fail(cause);
      child.process.kill('SIGKILL');
    }
  });
  child.ended.then(({ stderr, code }) => fail(endedEarly(stderr.trim() || `code ${code}`)), fail);
  keepAlive(child, false);
  return {
    read: (question, names) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) throw failure;
        if (names.length === 0) return resolve([]);
        keepAlive(child, true);
        waiting.push({ question, count: names.length, answers: [], resolve, reject });
        child.process.stdin.write(
          `${names.map((name) => `${question} ${name}\n`).join('')}flush\n`,
        );
      }),
    close: async () => {
      keepAlive(child, true);
      child.process.stdin.end();
      await child.ended.catch(() => undefined);
    },
  };
}

function endedEarly(why: string): LanewiseError {
  return new LanewiseError('OBJECT_MISSING', `git cat-file ended: ${why}.`);
}

/** A helper process that has nothing to do must not keep Node alive; one that owes an answer must. */
function keepAlive({ process }: StartedGit, alive: boolean): void {
  const streams = [process.stdin, process.stdout, process.stderr] as unknown as {
    ref?(): void;
    unref?(): void;
  }[];
  for (const handle of [process, ...streams]) {
    if (alive) handle.ref?.();
    else handle.unref?.();
  }
}
