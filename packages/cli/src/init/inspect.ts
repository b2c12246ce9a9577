import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defaultCacheDirectory, openCheckout, openRepository } from '@lanewise/git';
import type { Call } from '../command.js';
import { detectProducts, detectProjectNames } from './detect-products.js';
import { directorySource, repositorySource, type FileSource } from './file-source.js';
import { propose, type Proposal } from './propose.js';
import type { Gitops } from './write-config.js';

/** Everything that `init` learned by looking. */
export interface Inspection {
  readonly root: string;
  readonly isNx: boolean;
  readonly workspaceBranch: string;
  /** null: the manifests are in the workspace. */
  readonly gitops: Gitops | null;
  readonly proposal: Proposal;
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
  const manifests = where === null ? null : await openManifests(call, where, branch);
  return {
    root: checkout.root,
    isNx,
    workspaceBranch: checkout.branch ?? 'main',
    gitops: manifests?.gitops ?? null,
    proposal: await propose(
      await detectProducts(source),
      await detectProjectNames(source),
      manifests?.source ?? source,
    ),
  };
}

async function openManifests(
  call: Call,
  where: string,
  branch: string | null,
): Promise<{ source: FileSource; gitops: Gitops }> {
  const { environment } = call.shell;
  const folder = resolve(call.global.directory, where);
  const isFolder =
    existsSync(folder) && statSync(folder).isDirectory() && existsSync(join(folder, '.git'));
  if (isFolder) {
    const clone = await openCheckout(folder, { environment });
    const gitops = {
      repository: clone.remote?.url ?? clone.root,
      branch: branch ?? clone.branch ?? 'main',
    };
    return { source: await directorySource(clone.root), gitops };
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
    const files = await source.read(
      source.files.filter((path) => /\.(?:ya?ml|json)$|ustomization$/.test(path)),
    );
    const kept = {
      files: source.files,
      read: (paths: readonly string[]) => Promise.resolve(pick(files, paths)),
    };
    return { source: kept, gitops: { repository: where, branch: source.branch } };
  } finally {
    await repository.close();
  }
}

function pick(
  files: ReadonlyMap<string, Uint8Array>,
  paths: readonly string[],
): ReadonlyMap<string, Uint8Array> {
  return new Map(
    paths.flatMap((path) =>
      files.has(path) ? [[path, files.get(path) ?? new Uint8Array()] as const] : [],
    ),
  );
}
