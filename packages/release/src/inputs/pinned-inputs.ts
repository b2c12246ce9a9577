import { readPins, rewritePins, type Manifest } from '@lanewise/manifests';
import { sha256, isLanewiseError, type ObjectId, type Pin, type RepoPath } from '@lanewise/model';
import type { Repository } from '@lanewise/git';

/** Stands for the content of a file that holds pins: the same whatever versions they name. */
export interface PinnedInputs {
  readonly files: ReadonlySet<RepoPath>;
  /** Digest of the file's content with its pinned values left out; the id itself for other files. */
  digest(path: RepoPath, id: ObjectId): string;
}

/**
 * Reads the given versions of files that hold pins and were declared as inputs by hand. A promotion
 * changes nothing but pinned values, so it changes none of these digests.
 */
export async function readPinnedInputs(
  repository: Pick<Repository, 'readBlobs'>,
  pins: readonly Pin[],
  versions: readonly { readonly path: RepoPath; readonly id: ObjectId }[],
): Promise<PinnedInputs> {
  const byFile = new Map<RepoPath, Pin[]>();
  for (const pin of pins) byFile.set(pin.file, [...(byFile.get(pin.file) ?? []), pin]);
  const wanted = versions.filter(({ path }) => byFile.has(path));
  const blobs =
    wanted.length === 0
      ? new Map<ObjectId, Uint8Array>()
      : await repository.readBlobs(wanted.map(({ id }) => id));
  const digests = new Map<string, string>();
  for (const { path, id } of wanted) {
    const bytes = blobs.get(id);
    if (bytes === undefined) continue;
    digests.set(
      `${path}:${id}`,
      sha256(withoutPins({ file: path, bytes }, byFile.get(path) ?? [])),
    );
  }
  return {
    files: new Set(byFile.keys()),
    digest: (path, id) => digests.get(`${path}:${id}`) ?? id,
  };
}

const stand = 'lanewise-pinned';
const standDigest = `sha256:${'0'.repeat(64)}`;

/** The file's text with one fixed value at each pin; a pin that cannot be read stays as it is. */
function withoutPins(manifest: Manifest, pins: readonly Pin[]): string {
  let bytes = manifest.bytes;
  for (const pin of pins) bytes = blank({ ...manifest, bytes }, pin);
  const quoted = new RegExp(`(["'])([^"'\\n]*(?:${stand}|${standDigest})[^"'\\n]*)\\1`, 'g');
  return new TextDecoder().decode(bytes).replace(quoted, '$2');
}

function blank(manifest: Manifest, { selector, value }: Pin): Uint8Array {
  const { create: _create, ...present } = selector;
  const [reading] = readPins(manifest, [present]);
  if (reading?.kind !== 'value') return manifest.bytes;
  // A constant is a switch, and is compared as such: promotions only ever write that constant.
  const values = typeof value === 'string' ? [stand, standDigest] : [value];
  for (const one of values) {
    try {
      return rewritePins(manifest, [{ selector: present, value: one }]);
    } catch (error) {
      if (!isLanewiseError(error)) throw error;
    }
  }
  return manifest.bytes;
}
