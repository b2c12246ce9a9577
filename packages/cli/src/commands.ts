import type { CommandEntry } from './command.js';

const looking = 'Look:';
const releasing = 'Release:';
const promoting = 'Promote:';
const locking = 'Hold back:';
const setup = 'Set up:';

/**
 * All commands, in the order of the help. Only this table is loaded to show it: each command's
 * own file comes when it is called.
 */
export const commands: readonly CommandEntry[] = [
  {
    name: 'status',
    group: looking,
    summary: 'Show what runs where, what waits, and why',
    load: async () => (await import('./commands/status.js')).status,
  },
  {
    name: 'why',
    group: looking,
    summary: 'Explain why a product is affected, or held',
    load: async () => (await import('./commands/why.js')).why,
  },
  {
    name: 'affected',
    group: looking,
    summary: 'List what changed since its own last release',
    load: async () => (await import('./commands/affected.js')).affected,
  },
  {
    name: 'graph',
    group: looking,
    summary: 'Show what each product is built from',
    load: async () => (await import('./commands/graph.js')).graph,
  },
  {
    name: 'diff',
    group: looking,
    summary: 'Compare two environments: what would ship',
    load: async () => (await import('./commands/diff.js')).diff,
  },
  {
    name: 'history',
    group: looking,
    summary: 'List what ran, when, and who brought it there',
    load: async () => (await import('./commands/history.js')).history,
  },
  {
    name: 'backtest',
    group: looking,
    summary: 'Tell from the past what Lanewise would have done',
    load: async () => (await import('./commands/backtest.js')).backtest,
  },
  {
    name: 'pins',
    group: looking,
    summary: 'List what is pinned where, or write values in place',
    load: async () => (await import('./commands/pins.js')).pins,
  },
  {
    name: 'verify',
    group: looking,
    summary: 'Check the configuration against the repositories',
    load: async () => (await import('./commands/verify.js')).verify,
  },
  {
    name: 'release',
    aliases: ['affected-release'],
    group: releasing,
    summary: 'Release what changed, and land it where it may go',
    load: async () => (await import('./commands/release.js')).release,
  },
  {
    name: 'changelog',
    group: releasing,
    summary: 'Print what the releases of a product brought',
    load: async () => (await import('./commands/changelog.js')).changelog,
  },
  {
    name: 'adopt',
    group: releasing,
    summary: 'Record what runs today as releases: the first day',
    load: async () => (await import('./commands/adopt.js')).adopt,
  },
  {
    name: 'promote',
    group: promoting,
    summary: 'Bring a release into an environment, through gates',
    load: async () => (await import('./commands/promote.js')).promote,
  },
  {
    name: 'rollback',
    group: promoting,
    summary: 'Take a product back to the release before',
    load: async () => (await import('./commands/rollback.js')).rollback,
  },
  {
    name: 'apply',
    group: promoting,
    summary: 'Carry out a saved plan',
    load: async () => (await import('./commands/apply.js')).apply,
  },
  {
    name: 'lock',
    group: locking,
    summary: 'Close an environment for a product, or for all',
    load: async () => (await import('./commands/lock.js')).lock,
  },
  {
    name: 'hold',
    group: locking,
    summary: 'Keep a product at the release that runs now',
    load: async () => (await import('./commands/lock.js')).hold,
  },
  {
    name: 'reject',
    group: locking,
    summary: 'Close an environment for one release of a product',
    load: async () => (await import('./commands/lock.js')).reject,
  },
  {
    name: 'freeze',
    group: locking,
    summary: 'Close an environment for all products',
    load: async () => (await import('./commands/lock.js')).freeze,
  },
  {
    name: 'unlock',
    group: locking,
    summary: 'Take locks away, and say what may go on',
    load: async () => (await import('./commands/unlock.js')).unlock,
  },
  {
    name: 'init',
    group: setup,
    summary: 'Write a first lanewise.yaml by looking around',
    load: async () => (await import('./commands/init.js')).init,
  },
  {
    name: 'schema',
    group: setup,
    summary: 'Print the JSON Schema of lanewise.yaml or an answer',
    load: async () => (await import('./commands/schema.js')).schema,
  },
  {
    name: 'completion',
    group: setup,
    summary: 'Print a completion script for bash, zsh or fish',
    load: async () => (await import('./commands/completion.js')).completion,
  },
];
