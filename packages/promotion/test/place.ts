import { encodeRecord } from '@lanewise/release';
import type { Repository } from '@lanewise/git';
import {
  parseConfig,
  parseImageReference,
  type CommitId,
  type Need,
  type ProductName,
  type Version,
} from '@lanewise/model';
import { makeMemoryRemote, worldBegins, type Files, type MemoryRemote } from '@lanewise/testing';
import {
  observePromotion,
  promote,
  wholeScope,
  type NamedPromotion,
  type PromoteOptions,
  type PromotionRequest,
  type PromotionResult,
  type PromotionSources,
  type PromotionState,
} from '@lanewise/promotion';

/** A workspace and a GitOps repository in memory, with a clock that the test moves. */
export interface Place {
  readonly workspace: MemoryRemote;
  readonly gitops: MemoryRemote;
  now: number;
  readonly sources: PromotionSources;
  /** A commit of the workspace's main branch. */
  source(message?: string, options?: { branch?: string; parents?: readonly string[] }): CommitId;
  release(product: string, version: string, options?: ReleaseOptions): CommitId;
  /** What is committed to the GitOps branch by hand, now. */
  hand(files: Files, message?: string): CommitId;
  /** Sets a product's tag in an environment by hand. */
  pin(environment: string, product: string, tag: string, message?: string): CommitId;
  pinned(environment: string, product: string): string;
  run(request: PromotionRequest, options?: PromoteOptions): Promise<PromotionResult>;
  ready(products?: readonly string[]): Promise<PromotionResult>;
  promote(text: string, to: string, options?: Partial<NameOptions>): Promise<PromotionResult>;
  rollback(product: string, environment: string, to?: string): Promise<PromotionResult>;
  state(): Promise<PromotionState>;
  /** The same place seen by another machine: no caches, no objects of its own. */
  open(): PromotionSources;
}

interface ReleaseOptions {
  readonly commit?: CommitId;
  readonly inputs?: string;
  readonly needs?: Readonly<Record<string, Need>>;
}

type NameOptions = Omit<Extract<PromotionRequest, { kind: 'name' }>, 'kind' | 'to' | 'promotions'> &
  Pick<NamedPromotion, 'images' | 'builtFrom'>;

export const plainConfig = `
gitops: { repository: "https://git.example.com/deploy.git" }
products:
  select: "*"
  image: registry.example.com/{product}
  pins: [{ file: "{env}/{product}/values.yaml", path: image.tag }]
environments:
  dev: {}
  staging: { after: dev, on: ready, gates: { soak: 30m } }
  prod: { after: staging, gates: { soak: 2h } }
`;

export const hour = 3600;

export function values(tag: string): string {
  return `# kept\nimage:\n  tag: "${tag}" # the version\nreplicas: 2\n`;
}

/** Makes a place with the given products in every environment, nothing running. */
export function makePlace(
  options: { config?: string; products?: readonly string[]; shared?: boolean } = {},
): Place {
  const config = parseConfig(options.config ?? plainConfig, 'lanewise.yaml');
  const names = (options.products ?? ['docs']) as readonly ProductName[];
  const workspace = makeMemoryRemote();
  const gitops = options.shared === true ? workspace : makeMemoryRemote();
  const products = names.map((name) => ({ name, project: null }));
  workspace.commit({ 'README.md': 'workspace\n' }, 'init', { at: worldBegins });
  const files = [...config.environments.keys()].flatMap((environment) =>
    names.map((name) => [`${environment}/${name}/values.yaml`, values('')] as const),
  );
  gitops.commit(Object.fromEntries(files), 'manifests', { at: worldBegins });
  const open = (): PromotionSources => {
    const repository = workspace.open({ name: 'workspace' });
    const other: Repository = gitops === workspace ? repository : gitops.open({ name: 'deploy' });
    return { config, configBranch: 'main', products, workspace: repository, gitops: other };
  };
  const sources = open();
  let count = 0;
  const place: Place = {
    workspace,
    gitops,
    now: worldBegins + hour,
    sources,
    open,
    source: (message = 'feat: something', where = {}) =>
      workspace.commit({ [`src/file-${++count}.ts`]: `${count}\n` }, message, {
        at: place.now,
        ...where,
      }),
    release: (product, version, how = {}) => {
      const commit = how.commit ?? place.source(`feat: ${product} ${version}`);
      const message = encodeRecord({
        kind: 'own',
        product: product as ProductName,
        version: version as Version,
        commit,
        committedAt: place.now,
        project: null,
        images: { main: parseImageReference(`registry.example.com/${product}:${version}`) },
        inputs: {
          algorithm: 1,
          digest: how.inputs ?? `inputs-${product}-${version}`,
          projects: [],
        },
        needs: how.needs ?? {},
        pinText: null,
        allowed: {},
      });
      workspace.tag(`${product}@${version}`, commit, message.trimEnd());
      return commit;
    },
    hand: (changed, message = 'by hand') => gitops.commit(changed, message, { at: place.now }),
    pin: (environment, product, tag, message) =>
      place.hand({ [`${environment}/${product}/values.yaml`]: values(tag) }, message),
    pinned: (environment, product) =>
      /tag: "?([^"\n ]*)/.exec(gitops.read(`${environment}/${product}/values.yaml`))?.[1] ?? '',
    run: (request, how = {}) =>
      promote(
        sources,
        request,
        {
          now: () => place.now,
          random: () => 0,
          sleep: () => Promise.resolve(),
          identity: { name: 'Dev', email: 'dev@example.com' },
        },
        how,
      ),
    ready: (only) =>
      place.run({
        kind: 'ready',
        products: (only as readonly ProductName[] | undefined) ?? null,
        released: null,
      }),
    promote: (text, to, how = {}) => {
      const [product = '', version = null] = text.split('@');
      const { images = null, builtFrom = null, force = [], reason = null, again = false } = how;
      const promotions = [{ product: product as ProductName, version, images, builtFrom }];
      return place.run({ kind: 'name', promotions, to, force, reason, again });
    },
    rollback: (product, environment, to) =>
      place.run({
        kind: 'rollback',
        product: product as ProductName,
        environment,
        to: to ?? null,
        force: [],
        reason: 'broken',
        by: 'Dev',
      }),
    state: () => observePromotion(sources, wholeScope, place.now),
  };
  return place;
}

/** The verdict and reason of each decision, as `prod/docs: waiting gates`. */
export function verdicts({ plan }: PromotionResult): readonly string[] {
  return plan.decisions.map(
    ({ environment, product, verdict, reason }) =>
      `${environment ?? '_all'}/${product ?? '_all'}: ${verdict} ${reason.code}`,
  );
}
