import type { TargetConfiguration } from '@nx/devkit';
import type { Product } from '@lanewise/graph';
import { productConfig, type Config } from '@lanewise/model';
import type { UnderstoodOptions } from './options.js';

/** What is inferred for a product's project. */
export interface InferredTargets {
  readonly targets: Record<string, TargetConfiguration>;
  readonly metadata: { readonly targetGroups: Record<string, string[]> };
}

/**
 * The targets of a product: one that releases it, one that promotes it, with a configuration for
 * each environment or group it can be brought to. What they do depends on remote repositories, so
 * nothing of it is cached, and they run alone, as one process releases as well as ten.
 */
export function productTargets(
  product: Product,
  config: Config,
  options: UnderstoodOptions,
): InferredTargets {
  const { releaseTargetName, promoteTargetName } = options;
  return {
    targets: {
      [releaseTargetName]: releaseTarget(product, options),
      [promoteTargetName]: promoteTarget(product, config),
    },
    metadata: { targetGroups: { Lanewise: [releaseTargetName, promoteTargetName] } },
  };
}

const alone = { cache: false, parallelism: false } as const;

function releaseTarget(
  { name }: Product,
  { buildTarget, releaseDependsOn }: UnderstoodOptions,
): TargetConfiguration {
  return {
    ...alone,
    executor: '@lanewise/nx:release',
    options: { products: [name], ...(buildTarget !== null && { target: buildTarget }) },
    dependsOn: [...releaseDependsOn],
    metadata: {
      technologies: ['lanewise'],
      description: `Release ${name} if its inputs changed since its own last release`,
      help: {
        command: 'npx lanewise release --help',
        example: { options: { dryRun: true } },
      },
    },
  };
}

function promoteTarget(product: Product, config: Config): TargetConfiguration {
  const environments = [...config.targets.keys()].filter((to) => isIn(product, to, config));
  return {
    ...alone,
    executor: '@lanewise/nx:promote',
    options: { products: [product.name] },
    configurations: Object.fromEntries(environments.map((to) => [to, { to }])),
    // A release that is there is promoted; none is made for it.
    dependsOn: [],
    metadata: {
      technologies: ['lanewise'],
      description: `Bring a release of ${product.name} into an environment, through its gates`,
      help: {
        command: 'npx lanewise promote --help',
        example: { options: { to: environments.at(-1) ?? 'prod', dryRun: true } },
      },
    },
  };
}

/** A product that names its environments is in no other; else its manifests decide, when it is asked. */
function isIn(product: Product, target: string, config: Config): boolean {
  const own = productConfig(config, product.name).environments;
  return own === null || (config.targets.get(target) ?? []).some((name) => own.includes(name));
}
