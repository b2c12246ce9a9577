import { LanewiseError, type ObjectId } from '@lanewise/model';
import { startGit, type GitPlace, type StartedGit } from './runner.js';

/** An object as `cat-file --batch` gives it. */
export interface StoredObject {
  readonly id: ObjectId;
  readonly type: 'blob' | 'tree' | 'commit' | 'tag';
  readonly content: Buffer;
}

/** A running `git cat-file`: ask by name (an id, or `<id>:<path>`), get what is there or undefined. */
export interface ObjectStream {
  read(names: readonly string[]): Promise<readonly (StoredObject | undefined)[]>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (object: StoredObject | undefined) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Starts `git cat-file --batch` (with contents) or `--batch-check` (without) that stays for many
 * questions. Answers come in the order of the questions, so many may be under way at once.
 */
export function startObjectStream(place: GitPlace, contents: boolean): ObjectStream {
  const child = startGit(place, ['cat-file', contents ? '--batch' : '--batch-check']);
  const waiting: Waiting[] = [];
  let first = 0;
  let failure: unknown;
  const answer = (object: StoredObject | undefined) => {
    waiting[first++]?.resolve(object);
    if (first === waiting.length) {
      waiting.length = 0;
      first = 0;
      unreference(child, true);
    }
  };
  const fail = (cause: unknown) => {
    failure ??= cause;
    for (const one of waiting.splice(0).slice(first)) one.reject(failure);
    first = 0;
  };
  const parser = makeBatchParser(contents, answer);
  child.process.stdin.on('error', () => undefined);
  child.process.stdout.on('data', (chunk: Buffer) => {
    try {
      parser(chunk);
    } catch (cause) {
      fail(cause);
      child.process.kill('SIGKILL');
    }
  });
  child.ended.then(
    (ended) =>
      fail(
        new LanewiseError(
          'OBJECT_MISSING',
          `git cat-file ended: ${ended.stderr.trim() || `code ${ended.code}`}.`,
        ),
      ),
    fail,
  );
  unreference(child, true);
  return {
    read: async (names) => {
      if (failure !== undefined) throw failure;
      if (names.length === 0) return [];
      unreference(child, false);
      const answers = names.map(
        () =>
          new Promise<StoredObject | undefined>((resolve, reject) =>
            waiting.push({ resolve, reject }),
          ),
      );
      child.process.stdin.write(names.map((name) => `${name}\n`).join(''));
      return Promise.all(answers);
    },
    close: async () => {
      child.process.stdin.end();
      await child.ended.catch(() => undefined);
    },
  };
}

/** A waiting helper process must not keep Node alive; one that owes an answer must. */
function unreference(child: StartedGit, idle: boolean): void {
  const streams = [child.process.stdin, child.process.stdout, child.process.stderr] as unknown as {
    ref?(): void;
    unref?(): void;
  }[];
  for (const handle of [child.process, ...streams]) {
    if (idle) handle.unref?.();
    else handle.ref?.();
  }
}

/**
 * Parses the output of `cat-file --batch[-check]` as it comes: `<id> <type> <size>` and, with
 * contents, that many bytes and a newline; or `<name> missing`.
 */
export function makeBatchParser(
  contents: boolean,
  answer: (object: StoredObject | undefined) => void,
): (chunk: Buffer) => void {
  let pending: Buffer[] = [];
  let size = 0;
  let header: { id: ObjectId; type: StoredObject['type']; length: number } | undefined;
  const take = (count: number): Buffer => {
    const all = pending.length === 1 ? (pending[0] as Buffer) : Buffer.concat(pending);
    pending = count < all.length ? [all.subarray(count)] : [];
    size = all.length - count;
    return all.subarray(0, count);
  };
  const lineEnd = (): number => {
    let before = 0;
    for (const chunk of pending) {
      const at = chunk.indexOf(10);
      if (at >= 0) return before + at;
      before += chunk.length;
    }
    return -1;
  };
  return (chunk) => {
    pending.push(chunk);
    size += chunk.length;
    for (;;) {
      if (header !== undefined) {
        if (size < header.length + 1) return;
        const content = take(header.length + 1).subarray(0, header.length);
        answer({ id: header.id, type: header.type, content });
        header = undefined;
        continue;
      }
      const end = lineEnd();
      if (end < 0) return;
      const line = take(end + 1)
        .subarray(0, end)
        .toString();
      const found = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/.exec(line);
      if (found === null) {
        if (!/ (?:missing|ambiguous|submodule)$/.test(line))
          throw new LanewiseError('GIT_FAILED', `git cat-file said ${JSON.stringify(line)}.`);
        answer(undefined);
      } else if (contents) {
        header = {
          id: found[1] as ObjectId,
          type: found[2] as StoredObject['type'],
          length: Number(found[3]),
        };
      } else {
        answer({
          id: found[1] as ObjectId,
          type: found[2] as StoredObject['type'],
          content: Buffer.alloc(0),
        });
      }
    }
  };
}
