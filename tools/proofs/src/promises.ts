import type { ChangedCommit, Repository } from '@lanewise/git';
import {
  branchRef,
  parseProductName,
  parseProjectName,
  type CommitId,
  type ObjectId,
  type RefName,
  type RepoPath,
} from '@lanewise/model';
import { readReleases, type ReleaseBook } from '@lanewise/release';
import { expect } from 'vitest';
import { jobText, valuesText } from './estate.js';
import { placeEnvironments, placeProducts, type Place } from './place.js';

/** One commit of the GitOps branch that moved a product's pins, as Git shows it. */
export interface Move {
  readonly commit: CommitId;
  readonly product: string;
  readonly environment: string;
  readonly from: string;
  readonly to: string;
  readonly origin: string;
  readonly locks: boolean;
}

/** What a place holds in the end. */
export interface End {
  /** Every move since the beginning, oldest first. */
  readonly moves: readonly Move[];
  /** Pinned version by `environment/product`. */
  readonly pins: ReadonlyMap<string, string>;
  readonly locked: ReadonlySet<string>;
  readonly refs: ReadonlyMap<RefName, ObjectId>;
}

const everywhere = ['refs/'];
const main = branchRef('main');

/**
 * Reads both remotes and checks what must hold whatever ran in whatever order: it knows the promises
 * and the manifests' bytes, and nothing of how they are kept. `begin` is the GitOps branch's tip at
 * the beginning of the time looked at.
 */
export async function checkPromises(place: Place, begin: CommitId): Promise<End> {
  const step = async (): Promise<void> => undefined;
  const workspace = await place.open('mono', step);
  const gitops = place.layout === 'own' ? await place.open('deploy', step) : workspace;
  const refs = (await workspace.fetch({ refs: everywhere, depth: 'history' })).refs;
  await checkReleases(place, workspace, refs);
  const { refs: deployed } = await gitops.fetch({ refs: everywhere, depth: 'history' });
  const tip = deployed.get(main) as CommitId;
  const moves = await readMoves(gitops, tip, begin);
  checkMoves(moves);
  const pins = await checkManifests(gitops, tip);
  await checkRecords(workspace, refs, moves, pins);
  const locks = await gitops.listFiles(tip, '.lanewise/lock' as RepoPath);
  return {
    moves,
    pins,
    locked: new Set(locks.map(({ path }) => path.replace('.lanewise/lock/', ''))),
    refs,
  };
}

/** Every release tag holds one record of its own product, version and commit; no number stands for two commits. */
async function checkReleases(
  { builds }: Place,
  workspace: Repository,
  refs: End['refs'],
): Promise<void> {
  const products = placeProducts.map((name) => ({
    name: parseProductName(name),
    project: parseProjectName(name),
  }));
  const book = await readReleases(workspace, { refs }, { products, config: null });
  expect(book.problems).toEqual([]);
  const tags = [...refs.keys()].filter((ref) => /^refs\/tags\/[^/]+@/.test(ref));
  expect(book.all.map(({ tag }) => tag).sort()).toEqual(tags.sort());
  checkReservations(refs, book);
  for (const product of placeProducts) {
    const commits = book.all.filter((one) => one.product === product).map(({ commit }) => commit);
    expect(new Set(commits).size, `${product} is released once for each commit`).toBe(
      commits.length,
    );
  }
  for (const [image, commits] of builds)
    expect(new Set(commits).size, `${image} is built from one commit`).toBe(1);
  for (const release of book.all) {
    const { product, version, commit } = release;
    const built = builds.get(`registry.example.com/acme/${product}:${version}`);
    if (built !== undefined)
      expect(built[0], `${product} ${version} is what was built`).toBe(commit);
  }
}

/**
 * A version stays reserved only where its commit came to nothing: the product is not released there,
 * as another run was faster. An image of that name may have been built, so the number stays taken.
 */
function checkReservations(refs: End['refs'], book: ReleaseBook): void {
  for (const [ref, commit] of refs) {
    if (!ref.startsWith('refs/lanewise/')) continue;
    const [, product, version] = /^refs\/lanewise\/reserved\/(.*)\/(.*)$/.exec(ref) ?? [];
    const releases = book.all.filter((one) => one.product === product);
    expect(releases.map((one) => one.version as string)).not.toContain(version);
    expect(
      releases.map((one) => one.commit as string),
      `${ref} is left over at a commit that was released`,
    ).not.toContain(commit);
  }
}

/** Reads each commit as the change of one product in one environment, and refuses any other. */
async function readMoves(
  gitops: Repository,
  tip: CommitId,
  begin: CommitId,
): Promise<readonly Move[]> {
  const moves: Move[] = [];
  for await (const commit of gitops.readHistory({ tip, since: [begin], firstParent: true })) {
    const trailers = trailersOf(commit.message);
    // Somebody's own commit of the workspace, which lies on the same branch.
    if (!trailers.has('Product')) continue;
    moves.unshift(await readMove(gitops, commit, trailers));
  }
  return moves;
}

async function readMove(
  gitops: Repository,
  commit: ChangedCommit,
  trailers: ReadonlyMap<string, string>,
): Promise<Move> {
  const paths = commit.changes.map(({ path }) => path);
  if (trailers.has('Lock')) return readLockMove(gitops, commit, trailers, paths);
  const manifests = paths.filter((path) => path.startsWith('deploy/'));
  const [, environment = '', product = ''] = manifests[0]?.split('/') ?? [];
  const place = `${environment}/${product}`;
  const own = [`deploy/${place}/job.yaml`, `deploy/${place}/values.yaml`];
  expect([...manifests].sort(), commit.message).toEqual(own);
  const rest = paths.filter((path) => !manifests.includes(path));
  for (const path of rest) expect(path).toBe(`.lanewise/lock/${place}`);
  const to = await readPin(gitops, commit.id, environment, product);
  const parent = commit.parents[0] as CommitId;
  const from = await readPin(gitops, parent, environment, product);
  expect([trailers.get('Product'), trailers.get('Environment')]).toEqual([product, environment]);
  expect([trailers.get('From') ?? '', trailers.get('To')]).toEqual([from, to]);
  expect(commit.parents).toHaveLength(1);
  const origin = trailers.get('Origin') ?? '';
  return { commit: commit.id, product, environment, from, to, origin, locks: rest.length > 0 };
}

/** A commit that changes a lock touches nothing else. */
async function readLockMove(
  gitops: Repository,
  commit: ChangedCommit,
  trailers: ReadonlyMap<string, string>,
  paths: readonly string[],
): Promise<Move> {
  const [product = '', environment = ''] = [trailers.get('Product'), trailers.get('Environment')];
  expect(paths).toEqual([`.lanewise/lock/${environment}/${product}`]);
  const pin = await readPin(gitops, commit.id, environment, product);
  const origin = trailers.get('Lock') ?? '';
  return { commit: commit.id, product, environment, from: pin, to: pin, origin, locks: true };
}

/** The version that both pins of a cell hold; the bytes around them are those of the template. */
async function readPin(
  gitops: Repository,
  commit: CommitId,
  environment: string,
  product: string,
): Promise<string> {
  const paths = ['values.yaml', 'job.yaml'].map(
    (file) => `deploy/${environment}/${product}/${file}` as RepoPath,
  );
  const entries = await gitops.readEntries(paths.map((path) => ({ commit, path })));
  const ids = entries.map((entry) => entry?.id ?? ('' as ObjectId));
  const blobs = await gitops.readBlobs(ids);
  const [values = '', job = ''] = ids.map((id) => Buffer.from(blobs.get(id) ?? []).toString());
  const pin = /tag: "([^"]*)"/.exec(values)?.[1] ?? 'no pin';
  expect(values).toBe(valuesText(environment, product, pin));
  expect(job).toBe(jobText(product, pin));
  return pin;
}

/** Automation goes forward only, brings nothing twice, and leaves alone what a person took back. */
function checkMoves(moves: readonly Move[]): void {
  const cells = new Map<string, { seen: Set<string>; takenBack: boolean }>();
  for (const { product, environment, to, from, origin } of moves) {
    const name = `${environment}/${product}`;
    const cell = cells.get(name) ?? { seen: new Set([from]), takenBack: false };
    cells.set(name, cell);
    if (origin === 'automation' || origin === 'request') {
      expect(cell.seen.has(to), `automation brings ${product} ${to} to ${environment} twice`).toBe(
        false,
      );
      expect(cell.takenBack, `automation moves ${name}, which was rolled back`).toBe(false);
    }
    const isLock = origin === 'lock' || origin === 'unlock';
    if (!isLock) expect(to, `${name} moves nowhere`).not.toBe(from);
    const isSettled = origin === 'name' || origin === 'unlock';
    cell.takenBack = origin === 'rollback' || (cell.takenBack && !isSettled);
    cell.seen.add(to);
  }
}

async function checkManifests(
  gitops: Repository,
  tip: CommitId,
): Promise<ReadonlyMap<string, string>> {
  const pins = new Map<string, string>();
  for (const environment of placeEnvironments) {
    for (const product of placeProducts) {
      pins.set(`${environment}/${product}`, await readPin(gitops, tip, environment, product));
    }
  }
  return pins;
}

/** What was promoted to prod and runs there has one record, which names the commit that landed it. */
async function checkRecords(
  workspace: Repository,
  refs: End['refs'],
  moves: readonly Move[],
  pins: End['pins'],
): Promise<void> {
  for (const product of placeProducts) {
    const last = moves
      .filter((one) => one.environment === 'prod' && one.product === product)
      .at(-1);
    if (last === undefined) continue;
    expect(pins.get(`prod/${product}`)).toBe(last.to);
    const id = refs.get(`refs/tags/prod/${product}@${last.to}` as RefName);
    expect(id, `prod/${product}@${last.to} is recorded`).toBeDefined();
    const tag = (await workspace.readTags([id as ObjectId])).get(id as ObjectId);
    const commits = moves
      .filter((one) => one.environment === 'prod' && one.product === product && one.to === last.to)
      .map(({ commit }) => commit);
    const named = /^Lanewise-Commit: (.*)$/m.exec(tag?.message ?? '')?.[1];
    // A record is never moved: after a repeat it names the first landing, which may be older.
    if (tag !== null && commits.length === 1 && last.origin !== 'rollback')
      expect(named).toBe(commits[0]);
  }
}

function trailersOf(message: string): ReadonlyMap<string, string> {
  const lines = [...message.matchAll(/^Lanewise-([A-Za-z-]+): (.*)$/gm)];
  return new Map(lines.map(([, key = '', value = '']) => [key, value]));
}
