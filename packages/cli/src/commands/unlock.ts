import { LanewiseError } from '@lanewise/model';
import type { CommandModule } from '../command.js';
import { parseProductAtVersion, requireProduct, requireTarget } from '../parse-names.js';
import { runPromotion } from '../run-promotion.js';

interface Options {
  readonly env?: string;
  readonly reason?: string;
}

export const unlock: CommandModule = {
  help: {
    about:
      'Removes the locks written by lock, hold, reject, freeze and rollback, and names the requests that may go on.',
    examples: [
      ['lanewise unlock docs --env prod', 'all locks of one product in one environment'],
      ['lanewise unlock docs@1.4.2 --env prod', 'only the rejection of this release'],
      ['lanewise unlock --env prod', 'a freeze'],
    ],
  },
  declare: (command) => {
    command
      .argument(
        '[product]',
        'PRODUCT, or PRODUCT@VERSION for the rejection of a release; default: locks for all products',
      )
      .option(
        '--env <environment>',
        'the environment or group; default: locks for all environments',
      )
      .option('--reason <text>', 'why; recorded in the commit')
      .option('--dry-run', 'show what would be removed')
      .option(
        '--save-plan <file>',
        'write the plan to a file for lanewise apply, and nothing else',
      );
  },
  run: (call) => {
    const options = call.options as Options;
    return runPromotion(call, ({ config, products }, by) => {
      const named =
        call.arguments[0] === undefined ? null : parseProductAtVersion(call.arguments[0]);
      if (named !== null) requireProduct(named.product, products);
      if (options.env?.trim() === '')
        throw new LanewiseError('USAGE', '--env is empty.', {
          hint: 'Name an environment or group.',
        });
      return {
        kind: 'unlock',
        product: named?.product ?? null,
        environment: options.env === undefined ? null : requireTarget(options.env, config),
        version: named?.version ?? null,
        reason: options.reason ?? null,
        by,
      };
    });
  },
};
