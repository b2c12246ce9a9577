import {
  didYouMean,
  LanewiseError,
  show,
  type Config,
  type EnvironmentName,
  type ProductName,
} from '@lanewise/model';
import type { FiguresScope, ObservedPast } from '@lanewise/promotion';

/** The products and environments that were asked for, by what the past knows. Throws PRODUCT_UNKNOWN, ENVIRONMENT_UNKNOWN. */
export function chooseScope(
  options: { readonly product?: readonly string[]; readonly env?: readonly string[] },
  past: ObservedPast,
  config: Config | null,
): Pick<FiguresScope, 'products' | 'environments'> {
  const products = new Set<ProductName>([
    ...past.present,
    ...past.deployments.map(({ product }) => product),
  ]);
  const environments = new Set<EnvironmentName>([
    ...past.environments,
    ...past.deployments.map(({ environment }) => environment),
  ]);
  return {
    products: options.product === undefined ? null : chooseProducts(options.product, products),
    environments:
      options.env === undefined ? null : chooseEnvironments(options.env, environments, config),
  };
}

function chooseProducts(
  names: readonly string[],
  known: ReadonlySet<ProductName>,
): ReadonlySet<ProductName> {
  return new Set(
    names.map((name) => {
      if (known.has(name as ProductName)) return name as ProductName;
      const some = [...known].slice(0, 12).join(', ');
      throw new LanewiseError('PRODUCT_UNKNOWN', `There never was a product ${show(name)}.`, {
        hint: didYouMean(name, known, `Known are: ${some}${known.size > 12 ? ', …' : ''}.`),
      });
    }),
  );
}

function chooseEnvironments(
  names: readonly string[],
  known: ReadonlySet<EnvironmentName>,
  config: Config | null,
): ReadonlySet<EnvironmentName> {
  return new Set(
    names.flatMap((name) => {
      if (known.has(name as EnvironmentName)) return [name as EnvironmentName];
      const members = config?.targets.get(name);
      if (members !== undefined) return members;
      throw new LanewiseError(
        'ENVIRONMENT_UNKNOWN',
        `There never was an environment ${show(name)}.`,
        {
          hint: didYouMean(name, known, `Known are: ${[...known].join(', ')}.`),
        },
      );
    }),
  );
}
