import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { LanewiseError, parseProductName, worstExitCode, type Config } from '@lanewise/model';
import { observePromotion, type PromotionState } from '@lanewise/promotion';
import {
  applyAdoption,
  parseAdoptionMap,
  planAdoption,
  readRevisions,
  tagNaming,
  type AdoptionPlan,
  type AdoptionResult,
  type PinnedValue,
} from '@lanewise/release';
import type { Answer, Call, CommandModule } from '../command.js';
import { loadGraphIfAny } from '../context/graph.js';
import { gitopsFiles, productsOfGraph } from '../context/products.js';
import { readConfigFor } from '../context/promotion-sources.js';
import { withWorkspace, type Workspace } from '../context/workspace.js';
import { requireProduct } from '../parse-names.js';
import { pinnedValues } from '../pinned-values.js';
import { renderAdoption, renderAdoptionRemarks } from '../render/adoption.js';

interface Options {
  readonly at?: string;
  readonly map?: string;
  readonly dryRun?: boolean;
  readonly graph?: string;
}

export const adopt: CommandModule = {
  help: {
    about:
      'Publishes one release for each product and version that the manifests hold, on the commit that the version names: a tag such as v1.4.2 or docs@1.4.2, or a commit id in the version. Where nothing names it, say it with --at or --map. HEAD is never assumed: it would hide every change that is not released yet. Nothing in any environment changes.',
    examples: [
      ['lanewise adopt --dry-run', 'show what would be recorded, and what names no commit'],
      ["lanewise adopt --at 'v{version}'", 'each version was built from the tag v…'],
      ['lanewise adopt --at HEAD', 'everything that runs was built from HEAD'],
      ['lanewise adopt docs --map commits.txt', "from a file with lines 'docs@1.4.2=3f2a9c1'"],
    ],
  },
  declare: (command: Command) => {
    command
      .argument('[products...]', 'only these; default: all')
      .option(
        '--at <revision>',
        'commit, tag or branch that it was built from; {version} and {product} are filled in',
      )
      .option(
        '--map <file>',
        'lines of PRODUCT@VALUE=REVISION, or VALUE=REVISION for every product',
      )
      .option('--dry-run', 'show the plan and write nothing')
      .option(
        '--graph <file>',
        'read the graph from this file (nx graph --file=…) instead of asking Nx',
      );
  },
  run: (call) => withWorkspace(call, (workspace) => adoptNow(call, workspace)),
};

async function adoptNow(call: Call, workspace: Workspace): Promise<Answer> {
  const options = call.options as Options;
  const { repository, checkout, head } = workspace;
  const dry = options.dryRun === true;
  const { state, values, config } = await readValues(call, workspace, dry);
  const revisions = await readRevisions(repository, head);
  const map =
    options.map === undefined
      ? new Map<string, string>()
      : parseAdoptionMap(await readMap(call, options.map));
  const plan = planAdoption(values, state.book, revisions, { at: options.at ?? null, map }, config);
  if (dry) return answer(plan, null);
  const now = call.shell.now();
  const tags = tagNaming(
    values.map(({ product }) => product),
    config,
  );
  return answer(plan, await applyAdoption(repository, plan, checkout.identity, now, tags));
}

async function readValues(
  call: Call,
  workspace: Workspace,
  dry: boolean,
): Promise<{
  readonly state: PromotionState;
  readonly values: readonly PinnedValue[];
  readonly config: Config;
}> {
  const { config, configBranch } = await readConfigFor(
    call,
    workspace,
    dry ? 'looking' : 'writing',
  );
  const file = (call.options as Options).graph ?? null;
  const graph = await loadGraphIfAny(call, workspace.checkout, config, file);
  const gitops = await workspace.openGitops(config);
  const products = await productsOfGraph(graph, config, () => gitopsFiles(gitops, config));
  const named = call.arguments.map((name) => requireProduct(parseProductName(name), products));
  const sources = { config, configBranch, products, workspace: workspace.repository, gitops };
  const scope = { products: named.length === 0 ? null : named, history: false, requests: false };
  const state = await observePromotion(sources, scope, call.shell.now());
  return { state, values: pinnedValues([...state.cells.values()], products), config };
}

async function readMap(call: Call, file: string): Promise<string> {
  try {
    return await readFile(resolve(call.global.directory, file), 'utf8');
  } catch (cause) {
    throw new LanewiseError('USAGE', `The map ${file} cannot be read.`, {
      cause,
      hint: 'It holds lines of PRODUCT@VALUE=REVISION.',
    });
  }
}

function answer(plan: AdoptionPlan, results: readonly AdoptionResult[] | null): Answer {
  const unresolved = plan.entries.some(({ kind }) => kind === 'unresolved');
  const failed = results?.some(({ kind }) => kind === 'refused') === true;
  return {
    exitCode: worstExitCode([unresolved || failed ? 1 : 0]),
    json: {
      schema: 'lanewise.dev/adopt/1',
      dryRun: results === null,
      entries: plan.entries,
      results: (results ?? []).map(resultJson),
    },
    text: (view) => renderAdoption(plan, results, view),
    remarks: (view) => renderAdoptionRemarks(plan, results, view),
  };
}

function resultJson(result: AdoptionResult): Readonly<Record<string, unknown>> {
  if (result.kind !== 'adopted') return { ...result };
  const { product, release } = result;
  return {
    kind: 'adopted',
    product,
    version: release.version,
    commit: release.commit,
    tag: release.tag.replace(/^refs\/tags\//, ''),
  };
}
