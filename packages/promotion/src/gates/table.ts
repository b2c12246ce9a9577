import { after } from './after.js';
import { contains } from './contains.js';
import { dependencies } from './dependencies.js';
import type { Gate, GateName, GateQuestion, GateResult } from './gate.js';
import { lock } from './lock.js';
import { soak } from './soak.js';

/** Every gate, in the order in which they are shown. */
export const gates: readonly Gate[] = [contains, after, soak, lock, dependencies];

/** Reads a gate's name as `--force` gives it; null where there is none of that name. */
export function parseGateName(text: string): GateName | null {
  return gates.find(({ name }) => name === text)?.name ?? null;
}

/** Asks every gate that is asked for that origin; those named in `forced` are passed, with the reason. */
export function askGates(
  question: GateQuestion,
  forced: readonly { readonly gate: GateName; readonly reason: string }[] = [],
): readonly GateResult[] {
  return gates
    .filter(({ spares }) => !spares.includes(question.origin))
    .map((gate) => {
      const answer = gate.judge(question);
      const force = forced.find(({ gate: name }) => name === gate.name);
      return {
        gate: gate.name,
        answer,
        forced: answer.kind !== 'open' && force !== undefined ? force.reason : null,
      };
    });
}

/** Whether nothing holds it: every gate is open, or passed by force. */
export function isOpen(results: readonly GateResult[]): boolean {
  return results.every(({ answer, forced }) => answer.kind === 'open' || forced !== null);
}
