import type { Repository, TreeEntry } from '@lanewise/git';
import {
  isLanewiseError,
  isProductName,
  parseEnvironmentName,
  type EnvironmentName,
  type ProductName,
  type RepoPath,
} from '@lanewise/model';
import { lockDirectory, lockKey } from './lock-places.js';
import type { LockFile } from './lock.js';
import { parseLockFile } from './parse-lock.js';

/** Reads the lock files among the files of a tree. One that is no plain file closes like one that cannot be read. */
export async function readLocks(
  repository: Pick<Repository, 'readBlobs'>,
  files: ReadonlyMap<RepoPath, TreeEntry>,
): Promise<ReadonlyMap<string, LockFile>> {
  const found = [...files.values()].flatMap((entry) => {
    const where = placeOfFile(entry.path);
    return where === null ? [] : [{ entry, where }];
  });
  if (found.length === 0) return new Map();
  const plain = found.filter(({ entry }) => isPlain(entry)).map(({ entry }) => entry.id);
  const blobs = await repository.readBlobs(plain);
  return new Map(
    found.map(({ entry, where }) => {
      const text = isPlain(entry) ? decode(blobs.get(entry.id)) : '\u0000 no plain file';
      return [lockKey(where.environment, where.product), parseLockFile(where, entry.path, text)];
    }),
  );
}

function isPlain({ mode }: TreeEntry): boolean {
  return mode === '100644' || mode === '100755';
}

function decode(bytes: Uint8Array | undefined): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes ?? new Uint8Array());
}

function placeOfFile(
  path: RepoPath,
): { environment: EnvironmentName | null; product: ProductName | null } | null {
  if (!path.startsWith(`${lockDirectory}/`)) return null;
  const [environment, product, ...rest] = path.slice(lockDirectory.length + 1).split('/');
  if (environment === undefined || product === undefined || rest.length > 0) return null;
  if (product !== '_all' && !isProductName(product)) return null;
  try {
    return {
      environment: environment === '_all' ? null : parseEnvironmentName(environment),
      product: product === '_all' ? null : product,
    };
  } catch (error) {
    if (isLanewiseError(error)) return null;
    throw error;
  }
}
