import { binds, lockFilesFor } from '../judge-locks.js';
import { handMadeStepBack } from '../past.js';
import type { Gate, GateAnswer, GateQuestion } from './gate.js';

/** No lock file stands in the way, and nobody stepped back by hand since the pin last changed. */
export const lock: Gate = {
  name: 'lock',
  spares: [],
  judge(question) {
    const answers = [...judgeFiles(question), ...judgeStepBack(question)];
    const closed = answers.find(({ kind }) => kind === 'closed');
    return closed ?? answers[0] ?? { kind: 'open', why: 'no lock' };
  },
};

function judgeFiles({ state, cell, release, origin }: GateQuestion): readonly GateAnswer[] {
  return lockFilesFor(state, cell).flatMap(({ content, file }): readonly GateAnswer[] => {
    if (content.kind === 'malformed') {
      return origin === 'rollback' ? [] : [{ kind: 'closed', why: withoutStop(content.message) }];
    }
    return content.entries
      .filter((entry) => binds(entry, release, origin, state.now))
      .map((entry) => {
        const who = entry.by === null ? '' : ` by ${entry.by}`;
        const why = `locked${who}: ${entry.reason === '' ? `see ${file}` : entry.reason}`;
        return entry.until === null
          ? { kind: 'closed', why }
          : { kind: 'waiting', for: `the end of a lock (${why})`, until: entry.until };
      });
  });
}

function judgeStepBack({ state, cell, origin }: GateQuestion): readonly GateAnswer[] {
  if (origin !== 'automation' && origin !== 'request') return [];
  const step = handMadeStepBack(cell, state.ancestry);
  if (step === null) return [];
  const { author, commit } = step.to.landed;
  return [
    {
      kind: 'closed',
      why: `${step.from.version} was taken back by ${author} in ${commit.slice(0, 8)}`,
    },
  ];
}

function withoutStop(message: string): string {
  return message.replace(/\.$/, '');
}
