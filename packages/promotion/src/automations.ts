import { posix } from 'node:path';
import type { Repository } from '@lanewise/git';
import { findImageUpdateAutomations, type ImageUpdateAutomation } from '@lanewise/manifests';
import type { CommitId, Pin, Placement, RepoPath } from '@lanewise/model';
import type { PinValue } from './cell.js';

/** Why a pin is left alone although it can be read: null for all that only Lanewise writes. */
export type Automated = (pin: Pin) => PinValue | null;

interface Declared extends ImageUpdateAutomation {
  readonly file: RepoPath;
}

/**
 * Finds Flux's own automations in a tree, for pins that stand behind its markers: while one of them
 * writes a file, it would take back what a promotion wrote there. A suspended one writes nothing.
 *
 * Without such a pin nothing is read; with one, the YAML files of the tree in one batch, of which
 * only those that name the kind are parsed.
 */
export async function findAutomated(
  gitops: Pick<Repository, 'listFiles' | 'readBlobs'>,
  tip: CommitId,
  placements: readonly Placement[],
): Promise<Automated> {
  if (!placements.some(({ pins }) => pins.some(isMarked))) return () => null;
  const declared = await findDeclared(gitops, tip);
  return (pin) => {
    const writer = isMarked(pin) ? declared.find((one) => covers(one, pin.file)) : undefined;
    return writer === undefined ? null : refusal(pin, writer);
  };
}

function isMarked({ selector }: Pin): boolean {
  return selector.format === 'flux-marker';
}

const kind = Buffer.from('ImageUpdateAutomation');

async function findDeclared(
  gitops: Pick<Repository, 'listFiles' | 'readBlobs'>,
  tip: CommitId,
): Promise<readonly Declared[]> {
  const entries = (await gitops.listFiles(tip)).filter(
    ({ type, mode, path }) =>
      type === 'blob' && mode !== '120000' && /\.(?:ya?ml|json)$/i.test(path),
  );
  const blobs = await gitops.readBlobs([...new Set(entries.map(({ id }) => id))]);
  return entries.flatMap(({ id, path: file }) => {
    const bytes = blobs.get(id);
    if (
      bytes === undefined ||
      !Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(kind)
    )
      return [];
    return findImageUpdateAutomations({ file, bytes })
      .filter(({ suspended }) => !suspended)
      .map((one) => ({ ...one, file }));
  });
}

function covers({ path }: Declared, file: RepoPath): boolean {
  const folder = posix.relative('/', posix.join('/', path));
  return folder === '' || file.startsWith(`${folder}/`);
}

function refusal({ file }: Pin, { name, namespace, file: where, line }: Declared): PinValue {
  const writer = namespace === null ? name : `${namespace}/${name}`;
  return {
    kind: 'refused',
    message: `${file} is written by Flux too: the ImageUpdateAutomation ${writer} (${where}:${line}) covers it, and would take back what a promotion writes.`,
    hint: `Set spec.suspend: true in ${where}, narrow its spec.update.path, or leave the file to Flux and remove the pin.`,
    place: { file: where, line },
  };
}
