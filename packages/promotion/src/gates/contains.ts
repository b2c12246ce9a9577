import type { Gate } from './gate.js';

/** The release contains what runs: nothing that users have is taken away without saying so. */
export const contains: Gate = {
  name: 'contains',
  spares: ['rollback', 'again'],
  judge({ state, cell, release }) {
    const present = cell.state;
    if (present.kind === 'empty') return { kind: 'open', why: 'nothing runs there' };
    if (present.kind !== 'release') {
      return { kind: 'open', why: 'no known release runs there' };
    }
    const runs = present.release;
    if (state.ancestry.contains(release.commit, runs.commit)) {
      return { kind: 'open', why: `it contains ${runs.version}, which runs there` };
    }
    const older = state.ancestry.contains(runs.commit, release.commit);
    const why = older
      ? `${runs.version} runs there and is newer`
      : `${runs.version} runs there, and neither of the two contains the other`;
    return { kind: 'closed', why };
  },
};
