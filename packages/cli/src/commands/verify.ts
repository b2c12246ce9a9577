import { productInputs, type Product, type WorkspaceGraph } from '@lanewise/graph';
import { expandPins, tagRef, type Config } from '@lanewise/model';
import { observePromotion, type PromotionState } from '@lanewise/promotion';
import { makeInputTest } from '@lanewise/release';
import type { Answer, Call, CommandModule } from '../command.js';
import { configBranchName } from '../context/config-branch.js';
import { asksNx } from '../context/asks-nx.js';
import { loadGraphIfAny } from '../context/graph.js';
import { gitopsFiles, productsOfGraph } from '../context/products.js';
import { withWorkspace, type Workspace } from '../context/workspace.js';
import { readConfigForLooking } from '../context/work-tree-config.js';
import { checkDockerfiles } from '../verify/check-dockerfiles.js';
import { renderFindings } from '../render/findings.js';
import { checkCell, checkPlacement, checkTemplates } from '../verify/check-pins.js';
import { checkKeptGraph } from '../verify/check-kept-graph.js';
import { checkGraph, checkRefs, sayNoGraph, sayWhoMay } from '../verify/check-workspace.js';
import { checkRoots } from '../verify/check-roots.js';
import type { Finding } from '../verify/finding.js';
import { checkTree } from '../verify/check-tree.js';

interface Options {
  readonly graph?: string | true;
}

export const verify: CommandModule = {
  help: {
    about:
      'Reads every pin of every product at the head of the GitOps branch and says what is missing, what cannot be read safely, where pins disagree or two meet, which are written by something else or ignored, which follow a name that moves, which image differs from the configuration, which values files nothing uses, which inputs Git cannot see, what an image copies that is no input of its product, and which tags are in the way. Writes nothing. Ends with exit code 4 where it finds a problem.',
    examples: [
      ['lanewise verify', 'check the configuration of the work tree, before it is pushed'],
      ['lanewise verify --graph', 'also compare the kept graph with what Nx says now'],
      ['lanewise verify --json', 'the findings as data, for a required check'],
    ],
  },
  declare: (command) => {
    command.option(
      '--graph [file]',
      'read the graph from this file (nx graph --file=…) instead of asking Nx; without a file: ask Nx, and compare with the graph that is kept',
    );
  },
  run: (call) => withWorkspace(call, (workspace) => check(call, workspace)),
};

async function check(call: Call, workspace: Workspace): Promise<Answer> {
  const config = await readConfigForLooking(call, workspace);
  const { graph, found } = await readGraph(call, workspace, config);
  const gitops = await workspace.openGitops(config);
  const files = await gitopsFiles(gitops, config);
  const products = await productsOfGraph(graph, config, () => Promise.resolve(files));
  expandPins(config, products, files);
  const sources = {
    config,
    configBranch: await configBranchName(call, workspace),
    products,
    workspace: workspace.repository,
    gitops,
  };
  const state = await observePromotion(
    sources,
    { products: null, history: false, requests: false },
    call.shell.now(),
  );
  const blocking = [...config.targets.keys()].map((target) => tagRef(target));
  const snapshot = await workspace.repository.readRefs([...blocking, 'refs/heads/*']);
  const findings = [
    ...(graph === null
      ? [sayNoGraph(config)]
      : checkRoots(config, graph, products, workspace.checkout.root)),
    ...join(
      findingsOf(config, graph, products, state),
      await checkTree(state, gitops, branchNames(snapshot.refs.keys())),
    ),
    ...checkRefs(state, snapshot, config),
    ...found,
    ...(await checkImages(workspace, state, graph, products, gitops === workspace.repository)),
    sayWhoMay(config, gitops === workspace.repository ? null : gitops.name),
  ];
  return answer(findings, products, state);
}

/** Whether what the images copy are inputs: pins in the workspace itself are none. */
async function checkImages(
  { repository, head }: Workspace,
  { cells, config }: PromotionState,
  graph: WorkspaceGraph | null,
  products: readonly Product[],
  pinsHere: boolean,
): Promise<readonly Finding[]> {
  if (graph === null) return [];
  const inputs = products.map((product) => productInputs(graph, product, config, products));
  const pins = [...cells.values()].flatMap((cell) => cell.pins.map(({ pin }) => pin));
  const isInput = makeInputTest(graph, config, pinsHere ? pins : []);
  return checkDockerfiles(repository, head, inputs, isInput);
}

/** The graph, and how the kept one compares where that is asked. */
async function readGraph(
  call: Call,
  { checkout }: Workspace,
  config: Config,
): Promise<{ readonly graph: WorkspaceGraph | null; readonly found: readonly Finding[] }> {
  const file = (call.options as Options).graph ?? null;
  if (file !== true || !asksNx(checkout.root, config)) {
    const saved = file === true ? null : file;
    return { graph: await loadGraphIfAny(call, checkout, config, saved), found: [] };
  }
  const { askForGraph, peekKeptGraph } = await import('../context/kept-graph.js');
  const kept = await peekKeptGraph(call, checkout, config);
  const graph = await askForGraph(call, checkout.root);
  return { graph, found: checkKeptGraph(kept, graph) };
}

function branchNames(refs: Iterable<string>): ReadonlySet<string> {
  const heads = [...refs].filter((ref) => ref.startsWith('refs/heads/'));
  return new Set(heads.map((ref) => ref.slice('refs/heads/'.length)));
}

/** What a closer look names better is told once. */
function join(first: readonly Finding[], closer: readonly Finding[]): readonly Finding[] {
  const keyOf = ({ code, message, place }: Finding): string =>
    code === 'pin-mutable' ? `${code} ${place?.file ?? ''}:${place?.line ?? 0}` : message;
  const known = new Set(closer.map(keyOf));
  return [...first.filter((finding) => !known.has(keyOf(finding))), ...closer];
}

function findingsOf(
  config: Config,
  graph: WorkspaceGraph | null,
  products: readonly Product[],
  state: PromotionState,
): readonly Finding[] {
  const cells = [...state.cells.values()];
  const names = products.map(({ name }) => name);
  const none: Finding = {
    severity: 'problem',
    code: 'no-products',
    message: 'The configuration selects no product.',
    hint: "Name some with 'products.select', or under 'products.each'.",
    place: { file: config.file },
  };
  return [
    ...(products.length === 0 ? [none] : []),
    ...checkPlacement(config, names, cells),
    ...cells.flatMap(checkCell),
    ...checkTemplates(config, cells),
    ...(graph === null
      ? []
      : checkGraph(
          graph,
          products.map((product) => productInputs(graph, product, config, products)),
        )),
  ];
}

function answer(
  findings: readonly Finding[],
  products: readonly Product[],
  state: PromotionState,
): Answer {
  const problems = findings.filter(({ severity }) => severity === 'problem').length;
  const cells = [...state.cells.values()].filter((cell) => cell.state.kind !== 'outside');
  const counts = {
    products: products.length,
    environments: state.config.environments.size,
    pins: cells.flatMap(({ pins }) => pins).length,
  };
  return {
    exitCode: problems > 0 ? 4 : 0,
    json: { schema: 'lanewise.dev/verify/1', ...counts, problems, findings },
    text: (view) => renderFindings(findings, counts, view),
  };
}
