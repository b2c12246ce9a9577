import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { defaultCacheDirectory, openCheckout, openRepository, type Checkout } from '@lanewise/git';
import {
  isCandidatePath,
  makeSurvey,
  type ConfigOptions,
  type KnownProduct,
  type Manifest,
  type Survey,
} from '@lanewise/manifests';
import type { RepoPath } from '@lanewise/model';
import type { Call } from '../command.js';
import { detectProducts, type FoundProduct } from './detect-products.js';
import { directorySource, repositorySource, type FileSource } from './file-source.js';
import { keepProjects } from './keep-projects.js';
import { findRootProduct, placeRootProduct } from './root-product.js';

/** Everything that `init` learned by looking. */
export interface Inspection {
  readonly root: string;
  readonly workspaceBranch: string;
  /** null: the manifests are in the workspace. */
  readonly gitops: ConfigOptions['gitops'];
  /** Whether products are projects of Nx. */
  readonly isNx: boolean;
  readonly survey: Survey;
  /** Paths of the workspace's files. */
  readonly files: readonly string[];
}

/** The manifests' side: which files there are, those that may hold a pin, and where it is. */
interface Manifests {
  readonly files: readonly string[];
  readonly manifests: readonly Manifest[];
  readonly branches: readonly string[];
  /** What the repository is called, by its remote. */
  readonly addresses: readonly string[];
  readonly gitops: ConfigOptions['gitops'];
}

/** Looks at the workspace and at the GitOps repository, which `where` names by address or folder. */
export async function inspect(
  call: Call,
  where: string | null,
  branch: string | null,
): Promise<Inspection> {
  const { environment } = call.shell;
  const checkout = await openCheckout(call.global.directory, { environment });
  const source = await directorySource(checkout.root);
  const isNx = existsSync(join(checkout.root, 'nx.json'));
  const [found, products] = await Promise.all([
    where === null
      ? readManifests(source, null, await localRefs(call, checkout))
      : openManifests(call, where, branch),
    detectProducts(source),
  ]);
  const survey = makeSurvey({
    files: found.files,
    manifests: found.manifests,
    branches: found.branches,
    addresses: found.addresses,
    products: products.map(({ name, root, why, deployable }): KnownProduct => ({
      name,
      root,
      why,
      deployable,
    })),
  });
  const whole = isNx
    ? null
    : await findRootProduct(
        source,
        products,
        checkout.remote === null ? [] : [checkout.remote.url],
        basename(checkout.root),
      );
  return {
    root: checkout.root,
    workspaceBranch: checkout.branch ?? 'main',
    gitops: found.gitops,
    isNx,
    files: source.files,
    survey: isNx
      ? keepNxProjects(survey, products)
      : keepRooted(whole === null ? survey : placeRootProduct(survey, whole)),
  };
}

function keepNxProjects(survey: Survey, products: readonly FoundProduct[]): Survey {
  const projects = products.flatMap(({ name, isProject }) => (isProject ? [name] : []));
  return keepProjects(survey, new Set(projects), 'no project of the workspace has this name');
}

/** Without Nx a product's folder must be known as soon as one's is; a GitOps repository alone knows none. */
function keepRooted(survey: Survey): Survey {
  const rooted = survey.products.flatMap(({ name, root }) => (root === null ? [] : [name]));
  const why = 'nothing shows the folder it is built from: add it with root: under products.each';
  return rooted.length === 0 ? survey : keepProjects(survey, new Set(rooted), why);
}

/** Only files that may hold a pin are read, all of them at once. */
async function readManifests(
  source: FileSource,
  gitops: ConfigOptions['gitops'],
  known: Pick<Manifests, 'branches' | 'addresses'>,
): Promise<Manifests> {
  const contents = await source.read(source.files.filter(isCandidatePath));
  const manifests = [...contents].map(([file, bytes]) => ({ file: file as RepoPath, bytes }));
  return { files: source.files, manifests, gitops, ...known };
}

/** Branches that a clone knows, its own and its remote's as last fetched, and what the repository is called: no network. */
async function localRefs(
  call: Call,
  clone: Checkout,
): Promise<Pick<Manifests, 'branches' | 'addresses'>> {
  const { environment } = call.shell;
  const addresses = clone.remote === null ? [] : [clone.remote.url];
  const repository = await openRepository({
    url: clone.root,
    base: clone.root,
    environment,
    cacheDirectory: defaultCacheDirectory(environment),
  });
  try {
    const { refs } = await repository.readRefs(['refs/heads/*', 'refs/remotes/*']);
    const names = [...refs.keys()].map((ref) =>
      ref.replace(/^refs\/heads\/|^refs\/remotes\/[^/]+\//, ''),
    );
    return { addresses, branches: names.filter((name) => name !== clone.branch) };
  } finally {
    await repository.close();
  }
}

async function openManifests(call: Call, where: string, branch: string | null): Promise<Manifests> {
  const { environment } = call.shell;
  const folder = resolve(call.global.directory, where);
  const isFolder =
    existsSync(folder) && statSync(folder).isDirectory() && existsSync(join(folder, '.git'));
  if (isFolder) {
    const clone = await openCheckout(folder, { environment });
    const source = await directorySource(clone.root);
    const repository = clone.remote?.url ?? clone.root;
    const gitops = { repository, branch: branch ?? clone.branch ?? 'main' };
    return readManifests(source, gitops, await localRefs(call, clone));
  }
  const repository = await openRepository({
    url: where,
    base: call.global.directory,
    environment,
    cacheDirectory: defaultCacheDirectory(environment),
    token: environment['LANEWISE_GITOPS_TOKEN'],
  });
  try {
    const source = await repositorySource(repository, branch);
    const { refs } = await repository.readRefs(['refs/heads/*']);
    const branches = [...refs.keys()].map((ref) => ref.replace(/^refs\/heads\//, ''));
    const others = branches.filter((name) => name !== source.branch);
    return await readManifests(
      source,
      { repository: where, branch: source.branch },
      { branches: others, addresses: [where] },
    );
  } finally {
    await repository.close();
  }
}
