import type { EnvironmentName, ProductName, Timestamp } from '@lanewise/model';
import type { Build, Deployment } from './deployment.js';

/** Lead times in seconds; the median of an even number is the mean of the two in the middle, the 90th percentile by nearest rank. */
export interface LeadTimes {
  readonly count: number;
  readonly median: number;
  readonly p90: number;
}

/** What is counted of a set of deployments. */
export interface DeploymentFigures {
  readonly deployments: number;
  /** The first of each product in each environment: there is none before to compare with. */
  readonly first: number;
  /** By the product's inputs at the source commit and at that of the deployment before there. */
  readonly changed: number;
  readonly unchanged: number;
  /** It could not be told whether the inputs changed. */
  readonly untold: number;
  /** The source commit is a true ancestor of that of the deployment before there. */
  readonly back: number;
  readonly beyond: {
    /** Any of the three; the first of a product in an environment is left out of all. */
    readonly any: number;
    readonly bytes: number;
    readonly files: number;
    readonly products: number;
  };
  readonly leadTimes: LeadTimes | null;
}

export interface BuildFigures {
  readonly builds: number;
  /** What Lanewise would have released: builds whose inputs differ from those of the build before, and the first. */
  readonly released: number;
  readonly unchanged: number;
  readonly untold: number;
}

export interface ProductFigures extends DeploymentFigures {
  readonly product: ProductName;
  /** Whether its manifests are still there. */
  readonly isGone: boolean;
  readonly builds: BuildFigures;
  /** Empty commits whose subject names the product. */
  readonly emptyCommits: number;
  readonly environments: readonly (DeploymentFigures & { readonly environment: EnvironmentName })[];
}

/** One day (UTC) on which something landed. */
export interface DayFigures {
  readonly day: string;
  readonly products: readonly (BuildFigures & {
    readonly product: ProductName;
    readonly deployments: number;
  })[];
}

export interface Figures {
  readonly products: readonly ProductFigures[];
  readonly environments: readonly (DeploymentFigures & { readonly environment: EnvironmentName })[];
  readonly total: DeploymentFigures & { readonly builds: BuildFigures };
  readonly commits: {
    /** Commits of the branch's first-parent line. */
    readonly all: number;
    /** Those that changed no file. */
    readonly empty: number;
    /** Those that deployed something. */
    readonly deploying: number;
    /** Those that deployed several products at once, and the most that one did. */
    readonly several: number;
    readonly mostProducts: number;
  };
  /** Days on which something landed, oldest first. */
  readonly days: readonly DayFigures[];
}

/** Everything that the figures are made of. */
export interface PastFacts {
  readonly deployments: readonly Deployment[];
  readonly builds: readonly Build[];
  readonly emptyCommits: readonly { readonly at: Timestamp; readonly subject: string }[];
  /** When each commit of the line landed. */
  readonly landedAt: readonly Timestamp[];
  /** Products whose manifests are there at the tip. */
  readonly present: ReadonlySet<ProductName>;
  /** Environments in the order in which releases pass them. */
  readonly environments: readonly EnvironmentName[];
}

/** What is to be counted. */
export interface FiguresScope {
  /** From this moment on (inclusive), and before that one (exclusive). */
  readonly since: Timestamp | null;
  readonly until: Timestamp | null;
  readonly products: ReadonlySet<ProductName> | null;
  readonly environments: ReadonlySet<EnvironmentName> | null;
}

/** Counts. Pure: equal facts give equal figures. */
export function countFigures(facts: PastFacts, scope: FiguresScope): Figures {
  const inTime = ({ at }: { readonly at: Timestamp }): boolean =>
    (scope.since === null || at >= scope.since) && (scope.until === null || at < scope.until);
  const deployments = facts.deployments.filter((one) => inTime(one) && isAsked(one, scope));
  const builds = facts.builds.filter(
    (one) => inTime(one) && scope.products?.has(one.product) !== false,
  );
  const emptyCommits = facts.emptyCommits.filter(inTime);
  const byProduct = groupBy(deployments, ({ product }) => product);
  const order = new Map(facts.environments.map((name, index) => [name, index]));
  const environmentsOf = (list: readonly Deployment[]): Figures['environments'] =>
    [...groupBy(list, ({ environment }) => environment)]
      .sort(([a], [b]) => (order.get(a) ?? 99) - (order.get(b) ?? 99) || (a < b ? -1 : 1))
      .map(([environment, own]) => ({ environment, ...countDeployments(own) }));
  const buildsOf = groupBy(builds, ({ product }) => product);
  const perCommit = countProducts(deployments);
  return {
    products: [...byProduct]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([product, own]) => ({
        product,
        isGone: !facts.present.has(product),
        ...countDeployments(own),
        builds: countBuilds(buildsOf.get(product) ?? []),
        emptyCommits: emptyCommits.filter(({ subject }) => names(subject, product)).length,
        environments: environmentsOf(own),
      })),
    environments: environmentsOf(deployments),
    total: { ...countDeployments(deployments), builds: countBuilds(builds) },
    commits: {
      all: facts.landedAt.filter((at) => inTime({ at })).length,
      empty: emptyCommits.length,
      deploying: perCommit.length,
      several: perCommit.filter((count) => count > 1).length,
      mostProducts: perCommit.reduce((most, count) => Math.max(most, count), 0),
    },
    days: countDays(deployments, builds),
  };
}

function isAsked({ product, environment }: Deployment, scope: FiguresScope): boolean {
  return scope.products?.has(product) !== false && scope.environments?.has(environment) !== false;
}

function countDeployments(list: readonly Deployment[]): DeploymentFigures {
  const sum = { first: 0, changed: 0, unchanged: 0, untold: 0, back: 0 };
  const beyond = { any: 0, bytes: 0, files: 0, products: 0 };
  const times: number[] = [];
  // One pass: histories are long, and each deployment is counted in the whole, its product and its environment.
  for (const { direction, inputs, leadTime, beyond: more } of list) {
    if (inputs === 'different') sum.changed += 1;
    else if (inputs === 'equal') sum.unchanged += 1;
    else if (inputs === 'unknown') sum.untold += 1;
    if (direction === 'back') sum.back += 1;
    if (leadTime !== null) times.push(leadTime);
    if (direction === 'first') {
      sum.first += 1;
      continue;
    }
    if (more.bytes) beyond.bytes += 1;
    if (more.files > 0) beyond.files += 1;
    if (more.products > 0) beyond.products += 1;
    if (more.bytes || more.files > 0 || more.products > 0) beyond.any += 1;
  }
  return { deployments: list.length, ...sum, beyond, leadTimes: summarise(times) };
}

function countBuilds(list: readonly Build[]): BuildFigures {
  const count = (test: (inputs: Build['inputs']) => boolean): number =>
    list.filter(({ inputs }) => test(inputs)).length;
  return {
    builds: list.length,
    released: count((inputs) => inputs === null || inputs === 'different'),
    unchanged: count((inputs) => inputs === 'equal'),
    untold: count((inputs) => inputs === 'unknown'),
  };
}

function summarise(seconds: readonly number[]): LeadTimes | null {
  if (seconds.length === 0) return null;
  const sorted = [...seconds].sort((a, b) => a - b);
  const count = sorted.length;
  const at = (index: number): number => sorted[index] ?? 0;
  return {
    count,
    median: Math.round((at((count - 1) >> 1) + at(count >> 1)) / 2),
    p90: at(Math.ceil(count * 0.9) - 1),
  };
}

/** How many products each commit deployed that deployed any. */
function countProducts(deployments: readonly Deployment[]): readonly number[] {
  const products = new Map<number, Set<ProductName>>();
  for (const { place, product } of deployments) {
    const known = products.get(place);
    if (known === undefined) products.set(place, new Set([product]));
    else known.add(product);
  }
  return [...products.values()].map(({ size }) => size);
}

function countDays(
  deployments: readonly Deployment[],
  builds: readonly Build[],
): readonly DayFigures[] {
  const landed = groupBy(deployments, ({ at }) => Math.floor(at / 86_400));
  const built = groupBy(builds, ({ at }) => Math.floor(at / 86_400));
  const days = new Set([...landed.keys(), ...built.keys()]);
  return [...days]
    .sort((a, b) => a - b)
    .map((day) => {
      const own = groupBy(landed.get(day) ?? [], ({ product }) => product);
      const made = groupBy(built.get(day) ?? [], ({ product }) => product);
      const products = [...new Set([...own.keys(), ...made.keys()])].sort();
      return {
        day: new Date(day * 86_400_000).toISOString().slice(0, 10),
        products: products.map((product) => ({
          product,
          deployments: own.get(product)?.length ?? 0,
          ...countBuilds(made.get(product) ?? []),
        })),
      };
    });
}

/** Whether a text names a product as a word of its own. */
function names(text: string, product: string): boolean {
  for (let at = text.indexOf(product); at >= 0; at = text.indexOf(product, at + 1)) {
    const [left, right] = [text.charAt(at - 1), text.charAt(at + product.length)];
    if (!/[\w.-]/.test(left) && !/[\w-]/.test(right)) return true;
  }
  return false;
}

function groupBy<T, K>(list: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of list) {
    const key = keyOf(one);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [one]);
    else known.push(one);
  }
  return groups;
}
