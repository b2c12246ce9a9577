import type { ExecutorContext } from '@nx/devkit';
import { parseProductName } from '@lanewise/model';
import { commonArguments, flag, value, type CommonOptions } from './command-line.js';
import { execute, type ExecutorResult } from './execute.js';

export interface ReleaseExecutorOptions extends CommonOptions {
  readonly target?: string;
  readonly image?: readonly string[];
  readonly images?: string;
  readonly first?: boolean;
  readonly prerelease?: string;
  readonly acceptBase?: readonly string[];
  readonly maxAffected?: number;
  readonly graph?: string;
}

/** Runs `lanewise release` for the project's product. Success is exit code 0: released, or nothing to do. */
export function releaseExecutor(
  options: ReleaseExecutorOptions,
  context: ExecutorContext,
): Promise<ExecutorResult> {
  return execute(options, context, releaseArguments);
}

/** The words after `lanewise`. Throws NAME_INVALID. */
export function releaseArguments(
  options: ReleaseExecutorOptions,
  products: readonly string[],
): string[] {
  return [
    'release',
    ...products.map(parseProductName),
    ...value('target', options.target),
    ...value('image', options.image),
    ...value('images', options.images),
    ...flag('first', options.first),
    ...value('prerelease', options.prerelease),
    ...value('accept-base', options.acceptBase),
    ...value('max-affected', options.maxAffected),
    ...value('graph', options.graph),
    ...commonArguments(options),
  ];
}
