import { logger, type Tree } from '@nx/devkit';
import {
  LanewiseError,
  parseEnvironmentName,
  show,
  type Config,
  type EnvironmentName,
} from '@lanewise/model';
import { insertEntry } from '../config-text/insert-entry.js';
import { leftWords, planCopies, type ManifestCopy } from './copy-manifests.js';
import { configFile, readConfig, readConfigText, readProducts } from './read-workspace.js';
import { told } from './told.js';

export interface EnvironmentOptions {
  readonly name: string;
  /** Default: the last environment of the file. */
  readonly from?: string;
  readonly after?: readonly string[];
  readonly on?: 'release' | 'ready' | 'command';
  readonly group?: string;
  readonly soak?: string;
  readonly skipManifests?: boolean;
}

/**
 * Adds an environment to lanewise.yaml, changing no other byte of it, and gives every product the
 * manifests that it has in another one.
 */
export function environmentGenerator(tree: Tree, options: EnvironmentOptions): Promise<void> {
  return told(() => {
    const before = readConfig(tree);
    const name = parseEnvironmentName(options.name);
    const from = sourceOf(options, before);
    const text = insertEntry(readConfigText(tree), ['environments'], name, entryOf(options));
    const config = readConfig(tree, text);
    const isHere = config.gitops.repository === null;
    const copies =
      options.skipManifests === true || !isHere || from === null
        ? []
        : planCopies(tree, config, readProducts(tree, before), from, name);
    tree.write(configFile, text);
    for (const copy of copies) tree.write(copy.to, tree.read(copy.from) ?? '');
    report(tree, config, copies, from);
  });
}

function sourceOf({ from, name }: EnvironmentOptions, config: Config): EnvironmentName | null {
  const known = [...config.environments.keys()];
  if (from === undefined) return known.at(-1) ?? null;
  const source = known.find((one) => one === from);
  if (source !== undefined) return source;
  throw new LanewiseError(
    'ENVIRONMENT_UNKNOWN',
    `There is no environment ${show(from)} to copy ${show(name)} from.`,
    { hint: `Known are: ${known.join(', ')}.` },
  );
}

/** What is said of the environment: only what was asked for, as the defaults do the rest. */
function entryOf({
  after,
  on,
  group,
  soak,
}: EnvironmentOptions): Readonly<Record<string, unknown>> {
  const names = (after ?? []).flatMap((one) => one.split(',')).map((one) => one.trim());
  return {
    ...(names.length > 0 && { after: names.length === 1 ? names[0] : names }),
    ...(on !== undefined && { on }),
    ...(group !== undefined && { group }),
    ...(soak !== undefined && { gates: { soak } }),
  };
}

const mostLines = 20;

function report(
  tree: Tree,
  { gitops }: Config,
  copies: readonly ManifestCopy[],
  from: EnvironmentName | null,
): void {
  if (gitops.repository !== null)
    logger.info(`The manifests are in ${gitops.repository}: copy those of ${from ?? ''} there.`);
  if (copies.length === 0 || from === null) return;
  const left = leftWords(tree, copies, from);
  if (left.length === 0) return;
  logger.warn(`The copies still name '${from}'; look at these lines:`);
  for (const line of left.slice(0, mostLines)) logger.warn(`  ${line}`);
  if (left.length > mostLines) logger.warn(`  … and ${left.length - mostLines} more`);
}
