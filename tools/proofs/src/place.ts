import { declaredGraph, productInputs, productNeeds, selectProducts } from '@lanewise/graph';
import type { Repository } from '@lanewise/git';
import {
  expandPins,
  parseConfig,
  type CommitId,
  type ObjectId,
  type ProductName,
  type RefName,
} from '@lanewise/model';
import {
  promote,
  openTakenVersions,
  type PromotionRequest,
  type PromotionResult,
  type PromotionSources,
  type Surroundings,
} from '@lanewise/promotion';
import {
  applyRelease,
  releasedHere,
  type Build,
  type ReleaseOutcome,
  type ReleaseRequest,
  type ReleaseSources,
} from '@lanewise/release';
import { makeMemoryRemote, worldBegins, type MemoryRemote, type Step } from '@lanewise/testing';
import { jobText, valuesText, type Layout } from './estate.js';
import type { Ask } from './state-space.js';

export const placeProducts = ['docs', 'shop'] as const;
export const placeEnvironments = ['dev', 'staging', 'prod'] as const;
const identity = { name: 'Dev', email: 'dev@example.com' };

/** Two repositories (or one) that runs work on, in memory or real, and what builds were made. */
export interface Place {
  readonly layout: Layout;
  /** A repository on the workspace's remote or on the GitOps one; `step` is awaited before each of its calls to the remote. */
  open(which: 'mono' | 'deploy', step: Step): Promise<Repository>;
  /** Pushes an image to the registry. */
  build(image: string, commit: CommitId, step: Step): Promise<void>;
  /** Commits that each image name was built from. */
  readonly builds: ReadonlyMap<string, readonly CommitId[]>;
  /** Seconds. In memory it stands still: equal ends have equal ids. */
  now(): number;
}

/** A place in memory, in which one thing happens after another. */
export interface MemoryPlace extends Place {
  readonly mono: MemoryRemote;
  readonly deploy: MemoryRemote;
}

export const noStep: Step = async () => undefined;
const rightNow = worldBegins + 1_000_000;

function makeMemoryPlace(layout: Layout, mono: MemoryRemote, deploy: MemoryRemote): MemoryPlace {
  const builds = new Map<string, CommitId[]>();
  return {
    layout,
    mono,
    deploy,
    builds,
    build: async (image, commit) => addBuild(builds, image, commit),
    now: () => rightNow,
    open: async (which) => (which === 'mono' ? mono : deploy).open(),
  };
}

export function addBuild(
  builds: Map<string, readonly CommitId[]>,
  image: string,
  commit: CommitId,
): void {
  builds.set(image, [...(builds.get(image) ?? []), commit]);
}

/** What can be seen of a memory place from outside, as a value: the objects behind it only ever grow. */
export interface SharedState {
  readonly mono: ReadonlyMap<RefName, ObjectId>;
  readonly deploy: ReadonlyMap<RefName, ObjectId>;
  readonly builds: ReadonlyMap<string, readonly CommitId[]>;
}

export function readState({ mono, deploy, builds }: MemoryPlace): SharedState {
  return { mono: new Map(mono.refs()), deploy: new Map(deploy.refs()), builds: new Map(builds) };
}

export function writeState(place: MemoryPlace, state: SharedState): void {
  setRefs(place.mono, state.mono);
  if (place.deploy !== place.mono) setRefs(place.deploy, state.deploy);
  const builds = place.builds as Map<string, readonly CommitId[]>;
  builds.clear();
  for (const [image, commits] of state.builds) builds.set(image, commits);
}

function setRefs(remote: MemoryRemote, refs: ReadonlyMap<RefName, ObjectId>): void {
  for (const ref of [...remote.refs().keys()]) if (!refs.has(ref)) remote.setRef(ref, null);
  for (const [ref, id] of refs) remote.setRef(ref, id);
}

export function describeState({ mono, deploy, builds }: SharedState): string {
  return [mono, deploy, builds].map((map) => [...map].sort().join('\n')).join('\n--\n');
}

/** The same place, whose calls are asked for instead of made at once. */
export function sharedPlace(place: MemoryPlace, ask: Ask<Holder>): Place {
  const { layout, now, builds } = place;
  const act = <Result>(name: string, call: () => Promise<Result>): Promise<Result> =>
    ask(name, async (holder) => {
      writeState(place, holder.state);
      const result = await call();
      holder.state = readState(place);
      return result;
    });
  return {
    layout,
    now,
    builds,
    build: async (image, commit) => {
      // Answers are compared, so there must be one.
      await act('registry push', () => place.build(image, commit, noStep).then(() => null));
    },
    open: async (which) => interceptCalls(await place.open(which, noStep), which, act),
  };
}

/** A world of the state space: its state goes on with each call. */
export interface Holder {
  state: SharedState;
}

type Act = <Result>(name: string, call: () => Promise<Result>) => Promise<Result>;

/** A repository whose calls to the remote go through `act`. */
export function interceptCalls(repository: Repository, which: string, act: Act): Repository {
  return {
    ...repository,
    fetch: (request) => act(`${which} fetch`, () => repository.fetch(request)),
    readRefs: (refs) => act(`${which} readRefs`, () => repository.readRefs(refs)),
    readHead: () => act(`${which} readHead`, () => repository.readHead()),
    fetchCommits: (ids, depth) =>
      act(`${which} fetchCommits`, () => repository.fetchCommits(ids, depth)),
    publish: (updates) => act(`${which} publish`, () => repository.publish(updates)),
  };
}

/** Files of a monorepo with two products on one library, and of its manifests, whose pins are still empty. */
export function placeFiles(): { readonly sources: Files; readonly manifests: Files } {
  const manifests: Record<string, string> = {};
  for (const env of placeEnvironments) {
    for (const product of placeProducts) {
      manifests[`deploy/${env}/${product}/values.yaml`] = valuesText(env, product, '');
      manifests[`deploy/${env}/${product}/job.yaml`] = jobText(product, '');
    }
  }
  const sources = {
    'lanewise.yaml': 'read as a value\n',
    'libs/ui/button.txt': 'button\n',
    'apps/docs/main.txt': 'docs\n',
    'apps/shop/main.txt': 'shop\n',
  };
  return { sources, manifests };
}

type Files = Readonly<Record<string, string>>;

/** An empty beginning: the first commits of both remotes. */
export function beginMemoryPlace(layout: Layout): MemoryPlace {
  const { sources, manifests } = placeFiles();
  const mono = makeMemoryRemote();
  const deploy = layout === 'own' ? makeMemoryRemote() : mono;
  mono.commit({ ...sources, ...(layout === 'same' && manifests) }, 'feat: begin');
  if (layout === 'own') deploy.commit(manifests, 'manifests');
  return makeMemoryPlace(layout, mono, deploy);
}

const text = (layout: Layout): string => `
${layout === 'own' ? 'gitops: { repository: "https://git.example.com/acme/deploy.git" }' : ''}
products:
  image: registry.example.com/acme/{product}
  pins:
    - { file: "deploy/{env}/{product}/values.yaml", path: image.tag }
    - { file: "deploy/{env}/{product}/job.yaml", path: job.tag }
  each:
    docs: { root: apps/docs, dependsOn: [ui] }
    shop: { root: apps/shop, dependsOn: [ui] }
projects: { ui: { root: libs/ui } }
environments:
  dev: {}
  staging: { after: dev, on: ready }
  prod: { after: staging }
`;

interface Known {
  readonly config: ReleaseSources['config'];
  readonly products: ReturnType<typeof selectProducts>;
  readonly rest: Pick<ReleaseSources, 'graph' | 'inputs' | 'needs'>;
}

const known = new Map<Layout, Known>();

/** What is the same for every run: the configuration and the graph that it declares. */
function knownOf(layout: Layout): Known {
  const found = known.get(layout);
  if (found !== undefined) return found;
  const config = parseConfig(text(layout), 'lanewise.yaml');
  const graph = declaredGraph(config);
  const products = selectProducts(graph, config, []);
  const inputs = products.map((one) => productInputs(graph, one, config, products));
  const made = {
    config,
    products,
    rest: { graph, inputs, needs: productNeeds(graph, products, config) },
  };
  known.set(layout, made);
  return made;
}

export function pinsOf(layout: Layout): ReleaseSources['pins'] {
  const { config, products } = knownOf(layout);
  return expandPins(config, products, null).flatMap(({ pins }) => pins);
}

async function openBoth(place: Place, step: Step): Promise<PromotionSources> {
  const { config, products } = knownOf(place.layout);
  const workspace = await place.open('mono', step);
  const gitops = place.layout === 'own' ? await place.open('deploy', step) : workspace;
  return { config, configBranch: 'main', products, workspace, gitops };
}

function surroundings(place: Place): Surroundings {
  return { now: place.now, random: () => 0.5, sleep: async () => undefined, identity };
}

const everything: ReleaseRequest = {
  products: null,
  first: false,
  acceptBase: new Map(),
  maxAffected: null,
  told: null,
  target: true,
  reserveOnly: false,
  dryRun: false,
};

/** What `lanewise release` does: release at a commit, then land what is ready. */
export async function runRelease(
  place: Place,
  head: CommitId,
  step: Step = noStep,
  request: Partial<ReleaseRequest> = {},
): Promise<{ readonly outcome: ReleaseOutcome; readonly landed: PromotionResult }> {
  const both = await openBoth(place, step);
  const { config, rest } = knownOf(place.layout);
  const sources: ReleaseSources = {
    ...rest,
    repository: both.workspace,
    head,
    config,
    trustedConfig: config,
    configBranch: 'main',
    pins: place.layout === 'same' ? pinsOf('same') : [],
    taken: () => openTakenVersions(both),
    dirty: [],
    notices: [],
  };
  const outcome = await applyRelease(
    sources,
    { ...everything, ...request },
    { ...surroundings(place), tagger: identity, build: buildInto(place, step) },
  );
  const released = releasedHere(outcome);
  const landed = await promote(
    both,
    { kind: 'ready', products: null, released },
    surroundings(place),
  );
  return { outcome, landed };
}

function buildInto(place: Place, step: Step): Build {
  return async ({ image, commit }) => {
    if (image !== null) await place.build(image, commit, step);
    return { kind: 'ok' };
  };
}

/** What `lanewise promote`, `rollback` and `lock` do. */
export async function runPromotion(
  place: Place,
  request: PromotionRequest,
  step: Step = noStep,
): Promise<PromotionResult> {
  return promote(await openBoth(place, step), request, surroundings(place));
}

export function byName(named: readonly string[], to: string): PromotionRequest {
  const promotions = named.map((one) => {
    const [product = '', version = null] = one.split('@');
    return { product: product as ProductName, version, images: null, builtFrom: null };
  });
  return { kind: 'name', promotions, to, force: [], reason: null, again: false };
}

export const ready: PromotionRequest = { kind: 'ready', products: null, released: null };

export function rollback(
  product: string,
  environment: string,
  to: string | null = null,
): PromotionRequest {
  const name = product as ProductName;
  return { kind: 'rollback', product: name, environment, to, force: [], reason: 'bad', by: 'Dev' };
}
