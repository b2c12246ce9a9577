import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseCommitId, parseObjectId, parseRepoPath, type CommitId } from '@lanewise/model';
import { joinIndexParts, readIndexParts, writeIndexPart } from '../src/index-text.js';

const id = (number: number): CommitId => parseCommitId(number.toString(16).padStart(40, '0'));
const paths = ['a', 'b/c', 'b/c d', 'ü', 'x"y'].map(parseRepoPath);

/** Histories cut into parts, as runs append them; a text may hold whatever people write. */
const histories = fc.array(
  fc.array(
    fc.record({
      subject: fc.string({ unit: 'grapheme' }),
      trailers: fc.constantFrom({}, { Origin: ['name'] }),
      changes: fc.uniqueArray(fc.nat(paths.length - 1), { minLength: 1 }),
      deletes: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  { minLength: 1, maxLength: 6 },
);

it('an index tells the same in the parts that were appended and as one', () => {
  fc.assert(
    fc.property(histories, (history) => {
      let first = 0;
      const told: { subject: string; position: number }[] = [];
      const parts = history.map((commits, part) => {
        const entries = commits.map(({ subject, trailers, changes, deletes }, index) => {
          const position = first + index;
          told.push({ subject, position });
          return {
            commit: id(position + 1),
            at: position,
            author: 'Dev',
            subject,
            trailers,
            changes: changes.map((number) => ({
              path: paths[number] ?? parseRepoPath('a'),
              id: deletes ? null : parseObjectId('f'.repeat(40)),
            })),
          };
        });
        const head = { watch: 'w', tip: id(900 + part), lostTips: [], first };
        first += commits.length;
        return writeIndexPart(head, entries);
      });
      const apart = readIndexParts(parts)?.index;
      const joined = readIndexParts([joinIndexParts(parts)])?.index;
      const view = (index: typeof apart) => ({
        tip: index?.tip,
        commits: Array.from({ length: index?.count ?? 0 }, (_, at) => index?.commit(at)),
        steps: index?.steps(new Set(paths)),
        has: [0, 1, first, first + 1].map((number) => index?.has(id(number))),
      });
      expect(view(joined)).toEqual(view(apart));
      expect(view(apart).commits.map((one) => one?.subject)).toEqual(
        told.map(({ subject }) => subject),
      );
      expect(view(apart).has).toEqual([false, first > 0, first > 0, false]);
    }),
    { seed: 20251, numRuns: 150 },
  );
});

it('an index of another form, or with a part of another watch, is none', () => {
  const part = (watch: string, first: number) =>
    writeIndexPart({ watch, tip: id(1), lostTips: [], first }, []);
  expect(readIndexParts([])).toBeNull();
  expect(readIndexParts(['{"format":1}\n'])).toBeNull();
  expect(readIndexParts(['nonsense'])).toBeNull();
  expect(readIndexParts([part('a', 0), part('b', 0)])).toBeNull();
  expect(readIndexParts([part('a', 0), part('a', 0)])?.watch).toBe('a');
});
