import type { ExecutorContext } from '@nx/devkit';
import { LanewiseError, parseProductName } from '@lanewise/model';
import { commonArguments, flag, value, type CommonOptions } from './command-line.js';
import { execute, type ExecutorResult } from './execute.js';

export interface PromoteExecutorOptions extends CommonOptions {
  readonly to?: string;
  readonly version?: string;
  readonly ready?: boolean;
  readonly again?: boolean;
  readonly image?: readonly string[];
  readonly source?: string;
  readonly force?: readonly string[];
  readonly reason?: string;
  readonly savePlan?: string;
}

/** Runs `lanewise promote` for the project's product. Success is exit code 0; held by a gate is none. */
export function promoteExecutor(
  options: PromoteExecutorOptions,
  context: ExecutorContext,
): Promise<ExecutorResult> {
  return execute(options, context, promoteArguments);
}

/** The words after `lanewise`. Throws NAME_INVALID, USAGE. */
export function promoteArguments(
  options: PromoteExecutorOptions,
  products: readonly string[],
): string[] {
  const { to, version, ready } = options;
  refuse(options, products);
  const at = version === undefined ? '' : `@${version}`;
  return [
    'promote',
    ...products.map((name) => `${parseProductName(name)}${at}`),
    ...value('to', to),
    ...flag('ready', ready),
    ...flag('again', options.again),
    ...value('image', options.image),
    ...value('source', options.source),
    ...value('force', options.force),
    ...value('reason', options.reason),
    ...value('save-plan', options.savePlan),
    ...commonArguments(options),
  ];
}

function refuse({ to, version, ready }: PromoteExecutorOptions, products: readonly string[]): void {
  if (to === undefined && ready !== true) {
    throw new LanewiseError('USAGE', 'Nothing says where the product is promoted to.', {
      hint: `Name the environment: nx run PROJECT:lanewise-promote:prod, or --to prod.`,
    });
  }
  if (version !== undefined && products.length > 1) {
    throw new LanewiseError('USAGE', `One version is told for ${products.length} products.`, {
      hint: 'Promote each by itself, or leave the version out.',
    });
  }
}
