import { Option, type Command } from 'commander';
import type { GraphFormat, GraphQuestion } from '@lanewise/graph';
import type { Answer, Call, CommandModule, JsonAnswer } from '../command.js';
import { lookingRequest } from '../looking-request.js';
import { loadGraph } from '../context/graph.js';
import { productsOfGraph, gitopsFiles } from '../context/products.js';
import { readConfigForLooking, withWorkspace, type Workspace } from '../context/workspace.js';

interface Options {
  readonly format?: GraphFormat;
  readonly focus?: string;
  readonly affected?: boolean;
  readonly products?: boolean;
  readonly graph?: string;
}

export const graph: CommandModule = {
  help: {
    about:
      'Shows products with the projects that they are built from. Edges that only say what must be there at run time are marked as needs.',
    examples: [
      ['lanewise graph', 'all products as a tree'],
      ['lanewise graph --focus docs', 'one product: what it is built from, and what needs it'],
      ['lanewise graph --format mermaid --affected', 'a diagram with what is affected highlighted'],
    ],
  },
  declare: (command: Command) => {
    command
      .addOption(
        new Option('--format <format>', 'how it is written')
          .choices(['tree', 'json', 'mermaid', 'dot'])
          .default('tree'),
      )
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
  run: (call) => withWorkspace(call, (workspace) => show(call, workspace)),
};

async function show(call: Call, workspace: Workspace): Promise<Answer> {
  const options = call.options as Options;
  const shown =
    options.affected === true ? await withAffected(call, workspace) : await alone(call, workspace);
  const { renderGraph } = await import('@lanewise/graph');
  const question: GraphQuestion = {
    ...shown,
    focus: options.focus ?? null,
    onlyProducts: options.products === true,
  };
  const json = JSON.parse(renderGraph(question, 'json')) as JsonAnswer;
  return { exitCode: 0, json, text: () => renderGraph(question, options.format ?? 'tree') };
}

async function alone(call: Call, workspace: Workspace): Promise<GraphQuestion> {
  const { root } = workspace.checkout;
  const config = await readConfigForLooking(call, root);
  const loaded = await loadGraph(call, workspace.checkout, config, (call.options as Options).graph ?? null);
  const products = await productsOfGraph(loaded, config, async () =>
    gitopsFiles(await workspace.openGitops(config), config),
  );
  return { graph: loaded, products };
}

/** The graph with the affected products, and the projects whose change makes them so. */
async function withAffected(call: Call, workspace: Workspace): Promise<GraphQuestion> {
  const { openReleaseSources } = await import('../context/release-sources.js');
  const { affectedEntries, observeRelease, planRelease } = await import('@lanewise/release');
  const { sources, products } = await openReleaseSources(
    call,
    workspace,
    'looking',
    (call.options as Options).graph ?? null,
  );
  const request = lookingRequest(null);
  const plan = planRelease(await observeRelease(sources, request), request);
  const affected = affectedEntries(plan).flatMap(({ product, reasons }) => [
    product,
    ...reasons.flatMap((reason) => ('path' in reason ? reason.path : [])),
  ]);
  return { graph: sources.graph, products, affected: new Set(affected) };
}
