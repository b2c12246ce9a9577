import { stringify } from 'yaml';
import { parsePinPath } from '@lanewise/manifests';
import { LanewiseError, show, type Pin } from '@lanewise/model';

export interface ManifestSubject {
  readonly product: string;
  readonly root: string;
  readonly image: string | null;
  readonly file: string;
  readonly pins: readonly Pin[];
}

/** A values file with nothing pinned yet: the first promotion fills it. */
export function valuesText(subject: ManifestSubject): string {
  const values = pinnedValues(subject.pins);
  const image = values['image'];
  // The name of the image stands beside its tag, where charts look for both.
  const isPlain = typeof image === 'object' && image !== null && 'tag' in image;
  const named =
    isPlain && subject.image !== null
      ? { ...values, image: { repository: subject.image, ...image } }
      : values;
  if (subject.file.endsWith('.json')) return `${JSON.stringify(named, null, 2)}\n`;
  return heading + stringify(named, { lineWidth: 0 });
}

/** An overlay of Kustomize over the base in the project. */
export function overlayText(subject: ManifestSubject): string {
  const { images, ...others } = pinnedValues(subject.pins);
  const list = Array.isArray(images) ? (images as Record<string, unknown>[]) : [];
  const named = list.map((entry) => {
    const isRenamed = subject.image !== null && !('newName' in entry);
    const { name, ...rest } = entry;
    return { name, ...(isRenamed && { newName: subject.image }), ...rest };
  });
  const overlay = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [relativePath(folderOf(subject.file), joined(subject.root, 'deploy'))],
    ...others,
    images: named,
  };
  return heading + stringify(overlay, { lineWidth: 0 });
}

/** Without the environment's name: the file may be copied for another. */
const heading = '# What runs here. Lanewise writes only the pinned value; the rest is yours.\n';

/** Maps and lists that have a place for each pin. A switch holds what it is set to, all else is empty. */
function pinnedValues(pins: readonly Pin[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const pin of pins) {
    const { path } = pin.selector;
    if (path === undefined) throw cannot(pin, 'it has no path');
    put(root, parsePinPath(path), typeof pin.value === 'string' ? '' : pin.value, pin);
  }
  return root;
}

type Steps = ReturnType<typeof parsePinPath>;

function put(root: Record<string, unknown>, steps: Steps, value: unknown, pin: Pin): void {
  let inner = root;
  steps.forEach((step, index) => {
    if (step.kind !== 'key') return;
    const next = steps[index + 1];
    if (next === undefined) inner[step.key] = value;
    else if (next.kind === 'entry') {
      const list = (inner[step.key] ??= []) as Record<string, unknown>[];
      const known = list.find((entry) => entry[next.key] === next.value);
      const entry = known ?? { [next.key]: next.value };
      if (known === undefined) list.push(entry);
      inner = entry;
    } else if (next.kind === 'key') inner = (inner[step.key] ??= {}) as Record<string, unknown>;
    else throw cannot(pin, `its path has ${show(next.kind)}`);
  });
  const isWritten = steps.every(({ kind }) => kind === 'key' || kind === 'entry');
  if (!isWritten || steps[0]?.kind !== 'key') throw cannot(pin, 'its path is of another kind');
}

function cannot({ file, place }: Pin, why: string): LanewiseError {
  return new LanewiseError('PIN_REFUSED', `No ${file} can be written for this pin: ${why}.`, {
    place,
    hint: "Write the manifests by hand, and run the generator with '--deploy=none' for the rest.",
  });
}

function relativePath(from: string, to: string): string {
  const [here, there] = [from.split('/').filter(Boolean), to.split('/').filter(Boolean)];
  let same = 0;
  while (same < here.length && here[same] === there[same]) same += 1;
  return [...here.slice(same).map(() => '..'), ...there.slice(same)].join('/');
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function joined(root: string, name: string): string {
  return root === '' ? name : `${root}/${name}`;
}
