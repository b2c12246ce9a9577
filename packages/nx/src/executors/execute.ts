import type { ExecutorContext } from '@nx/devkit';
import { isLanewiseError } from '@lanewise/model';
import type { CommonOptions } from './command-line.js';
import { productOfProject } from './product-of-project.js';
import { runCommand } from './run-command.js';

/** What Nx wants of an executor. */
export interface ExecutorResult {
  readonly success: boolean;
}

/** Runs the command whose words `argumentsOf` gives for the products. What cannot be asked is said, and nothing is run. */
export async function execute<T extends CommonOptions>(
  options: T,
  { root, projectName, projectsConfigurations }: ExecutorContext,
  argumentsOf: (options: T, products: readonly string[]) => readonly string[],
): Promise<ExecutorResult> {
  try {
    const products = options.products ?? [];
    const { projects } = projectsConfigurations;
    const own =
      products.length > 0 ? products : [productOfProject(projectName ?? '', root, projects)];
    const { exitCode } = await runCommand(argumentsOf(options, own), root);
    return { success: exitCode === 0 };
  } catch (error) {
    const { logger } = await import('@nx/devkit');
    const hint = isLanewiseError(error) && error.hint !== undefined ? `\n${error.hint}` : '';
    logger.error(`${error instanceof Error ? error.message : String(error)}${hint}`);
    return { success: false };
  }
}
