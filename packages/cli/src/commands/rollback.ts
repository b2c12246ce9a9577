import type { Command } from 'commander';
import type { CommandModule } from '../command.js';
import { parseProductAtVersion, requireProduct, requireTarget } from '../parse-names.js';
import { runPromotion } from '../run-promotion.js';

interface Options {
  readonly env: string;
  readonly to?: string;
  readonly reason?: string;
}

export const rollback: CommandModule = {
  help: {
    about:
      'Goes to the last release before the present one that was not itself taken back, and locks the product there in the same commit, so that nothing brings the bad release back by itself. Repeated, it walks further back; with the release that is to be taken back it does nothing the second time, as a script or a rerun after a crash needs it. A promotion by name, or lanewise unlock, ends the lock.',
    examples: [
      [
        "lanewise rollback docs --env prod --reason 'search is broken'",
        'take back what runs in prod',
      ],
      [
        'lanewise rollback docs@1.4.2 --env prod',
        'the same, if that is what runs; run again, nothing happens',
      ],
      [
        'lanewise rollback docs --env prod --to 1.4.0 --dry-run',
        'show what going to a certain release would do',
      ],
    ],
  },
  declare: (command: Command) => {
    command
      .argument('<product>', 'PRODUCT, or PRODUCT@VERSION to take back just that')
      .requiredOption('--env <environment>', 'the environment or group')
      .option('--to <release>', 'an earlier release; default: the last good one before')
      .option('--reason <text>', 'why; recorded in the commit and in the lock')
      .option('--dry-run', 'show the plan and write nothing')
      .option(
        '--save-plan <file>',
        'write the plan to a file for lanewise apply, and nothing else',
      );
  },
  run: (call) => {
    const options = call.options as unknown as Options;
    const { product, version } = parseProductAtVersion(call.arguments[0] ?? '');
    return runPromotion(call, ({ config, products }, by) => {
      const environment = requireTarget(options.env, config);
      const members = config.targets.get(environment) ?? [];
      return {
        kind: 'rollback',
        product: requireProduct(product, products),
        environment,
        to: options.to ?? null,
        ...(version !== null && {
          leave: Object.fromEntries(members.map((member) => [member, version])),
        }),
        force: [],
        reason: options.reason ?? null,
        by,
      };
    });
  },
};
