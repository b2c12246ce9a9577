import type { Command } from 'commander';
import { LanewiseError, parseDuration, show, type Timestamp } from '@lanewise/model';
import { countFigures, observePast } from '@lanewise/promotion';
import type { Answer, Call, CommandModule } from '../command.js';
import { makeAnswer } from '../backtest/answer.js';
import { builtFrom, tryGraph } from '../backtest/built-from.js';
import { openClone, openPast, tipOf, type PastRepository } from '../backtest/open-past.js';
import { configuredPins, foundPins, knowPlaces, type TipPins } from '../backtest/past-pins.js';
import { chooseScope } from '../backtest/scope.js';
import { productsOfGraph } from '../context/products.js';

interface Options {
  readonly since?: string;
  readonly until?: string;
  readonly product?: readonly string[];
  readonly env?: readonly string[];
  readonly gitops?: string;
  readonly branch?: string;
  readonly at?: string;
  readonly graph?: string;
  readonly html?: string;
  readonly deployments?: boolean;
}

export const backtest: CommandModule = {
  help: {
    about:
      "Reads the past of a repository that never used Lanewise, and says what it would have done: how many deployments changed nothing of the product, how many commits changed more than the version, what went back in time, and how long changes took. Whoever deployed, and with which tool, does not matter: it is told by the manifests along the first-parent line of the branch. Without lanewise.yaml, products and pins are those that 'lanewise init' would find. Needs no tags, tokens or clusters, and writes nothing but the page that --html names.",
    examples: [
      ['lanewise backtest', 'the whole past of this repository'],
      ['lanewise backtest --gitops ../deploy --since 90d', 'manifests in a clone beside this one'],
      ['lanewise backtest --html backtest.html', 'a page with a chart, for others to read'],
      ["lanewise backtest --at 'v{version}'", 'each version was built from the tag v…'],
    ],
  },
  declare: (command: Command) => {
    command
      .option('--since <time>', 'only what landed since: a duration (90d) or a date (2026-01-31)')
      .option('--until <time>', 'only what landed before: a duration ago, or a date')
      .option('--product <name>', 'only this product (repeatable)', collect)
      .option('--env <name>', 'only this environment or group (repeatable)', collect)
      .option(
        '--gitops <repository>',
        'address or folder of the repository that holds the manifests; default: the one that lanewise.yaml names, else this one',
      )
      .option(
        '--branch <name>',
        'its branch that Argo CD or Flux follow; default: as configured, else what is checked out',
      )
      .option(
        '--at <revision>',
        'tag or branch that a version was built from; {version} and {product} are filled in',
      )
      .option('--deployments', 'list every deployment as well')
      .option('--html <file>', 'write one page with a chart into this file')
      .option(
        '--graph <file>',
        'read the graph from this file (nx graph --file=…) instead of asking Nx',
      );
  },
  run: async (call) => {
    const opened: PastRepository[] = [];
    try {
      return await lookBack(call, opened);
    } finally {
      await Promise.all(opened.map(({ repository }) => repository.close()));
    }
  },
};

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), ...value.split(',').filter((name) => name !== '')];
}

async function lookBack(call: Call, opened: PastRepository[]): Promise<Answer> {
  const options = call.options as Options;
  const now = call.shell.now();
  const window = { since: parseMoment(options.since, now), until: parseMoment(options.until, now) };
  const open = async (opening: Promise<PastRepository>): Promise<PastRepository> => {
    const past = await opening;
    opened.push(past);
    return past;
  };
  const workspace = await open(openClone(call, call.global.directory));
  const { checkout } = workspace;
  if (checkout === null || checkout.head === null) throw emptyRepository(workspace);
  const places = await knowPlaces(call, checkout.root, options);
  const gitops =
    places.gitops === null
      ? workspace
      : await open(openPast(call, places.gitops.where, places.gitops.base));
  const tip = await tipOf(gitops, places.branch);
  const { graph, why } = await tryGraph(call, checkout, places.config, options.graph ?? null);
  const files = new Set((await gitops.repository.listFiles(tip)).map(({ path }) => path));
  const known: TipPins =
    places.found !== null || places.config === null
      ? foundPins(places.found as NonNullable<typeof places.found>)
      : configuredPins(
          places.config,
          await productsOfGraph(graph, places.config, () => Promise.resolve(files)),
          files,
        );
  const isWide = places.found !== null && !places.found.isNx;
  const { built, note } = await builtFrom(places.config, graph, isWide, why);
  const past = await observePast({
    ...known,
    gitops: gitops.repository,
    tip,
    isComplete: gitops.isComplete,
    workspace: workspace.repository,
    head: checkout.head,
    refs: workspace.refs,
    built,
    naming: { at: options.at ?? null, map: new Map() },
  });
  const scope = { ...window, ...chooseScope(options, past, places.config) };
  const figures = countFigures(past, scope);
  const found = {
    figures,
    past,
    scope,
    note,
    isWorkspaceComplete: workspace.isComplete,
    gitops: gitops.repository.name,
    isOne: gitops === workspace,
    now,
  };
  for (const { repository } of opened)
    for (const { message } of repository.notices) call.note(message);
  if (options.html !== undefined) {
    const { writePage } = await import('../backtest/write-page.js');
    await writePage(call, options.html, found);
  }
  return makeAnswer(found, options.deployments === true);
}

/** `90d` before now, or a date. Throws USAGE. */
function parseMoment(text: string | undefined, now: Timestamp): Timestamp | null {
  if (text === undefined) return null;
  if (/^(?:\d+[smhdw])+$/.test(text)) return now - parseDuration(text);
  const isDate = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?$/.test(text);
  const milliseconds = isDate ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(milliseconds)) return Math.floor(milliseconds / 1000);
  throw new LanewiseError('USAGE', `${show(text)} says no time.`, {
    hint: "Write a duration ('90d', '12w') or a date ('2026-01-31', '2026-01-31T12:00Z').",
  });
}

function emptyRepository({ repository }: PastRepository): LanewiseError {
  return new LanewiseError('NOT_A_REPOSITORY', `${repository.name} has no commit yet.`, {
    hint: 'A past can be read where there is one.',
  });
}
