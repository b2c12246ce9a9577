import { cellsBefore, joinAnswers, ranIn } from './before.js';
import type { Gate } from './gate.js';

/** The release ran in the environments before this one. */
export const after: Gate = {
  name: 'after',
  spares: ['rollback', 'again'],
  judge(question) {
    const answers = cellsBefore(question).map((before) => {
      const ran = ranIn(question, before);
      return ran.kind === 'ran'
        ? ({ kind: 'open', why: `it was in ${before.environment}` } as const)
        : ({ kind: 'closed', why: ran.why } as const);
    });
    return joinAnswers(question, answers);
  },
};
