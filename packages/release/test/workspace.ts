import {
  declaredGraph,
  productInputs,
  productNeeds,
  selectProducts,
  type WorkspaceGraph,
} from '@lanewise/graph';
import type { Repository } from '@lanewise/git';
import {
  expandPins,
  parseConfig,
  type CommitId,
  type ProductName,
  type Version,
} from '@lanewise/model';
import {
  applyRelease,
  observeRelease,
  planRelease,
  type PlanEntry,
  type PlannedRelease,
  type ReleaseEffects,
  type ReleaseOutcome,
  type ReleasePlan,
  type ReleaseRequest,
  type ReleaseSources,
} from '@lanewise/release';
import { makeMemoryRemote, worldBegins, type MemoryRemote } from '@lanewise/testing';

/** Three products on two libraries, their pins in the workspace itself. */
export const config = `
projects:
  shared: { root: libs/shared }
  api-client: { root: libs/api-client }
products:
  image: registry.example.com/acme/{product}
  pins: [{ file: "deploy/{env}/{product}.yaml", path: image.tag }]
  each:
    api: { root: apps/api, dependsOn: [shared, api-client] }
    docs: { root: apps/docs, dependsOn: [shared] }
    web: { root: apps/web, dependsOn: [api-client], needs: [api] }
environments: { dev: {}, prod: { after: dev } }
`;

export const files = {
  'lanewise.yaml': config,
  'apps/api/main.ts': 'api',
  'apps/docs/index.md': 'docs',
  'apps/web/main.ts': 'web',
  'libs/shared/index.ts': 'shared',
  'libs/api-client/index.ts': 'client',
  'README.md': 'read me',
};

export const product = (name: string): ProductName => name as ProductName;
export const version = (text: string): Version => text as Version;

export const everything: ReleaseRequest = {
  products: null,
  first: false,
  acceptBase: new Map(),
  maxAffected: null,
  told: null,
  target: true,
  reserveOnly: false,
  dryRun: false,
};

/** For the first release of all three. */
export const first: ReleaseRequest = {
  ...everything,
  products: ['api', 'docs', 'web'].map(product),
  first: true,
};

export interface SourceOptions {
  readonly config?: string;
  /** nx.json beside it. */
  readonly nx?: unknown;
  readonly graph?: WorkspaceGraph;
  readonly taken?: ReleaseSources['taken'];
  readonly dirty?: readonly string[];
}

/** What a front end would hand over at a commit. */
export function sourcesAt(
  repository: Repository,
  head: CommitId,
  options: SourceOptions = {},
): ReleaseSources {
  const understood = parseConfig(options.config ?? config, 'lanewise.yaml', options.nx);
  const graph = options.graph ?? declaredGraph(understood);
  const products = selectProducts(graph, understood, []);
  return {
    repository,
    head,
    config: understood,
    trustedConfig: understood,
    configBranch: 'main',
    graph,
    inputs: products.map((one) => productInputs(graph, one, understood, products)),
    needs: productNeeds(graph, products, understood),
    pins: expandPins(understood, products, null).flatMap(({ pins }) => pins),
    taken: options.taken ?? new Map(),
    dirty: options.dirty ?? [],
    notices: [],
  };
}

/** Effects that never wait and build everything at once. */
export function effects(extra: Partial<ReleaseEffects> = {}): ReleaseEffects {
  return {
    build: async () => ({ kind: 'ok' }),
    now: () => worldBegins + 1000,
    random: () => 0.5,
    sleep: async () => undefined,
    tagger: { name: 'Dev', email: 'dev@example.com' },
    ...extra,
  };
}

export async function plan(
  sources: ReleaseSources,
  request: Partial<ReleaseRequest> = {},
): Promise<ReleasePlan> {
  const asked = { ...everything, ...request };
  return planRelease(await observeRelease(sources, asked), asked);
}

export function release(
  sources: ReleaseSources,
  request: Partial<ReleaseRequest> = {},
  extra: Partial<ReleaseEffects> = {},
): Promise<ReleaseOutcome> {
  return applyRelease(sources, { ...everything, ...request }, effects(extra));
}

/** A remote on which all three products are at 1.0.0, by the usual configuration or another. */
export async function releasedRemote(text?: string): Promise<MemoryRemote> {
  const remote = makeMemoryRemote();
  const [tree, options] =
    text === undefined ? [files, {}] : [{ ...files, 'lanewise.yaml': text }, { config: text }];
  const head = remote.commit(tree, 'feat: begin');
  await release(sourcesAt(remote.open(), head, options), first);
  return remote;
}

/** `docs 1.0.1`, `api unaffected` …: what a plan says, in a line each. */
export function outline({ entries }: Pick<ReleasePlan, 'entries'>): readonly string[] {
  return entries.map((entry) =>
    entry.kind === 'release'
      ? `${entry.product} ${entry.version}`
      : `${entry.product} ${entry.kind === 'stopped' ? entry.code : entry.kind}`,
  );
}

/** `docs published 1.0.1` …: how a run ended. */
export function endings({ results }: ReleaseOutcome): readonly string[] {
  return results.map((result) => {
    if (result.kind === 'passed') return `${result.product} ${result.entry.kind}`;
    const number = result.kind === 'published' ? result.release.version : result.version;
    return `${result.product} ${result.kind} ${number}`;
  });
}

export function entryOf(found: ReleasePlan, name: string): PlanEntry {
  const entry = found.entries.find((one) => one.product === name);
  if (entry === undefined) throw new Error(`The plan has no ${name}.`);
  return entry;
}

export function releaseOf(found: ReleasePlan, name: string): PlannedRelease {
  const entry = entryOf(found, name);
  if (entry.kind !== 'release') throw new Error(`${name} is ${entry.kind}.`);
  return entry;
}
