import { Option, type Command } from 'commander';
import type { GraphFormat } from '@lanewise/graph';
import type { Call, CommandModule, JsonAnswer } from '../command.js';
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

async function show(call: Call, workspace: Workspace) {
  const options = call.options as Options;
  const config = await readConfigForLooking(call, workspace.checkout.root);
  const { renderGraph } = await import('@lanewise/graph');
  const loaded = await loadGraph(call, workspace.checkout.root, config, options.graph ?? null);
  const products = await productsOfGraph(loaded, config, async () =>
    gitopsFiles(await workspace.openGitops(config), config),
  );
  const question = {
    graph: loaded,
    products,
    focus: options.focus ?? null,
    onlyProducts: options.products === true,
    ...(options.affected === true && { affected: await affectedNames(call, workspace) }),
  };
  const json = JSON.parse(renderGraph(question, 'json')) as JsonAnswer;
  const format = options.format ?? 'tree';
  return { exitCode: 0 as const, json, text: () => renderGraph(question, format) };
}

/** Filled in with the release room's plan. */
function affectedNames(_call: Call, _workspace: Workspace): Promise<ReadonlySet<never>> {
  return Promise.resolve(new Set<never>());
}
