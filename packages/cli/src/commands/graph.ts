import { writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { AffectedReason, GraphFormat, GraphQuestion, PageTitle } from '@lanewise/graph';
import { LanewiseError, show, type Config, type ProductName } from '@lanewise/model';
import type { Answer, Call, CommandModule, JsonAnswer } from '../command.js';
import { lookingRequest } from '../looking-request.js';
import { loadGraph } from '../context/graph.js';
import { productsOfGraph, gitopsFiles } from '../context/products.js';
import { readRunning } from '../context/running-versions.js';
import { withWorkspace, type Workspace } from '../context/workspace.js';
import { readConfigForLooking } from '../context/work-tree-config.js';
import { describeReason } from '../render/reasons.js';

type Format = GraphFormat | 'html' | 'svg';

interface Options {
  readonly format?: Format;
  readonly output?: string;
  readonly focus?: string;
  readonly affected?: boolean;
  readonly products?: boolean;
  readonly graph?: string;
}

export const graph: CommandModule = {
  help: {
    about:
      'Shows products with the projects that they are built from. Edges that only say what must be there at run time are marked as needs. As html it is one page that needs no network: search, focus on one node, what is affected and why, and the version that runs in each environment, where the GitOps repository can be read.',
    examples: [
      ['lanewise graph', 'all products as a tree'],
      ['lanewise graph --focus docs', 'one product: what it is built from, and what needs it'],
      ['lanewise graph --format mermaid --affected', 'a diagram with what is affected highlighted'],
      [
        'lanewise graph --format html --affected --output graph.html',
        'a page to look at, and to publish from CI',
      ],
    ],
  },
  declare: (command: Command) => {
    command
      .addOption(
        new Option('--format <format>', 'how it is written')
          .choices(['tree', 'json', 'mermaid', 'dot', 'html', 'svg'])
          .default('tree'),
      )
      .option('--output <file>', 'write it to this file instead of standard output')
      .option(
        '--focus <name>',
        'only this product or project, what it depends on, and what depends on it',
      )
      .option('--affected', 'highlight what is affected, and what makes it so')
      .option('--products', 'leave out projects that are no products')
      .option(
        '--graph <file>',
        'read the graph from this file (nx graph --file=…) instead of asking Nx',
      );
  },
  run: (call) => withWorkspace(call, (workspace) => answer(call, workspace)),
};

async function answer(call: Call, workspace: Workspace): Promise<Answer> {
  const options = call.options as Options;
  const format = options.format ?? 'tree';
  requirePlace(call, options);
  const { config, ...shown } =
    options.affected === true ? await withAffected(call, workspace) : await alone(call, workspace);
  const showsVersions =
    call.global.json || format === 'html' || format === 'svg' || format === 'json';
  const question: GraphQuestion = {
    ...shown,
    ...(showsVersions && (await readRunning(call, workspace, config, shown.products))),
    focus: options.focus ?? null,
    onlyProducts: options.products === true,
  };
  const { renderGraph } = await import('@lanewise/graph');
  const title = { title: workspaceName(workspace), commit: workspace.head };
  const text = call.global.json ? '' : await write(question, format, title);
  if (options.output !== undefined && !call.global.json) await save(call, options.output, text);
  return {
    exitCode: 0,
    json: JSON.parse(renderGraph(question, 'json')) as JsonAnswer,
    text: () => (options.output === undefined ? text : ''),
  };
}

/** The last part of the remote's address, which is the same in every clone; else the folder's name. */
function workspaceName({ checkout }: Workspace): string {
  const address = checkout.remote?.url.replace(/[?#].*$/, '') ?? '';
  const [, name = ''] = /([^/\\:]+?)(?:\.git)?\/*$/.exec(address) ?? [];
  return name === '' ? basename(checkout.root) : name;
}

/** A page is no text for a terminal, and `--json` is an answer of its own. Throws USAGE. */
function requirePlace({ shell, global }: Call, { format, output }: Options): void {
  if (output !== undefined && global.json) {
    throw new LanewiseError('USAGE', '--output and --json are two places for one answer.', {
      hint: "Write the JSON to a file with 'lanewise graph --format json --output graph.json'.",
    });
  }
  if (format !== 'html' || output !== undefined || global.json || shell.answerColumns === null) {
    return;
  }
  throw new LanewiseError('USAGE', 'A page is nothing to read in a terminal.', {
    hint: "Write it to a file with 'lanewise graph --format html --output graph.html'.",
  });
}

async function write(question: GraphQuestion, format: Format, title: PageTitle): Promise<string> {
  const { renderGraph, renderPage, renderSvg } = await import('@lanewise/graph');
  if (format === 'svg') return renderSvg(question, title);
  if (format !== 'html') return renderGraph(question, format);
  const { pageAssets } = await import('../context/page-assets.js');
  return renderPage(question, title, await pageAssets());
}

async function save(call: Call, name: string, text: string): Promise<void> {
  try {
    await writeFile(resolve(call.global.directory, name), text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LanewiseError('USAGE', `${show(name)} cannot be written: ${why}.`, {
      cause,
      hint: 'Name a file in a folder that is there with --output.',
    });
  }
  call.note(`Written to ${show(name)}.`);
}

type Shown = GraphQuestion & { readonly config: Config };

async function alone(call: Call, workspace: Workspace): Promise<Shown> {
  const config = await readConfigForLooking(call, workspace);
  const file = (call.options as Options).graph ?? null;
  const loaded = await loadGraph(call, workspace.checkout, config, file);
  const products = await productsOfGraph(loaded, config, () =>
    manifestFiles(call, workspace, config),
  );
  return { graph: loaded, products, config };
}

/** A graph is worth having without the GitOps repository: what is missing then is said. */
async function manifestFiles(
  call: Call,
  workspace: Workspace,
  config: Config,
): Promise<Iterable<string>> {
  try {
    return await gitopsFiles(await workspace.openGitops(config), config);
  } catch (error) {
    if (!(error instanceof LanewiseError)) throw error;
    call.note('Products that only manifests name are left out: no manifest can be read.');
    return [];
  }
}

/** The graph with the affected products, and the projects whose change makes them so. */
async function withAffected(call: Call, workspace: Workspace): Promise<Shown> {
  const { openReleaseSources } = await import('../context/release-sources.js');
  const { affectedEntries, observeRelease, planRelease } = await import('@lanewise/release');
  const { sources, products } = await openReleaseSources(
    call,
    workspace,
    'looking',
    (call.options as Options).graph ?? null,
  );
  const request = lookingRequest(null);
  const entries = affectedEntries(planRelease(await observeRelease(sources, request), request));
  const reasons = new Map<ProductName, AffectedReason[]>(
    entries.map((entry) => [
      entry.product,
      entry.reasons.map((reason) => ({
        text: describeReason(reason),
        path: 'path' in reason ? reason.path : [],
      })),
    ]),
  );
  const affected = entries.flatMap(({ product }) => [
    product,
    ...(reasons.get(product) ?? []).flatMap(({ path }) => path),
  ]);
  return {
    graph: sources.graph,
    products,
    config: sources.config,
    affected: new Set(affected),
    reasons,
  };
}
