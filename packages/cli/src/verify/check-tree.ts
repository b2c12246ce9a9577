import type { Repository, TreeEntry } from '@lanewise/git';
import type { RepoPath } from '@lanewise/model';
import type { PromotionState } from '@lanewise/promotion';
import { chartLocksOf, checkChartLocks } from './check-chart-locks.js';
import { checkIgnored, ignoreFilesOf } from './check-ignored.js';
import { checkBranchNames, checkGaps, checkManifests } from './check-manifests.js';
import { checkValuesFiles } from './check-values-files.js';
import { checkWriters, hasMarkedPins, parameterFiles } from './check-writers.js';
import type { Finding } from './finding.js';

/** More files than that are not read for a note. */
const most = 5000;

/** Reads the manifests that hold pins, and those that may name them, in two batches, and checks them. */
export async function checkTree(
  state: PromotionState,
  gitops: Repository,
  branches: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const { config, tip } = state;
  const cells = [...state.cells.values()];
  const entries = (await gitops.listFiles(tip)).filter(({ type }) => type === 'blob');
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const pinned = [...new Set(cells.flatMap(({ pins }) => pins.map(({ pin }) => pin.file)))];
  const read = async (paths: readonly RepoPath[]): Promise<Map<RepoPath, Uint8Array>> => {
    const wanted = paths.flatMap((path) => byPath.get(path) ?? []);
    const blobs = await gitops.readBlobs(wanted.map(({ id }) => id));
    return new Map(wanted.map(({ path, id }) => [path, blobs.get(id) ?? new Uint8Array()]));
  };
  const manifests = await read([
    ...pinned,
    ...ignoreFilesOf(pinned),
    ...chartLocksOf(cells),
    ...parameterFiles(byPath.keys(), pinned),
  ]);
  const isMarked = hasMarkedPins(cells, manifests);
  const others = await read(namingFiles(entries, new Set(pinned), isMarked));
  const ignores = new Map(
    [...manifests]
      .filter(([path]) => path.endsWith('.gitignore'))
      .map(([path, bytes]) => [path.replace(/\/?\.gitignore$/, ''), decode(bytes)]),
  );
  return [
    ...checkManifests(config, cells, manifests),
    ...checkChartLocks(cells, manifests),
    ...checkIgnored(pinned, ignores),
    ...checkWriters(cells, manifests, others),
    ...checkGaps(config, cells),
    ...checkBranchNames(cells, branches),
    ...checkValuesFiles(cells, new Set(byPath.keys()), [...others.values()].map(decode)),
  ];
}

/**
 * Files that may put values files to use, or declare what writes them: all YAML but what holds pins
 * and the templates of charts.
 */
function namingFiles(
  entries: readonly TreeEntry[],
  pinned: ReadonlySet<RepoPath>,
  isMarked: boolean,
): readonly RepoPath[] {
  const values = [...pinned].some((path) => /values/i.test(path));
  const naming = entries.filter(
    ({ path }) =>
      /(?:\.ya?ml(?:\.gotmpl)?|ustomization)$/.test(path) &&
      !pinned.has(path) &&
      !/(?:^|\/)templates\//.test(path),
  );
  return (values || isMarked) && naming.length <= most ? naming.map(({ path }) => path) : [];
}

/** The beginning is enough: nobody writes objects of that size by hand. */
const longest = 256 * 1024;

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, longest));
}
