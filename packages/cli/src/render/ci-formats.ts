import type { MatrixEntry } from '@lanewise/release';
import { stringify } from 'yaml';

/** CI systems that read the affected products in a format of their own. */
export type CiFormat = 'gitlab' | 'circleci' | 'buildkite' | 'dotenv';

/** The affected products in the format of a CI system; `command` is what a job runs, where jobs are written. */
export function renderForCi(
  format: CiFormat,
  jobs: readonly MatrixEntry[],
  command: string | null,
): string {
  switch (format) {
    case 'gitlab':
      return gitlabPipeline(jobs, command);
    case 'circleci':
      return circleciParameters(jobs);
    case 'buildkite':
      return buildkiteSteps(jobs, command);
    case 'dotenv':
      return dotenvLines(jobs);
    default:
      return format satisfies never;
  }
}

/** What a person should know of a system's limit; null: the answer is within it. */
export function limitOf(format: string, jobs: readonly MatrixEntry[]): string | null {
  const most = format === 'github-matrix' ? 256 : format === 'buildkite' ? 500 : Infinity;
  if (jobs.length > most) {
    const system = format === 'buildkite' ? 'Buildkite takes' : 'GitHub takes';
    const what = format === 'buildkite' ? 'steps in one upload' : 'jobs of one matrix';
    return `${system} ${most} ${what}, and these are ${jobs.length}: name products to ask for a part of them.`;
  }
  const starred =
    (format === 'circleci' && joined(jobs).length > longestParameter) ||
    (format === 'dotenv' && dotenvLines(jobs).includes('=*\n'));
  return starred
    ? `The names of ${jobs.length} products are longer than ${format === 'dotenv' ? 'GitLab' : 'CircleCI'} takes, so '*' stands for them: ask again in the job, with --format names.`
    : null;
}

/**
 * A child pipeline with a job for each product (docs.gitlab.com/ci/pipelines/downstream_pipelines).
 * `parallel: matrix` is not used, as GitLab puts all of a job's values into its name, which may
 * have 255 characters. A pipeline without jobs is refused, so there is always one.
 */
function gitlabPipeline(jobs: readonly MatrixEntry[], command: string | null): string {
  const what = command === null ? { extends: '.lanewise-build' } : { script: [command] };
  const entries = jobs.map((job) => [
    `lanewise:build:${job.tell}`.slice(0, 255),
    { ...what, variables: mapValues(variables(job), doubleDollar) },
  ]);
  // In the stage of the template, as no other is sure to be there.
  const idle = command === null ? { ...what, before_script: [], after_script: [] } : {};
  const nothing = {
    'lanewise:nothing': {
      ...idle,
      variables: { GIT_STRATEGY: 'none' },
      script: ["echo 'No product is affected.'"],
    },
  };
  return toYaml(jobs.length === 0 ? nothing : Object.fromEntries(entries));
}

/** CircleCI takes a parameter's value of at most 512 characters. */
const longestParameter = 512;

/**
 * Parameters for the continuation of a setup workflow. Undeclared ones are refused, so there are
 * always these two, whatever the products are called.
 */
function circleciParameters(jobs: readonly MatrixEntry[]): string {
  const names = joined(jobs);
  const parameters = {
    'lanewise-affected': jobs.length > 0,
    'lanewise-products': names.length > longestParameter ? '*' : names,
  };
  return `${JSON.stringify(parameters)}\n`;
}

/**
 * Steps for `buildkite-agent pipeline upload`. Without any there is a skipped one that says so, as
 * an upload without steps tells nothing.
 */
function buildkiteSteps(jobs: readonly MatrixEntry[], command: string | null): string {
  const run = doubleDollar(command ?? '.buildkite/lanewise-build');
  const steps = jobs.map((job) => ({
    label: doubleDollar(`${job.tell} ${job.version.slice(0, 40)}`),
    // A key may have no dot.
    key: `lanewise-build-${job.tell.replaceAll(':', '::').replaceAll('.', ':')}`,
    command: run,
    env: mapValues(variables(job), doubleDollar),
  }));
  const nothing = {
    label: 'nothing to build',
    command: 'true',
    skip: 'No product is affected.',
  };
  return toYaml({ steps: steps.length === 0 ? [nothing] : steps });
}

/** GitLab takes 5 kB and, at the least, 20 variables; values are neither quoted nor of two lines. */
const largestDotenv = 5120;

function dotenvLines(jobs: readonly MatrixEntry[]): string {
  const releases = [...new Set(jobs.map(({ product, version }) => `${product}@${version}`))].join(
    ',',
  );
  const lines = (products: string, versions: string): string =>
    [
      `LANEWISE_ANY=${jobs.length > 0}`,
      `LANEWISE_COUNT=${jobs.length}`,
      `LANEWISE_PRODUCTS=${products}`,
      `LANEWISE_RELEASES=${versions}`,
      '',
    ].join('\n');
  const tries = [lines(joined(jobs), releases), lines(joined(jobs), '*')];
  return tries.find((text) => Buffer.byteLength(text) < largestDotenv) ?? lines('*', '*');
}

/** Names of products hold no comma: they stand in a list without quotes. */
function joined(jobs: readonly MatrixEntry[]): string {
  return [...new Set(jobs.map(({ product }) => product))].join(',');
}

/** The variables that `lanewise release --target` gives to a build, and the name by which its image is told. */
function variables(job: MatrixEntry): Readonly<Record<string, string>> {
  return {
    LANEWISE_PRODUCT: job.product,
    ...(job.member !== undefined && { LANEWISE_MEMBER: job.member }),
    LANEWISE_PROJECT: job.project,
    LANEWISE_VERSION: job.version,
    LANEWISE_IMAGE: job.image,
    LANEWISE_COMMIT: job.commit,
    LANEWISE_TELL: job.tell,
  };
}

/** Both systems put variables in place of `$NAME`, and read `$$` as the sign itself. */
function doubleDollar(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function mapValues(
  record: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** Every value in quotes: `1.10`, `no` and `65e1` are texts in YAML 1.1 too. */
function toYaml(value: unknown): string {
  return stringify(value, {
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
  });
}
