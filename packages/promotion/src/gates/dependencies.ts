import type { ProductName, Release } from '@lanewise/model';
import { cellKey, type CellState } from '../cell.js';
import type { Gate, GateAnswer, GateQuestion } from './gate.js';

/** What the release needs at run time is there, and new enough. */
export const dependencies: Gate = {
  name: 'dependencies',
  spares: [],
  judge(question) {
    const needs = Object.entries(question.release.needs);
    if (needs.length === 0) return { kind: 'open', why: 'it needs no other product' };
    const answers = needs.map(([product, { required }]) =>
      judgeNeed(question, product as ProductName, required),
    );
    return answers.find(({ kind }) => kind === 'closed') ?? answers[0] ?? { kind: 'open', why: '' };
  },
};

function judgeNeed(
  { state, cell, landing }: GateQuestion,
  product: ProductName,
  required: string | null,
): GateAnswer {
  const where = cell.environment;
  const key = cellKey(where, product);
  const there = state.cells.get(key)?.state ?? { kind: 'outside' as const };
  if (there.kind === 'outside') return { kind: 'open', why: `${product} is not kept in ${where}` };
  const running = landing.get(key) ?? runs(there);
  if (running === null) {
    const present = there.kind === 'image' || there.kind === 'mixed';
    if (present && required === null) return { kind: 'open', why: `${product} is there` };
    const why = present
      ? `it needs ${product} ${String(required)}, and which release of it runs in ${where} is not known`
      : `it needs ${product}, of which nothing runs in ${where}`;
    return { kind: 'closed', why };
  }
  if (required === null) return { kind: 'open', why: `${product} is there` };
  const least = state.book.releases(product).find(({ version }) => version === required);
  const enough = least !== undefined && state.ancestry.contains(running.commit, least.commit);
  return enough
    ? { kind: 'open', why: `${product} ${running.version} is there` }
    : {
        kind: 'closed',
        why: `it needs ${product} ${required}, and ${running.version} runs in ${where}`,
      };
}

function runs(state: CellState): Release | null {
  return state.kind === 'release' ? state.release : null;
}
