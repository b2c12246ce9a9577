import type { Command } from 'commander';
import { LanewiseError } from '@lanewise/model';
import type { LockWord, PromotionRequest, PromotionSources } from '@lanewise/promotion';
import type { Call, CommandModule } from '../command.js';
import { parseProductAtVersion, requireProduct, requireTarget } from '../parse-names.js';
import { parseUntil } from '../parse-until.js';
import { runPromotion } from '../run-promotion.js';

interface Options {
  readonly env?: string;
  readonly reason: string;
  readonly until?: string;
  readonly all?: boolean;
  readonly bindsRollbacks?: boolean;
}

export const lock: CommandModule = {
  help: {
    about:
      'Writes a lock file into the GitOps branch: while it is there, nothing is promoted there, neither by automation nor by name. lanewise unlock takes it away.',
    examples: [
      [
        "lanewise lock docs --env prod --reason 'audit of the texts'",
        'one product in one environment',
      ],
      [
        "lanewise lock docs --reason 'rewrite in progress' --until 3d",
        'one product everywhere, for three days',
      ],
    ],
  },
  declare: (command) => declareLock(command.argument('[product]', 'the product; default: all')),
  run: (call) => runLock(call, 'lock'),
};

export const hold: CommandModule = {
  help: {
    about:
      'Other releases of the product wait until the lock is taken away; the one that runs may be repeated.',
    examples: [
      [
        "lanewise hold docs --env prod --reason 'wait for the campaign'",
        'stay at what runs in prod',
      ],
    ],
  },
  declare: (command) =>
    declareLock(command.argument('<product>', 'PRODUCT, or PRODUCT@VERSION to hold at a release')),
  run: (call) => runLock(call, 'hold'),
};

export const reject: CommandModule = {
  help: {
    about: 'The release goes no further; newer ones may. Where it runs, it stays.',
    examples: [
      [
        "lanewise reject docs@1.4.2 --env prod --reason 'loses drafts'",
        'keep this release out of prod',
      ],
    ],
  },
  declare: (command) => declareLock(command.argument('<release>', 'PRODUCT@VERSION')),
  run: (call) => runLock(call, 'reject'),
};

export const freeze: CommandModule = {
  help: {
    about: 'No product is promoted there while the freeze lasts.',
    examples: [
      [
        "lanewise freeze --env prod --reason 'year-end closing' --until 2027-01-02",
        'one environment until a date',
      ],
      ["lanewise freeze --all --reason 'incident'", 'every environment'],
    ],
  },
  declare: (command) => declareLock(command.option('--all', 'every environment')),
  run: (call) => runLock(call, 'freeze'),
};

function declareLock(command: Command): void {
  command
    .option('--env <environment>', 'the environment or group; default: all')
    .requiredOption('--reason <text>', 'why; shown to everyone whom it holds')
    .option('--until <time>', "when it ends by itself: '2h', '3d', '2027-01-02'")
    .option('--binds-rollbacks', 'rollbacks are held too')
    .option('--dry-run', 'show what would be written')
    .option('--save-plan <file>', 'write the plan to a file for lanewise apply, and nothing else');
}

function runLock(call: Call, word: LockWord) {
  return runPromotion(call, (sources, by) => makeRequest(call, word, sources, by));
}

function makeRequest(
  call: Call,
  word: LockWord,
  { config, products }: PromotionSources,
  by: string,
): PromotionRequest {
  const options = call.options as unknown as Options;
  const named = call.arguments[0] === undefined ? null : parseProductAtVersion(call.arguments[0]);
  if (named !== null) requireProduct(named.product, products);
  refuseVague(word, named?.version ?? null, named !== null, options);
  return {
    kind: 'lock',
    word,
    product: named?.product ?? null,
    environment: options.env === undefined ? null : requireTarget(options.env, config),
    version: named?.version ?? null,
    reason: options.reason,
    by,
    until: options.until === undefined ? null : parseUntil(options.until, call.shell.now()),
    bindsRollbacks: options.bindsRollbacks === true,
  };
}

/** Closing everything everywhere must be said, never left out by mistake. */
function refuseVague(
  word: LockWord,
  version: string | null,
  hasProduct: boolean,
  options: Options,
): void {
  if (options.reason.trim() === '')
    throw new LanewiseError('USAGE', 'The reason is empty.', {
      hint: 'Say why: those whom it holds will read it.',
    });
  if (word === 'reject' && version === null)
    throw new LanewiseError('USAGE', 'reject needs a release.', {
      hint: "Write 'lanewise reject PRODUCT@VERSION'.",
    });
  if (word === 'lock' && version !== null)
    throw new LanewiseError('USAGE', 'lock takes a product without a version.', {
      hint: "'lanewise reject' closes an environment for one release, 'lanewise hold' keeps a product at one.",
    });
  if (!hasProduct && options.env === undefined && options.all !== true) {
    throw new LanewiseError('USAGE', 'Neither a product nor an environment is named.', {
      hint: "Write --env ENVIRONMENT, or 'lanewise freeze --all' to close everything.",
    });
  }
}
