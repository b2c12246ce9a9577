import { LanewiseError, type ObjectId } from '@lanewise/model';
import type { StoredObject } from './object-stream.js';

const nothing = Buffer.alloc(0);

/**
 * Parses the output of `git cat-file --batch-command` as it comes: `<id> <type> <size>` and, where
 * contents were asked for, that many bytes and a newline; or `<name> missing`. `hasContents` is
 * asked once for each answer, in their order.
 */
export function makeBatchParser(
  hasContents: () => boolean,
  answer: (object: StoredObject | undefined) => void,
): (chunk: Buffer) => void {
  const input = makeInput();
  let header: { id: ObjectId; type: StoredObject['type']; length: number } | undefined;
  return (chunk) => {
    input.add(chunk);
    for (;;) {
      if (header !== undefined) {
        if (input.size() < header.length + 1) return;
        const content = input.take(header.length + 1).subarray(0, header.length);
        const { id, type } = header;
        header = undefined;
        answer({ id, type, size: content.length, content });
        continue;
      }
      const end = input.lineEnd();
      if (end < 0) return;
      const line = input.take(end + 1).toString('utf8', 0, end);
      const found = parseHeader(line);
      if (found === undefined) answer(undefined);
      else if (hasContents()) header = found;
      else answer({ id: found.id, type: found.type, size: found.length, content: nothing });
    }
  };
}

/** Undefined for what is not there. Throws GIT_FAILED for words that are no answer. */
function parseHeader(line: string) {
  const found = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/.exec(line);
  if (found !== null) {
    const [, id, type, length] = found;
    return { id: id as ObjectId, type: type as StoredObject['type'], length: Number(length) };
  }
  if (/ (?:missing|ambiguous|submodule)$/.test(line)) return undefined;
  throw new LanewiseError('GIT_FAILED', `git cat-file said ${JSON.stringify(line)}.`);
}

/** Bytes that came and were not taken yet, joined only where something lies across two chunks. */
function makeInput() {
  let pending: Buffer[] = [];
  let size = 0;
  return {
    size: () => size,
    add: (chunk: Buffer): void => {
      pending.push(chunk);
      size += chunk.length;
    },
    take: (count: number): Buffer => {
      const all = pending.length === 1 ? (pending[0] as Buffer) : Buffer.concat(pending);
      pending = count < all.length ? [all.subarray(count)] : [];
      size = all.length - count;
      return all.subarray(0, count);
    },
    lineEnd: (): number => {
      let before = 0;
      for (const chunk of pending) {
        const at = chunk.indexOf(10);
        if (at >= 0) return before + at;
        before += chunk.length;
      }
      return -1;
    },
  };
}
