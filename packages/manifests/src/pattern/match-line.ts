import type { Instruction } from './compile-pattern.js';

/** Where a pattern fits, and where its group does; null where the group took no part. */
export interface PatternMatch {
  readonly start: number;
  readonly end: number;
  readonly group: { readonly start: number; readonly end: number } | null;
}

interface Thread {
  readonly at: number;
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Finds the first place in one line where a pattern fits, from an offset on. All ways through the
 * pattern are followed at once, so the time is the line's length times the pattern's, whatever the
 * pattern: no installed library matches so, and JavaScript's own expressions may try for ever.
 */
export function matchLine(
  program: readonly Instruction[],
  line: string,
  from: number,
): PatternMatch | null {
  let threads: Thread[] = [];
  let match: PatternMatch | null = null;
  for (let at = from; at <= line.length; at += 1) {
    if (match === null)
      follow(program, line, at, { threads, thread: { at: 0, start: at, from: -1, to: -1 } });
    if (threads.length === 0) return match;
    const next: Thread[] = [];
    for (const thread of threads) {
      const step = program[thread.at];
      if (step?.kind === 'match') {
        match = {
          start: thread.start,
          end: at,
          group: thread.to < 0 ? null : { start: thread.from, end: thread.to },
        };
        break;
      }
      if (step?.kind === 'set' && at < line.length && isIn(step, line.charCodeAt(at))) {
        follow(program, line, at + 1, { threads: next, thread: { ...thread, at: thread.at + 1 } });
      }
    }
    threads = next;
  }
  return match;
}

interface Following {
  readonly threads: Thread[];
  readonly thread: Thread;
}

/** Adds a thread with all ways it can go without reading a sign, the preferred ones first, each step once. */
function follow(
  program: readonly Instruction[],
  line: string,
  at: number,
  { threads, thread }: Following,
): void {
  const seen = seenIn(threads, program.length);
  const stack: Thread[] = [thread];
  for (let now = stack.pop(); now !== undefined; now = stack.pop()) {
    if (seen[now.at] === 1) continue;
    seen[now.at] = 1;
    const step = program[now.at];
    if (step === undefined) continue;
    if (step.kind === 'set' || step.kind === 'match') threads.push(now);
    else if (step.kind === 'jump') stack.push({ ...now, at: step.to });
    else if (step.kind === 'split')
      stack.push({ ...now, at: step.second }, { ...now, at: step.first });
    else if (step.kind === 'save')
      stack.push({ ...now, at: now.at + 1, ...(step.slot === 0 ? { from: at } : { to: at }) });
    else if (holds(step.kind, line, at)) stack.push({ ...now, at: now.at + 1 });
  }
}

/** The steps that a list of threads has been at; kept beside the list, as one list takes many threads. */
const seenLists = new WeakMap<Thread[], Uint8Array>();

function seenIn(threads: Thread[], length: number): Uint8Array {
  const seen = seenLists.get(threads) ?? new Uint8Array(length);
  seenLists.set(threads, seen);
  return seen;
}

function holds(kind: 'begin' | 'end' | 'edge', line: string, at: number): boolean {
  if (kind === 'begin') return at === 0;
  if (kind === 'end') return at === line.length;
  return isWord(line, at - 1) !== isWord(line, at);
}

function isWord(line: string, at: number): boolean {
  return /\w/.test(line.charAt(at));
}

function isIn(
  { ranges, negated }: { ranges: readonly (readonly [number, number])[]; negated: boolean },
  code: number,
): boolean {
  return ranges.some(([low, high]) => code >= low && code <= high) !== negated;
}
