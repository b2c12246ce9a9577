import { formatDuration } from '@lanewise/model';
import type { Cell } from '../cell.js';
import { cellsBefore, joinAnswers, ranIn } from './before.js';
import type { Gate, GateAnswer, GateQuestion } from './gate.js';

/**
 * The release ran long enough in the environments before this one, without a break. One that had
 * its time keeps it after it was displaced.
 */
export const soak: Gate = {
  name: 'soak',
  spares: ['rollback', 'again'],
  judge(question) {
    const { state, cell } = question;
    const seconds = state.config.environments.get(cell.environment)?.gates.soak ?? 0;
    if (seconds === 0) return { kind: 'open', why: 'no soak is asked for' };
    return joinAnswers(
      question,
      cellsBefore(question).map((before) => judgeStays(question, before, seconds)),
    );
  },
};

function judgeStays(question: GateQuestion, before: Cell, seconds: number): GateAnswer {
  const { now } = question.state;
  const where = before.environment;
  const ran = ranIn(question, before);
  if (ran.kind === 'not') return { kind: 'closed', why: ran.why };
  const times = ran.stays.map(({ landed, until }) => (until ?? now) - landed.at);
  const best = Math.max(...times);
  if (best >= seconds) return { kind: 'open', why: `it ran ${formatDuration(best)} in ${where}` };
  const running = ran.stays.find(({ until }) => until === null);
  if (running === undefined) {
    const why = `it ran only ${formatDuration(best)} of ${formatDuration(seconds)} in ${where} before another took its place`;
    return { kind: 'closed', why };
  }
  return { kind: 'waiting', for: `its soak in ${where}`, until: running.landed.at + seconds };
}
