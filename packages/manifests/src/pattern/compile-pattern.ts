import { LanewiseError, show } from '@lanewise/model';

import { parsePattern, type PatternNode, type Range } from './parse-pattern.js';

/** One step of a pattern's machine. Where there are two ways on, the first is preferred. */
export type Instruction =
  | { readonly kind: 'set'; readonly ranges: readonly Range[]; readonly negated: boolean }
  | { readonly kind: 'begin' | 'end' | 'edge' | 'match' }
  | { readonly kind: 'save'; readonly slot: 0 | 1 }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'split'; first: number; second: number };

const longestProgram = 2000;

/** Turns a pattern into the machine that `matchLine` runs. Throws CONFIG_INVALID. */
export function compilePattern(pattern: string): readonly Instruction[] {
  const program: Instruction[] = [];
  emit(program, parsePattern(pattern));
  program.push({ kind: 'match' });
  if (program.length <= longestProgram) return program;
  throw new LanewiseError(
    'CONFIG_INVALID',
    `${show(pattern)} repeats too much to be matched quickly.`,
    {
      hint: 'Use smaller counts in {…}, or * instead.',
    },
  );
}

function emit(program: Instruction[], node: PatternNode): void {
  if (program.length > longestProgram) return;
  switch (node.kind) {
    case 'set':
    case 'begin':
    case 'end':
    case 'edge':
      program.push(node.kind === 'set' ? node : { kind: node.kind });
      return;
    case 'sequence':
      for (const part of node.parts) emit(program, part);
      return;
    case 'choice':
      emitChoice(program, node.parts);
      return;
    case 'group':
      program.push({ kind: 'save', slot: 0 });
      emit(program, node.part);
      program.push({ kind: 'save', slot: 1 });
      return;
    case 'repeat':
      emitRepeat(program, node);
  }
}

function emitChoice(program: Instruction[], parts: readonly PatternNode[]): void {
  const jumps: { kind: 'jump'; to: number }[] = [];
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    const split = { kind: 'split', first: program.length + 1, second: 0 } as const;
    const open: { kind: 'split'; first: number; second: number } = { ...split };
    if (!last) program.push(open);
    emit(program, part);
    if (last) continue;
    const jump: { kind: 'jump'; to: number } = { kind: 'jump', to: 0 };
    program.push(jump);
    jumps.push(jump);
    open.second = program.length;
  }
  for (const jump of jumps) jump.to = program.length;
}

function emitRepeat(program: Instruction[], node: PatternNode & { kind: 'repeat' }): void {
  const { part, min, max, lazy } = node;
  for (let count = 0; count < min; count += 1) emit(program, part);
  const open = (): { kind: 'split'; first: number; second: number } => {
    const split: { kind: 'split'; first: number; second: number } = {
      kind: 'split',
      first: 0,
      second: 0,
    };
    program.push(split);
    return split;
  };
  const close = (split: { first: number; second: number }, inside: number): void => {
    split.first = lazy ? program.length : inside;
    split.second = lazy ? inside : program.length;
  };
  if (max === Infinity) {
    const start = program.length;
    const split = open();
    emit(program, part);
    program.push({ kind: 'jump', to: start });
    close(split, start + 1);
    return;
  }
  const splits = Array.from({ length: max - min }, () => {
    const split = open();
    const inside = program.length;
    emit(program, part);
    return { split, inside };
  });
  for (const { split, inside } of splits) close(split, inside);
}
