// Finding and editing pins, beside reading and printing the same files with the `yaml` library.
import { build } from 'esbuild';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { alternate, median, row } from './measure.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const corpus = join(root, '../shared/corpus');
const count = 2000;

/** Two rows: files as most teams have them, and files of public repositories where they stand beside the checkout. */
export async function measureManifests({ directory, runs }) {
  const room = await loadRoom(directory);
  const plain = Array.from({ length: count }, (_, index) => ({
    file: `apps/prod/svc-${index}/values.yaml`,
    bytes: Buffer.from(valuesFile(index)),
  }));
  const rows = [measureFiles(`values files of 2 KB`, plain, room, runs)];
  if (existsSync(corpus))
    rows.push(measureFiles('real files', realFiles(room), room, runs, { passes: 10 }));
  else process.stderr.write('no real files: the corpus does not stand beside the checkout\n');
  return rows;
}

/** The room as one file, made from its sources: nothing needs to be built before. */
async function loadRoom(directory) {
  const outfile = join(directory, 'manifests.mjs');
  await build({
    entryPoints: [join(root, 'packages/manifests/src/index.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@lanewise/source'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile).href);
}

/** Few files are gone through several times, so that the start of the engine does not count; times are of one pass. */
function measureFiles(name, manifests, room, runs, { passes = 1 } = {}) {
  const ours = () => timed(manifests, passes, (manifest) => findAndEdit(manifest, room));
  const peer = () => timed(manifests, passes, parseAndPrint);
  const floor = () => timed(manifests, passes, ({ bytes }) => Buffer.from(bytes.toString('utf8')));
  for (const warmUp of [ours, peer]) warmUp();
  const taken = alternate(Math.max(3, runs), { ours, peer, floor });
  const beyond = {
    ours: share(manifests, (manifest) => changesMore(manifest, findAndEdit(manifest, room))),
    peer: share(manifests, (manifest) => !parseAndPrint(manifest).equals(manifest.bytes)),
  };
  const perSecond = Math.round((manifests.length * 1000) / median(taken.ours.map(({ ms }) => ms)));
  const told = `${perSecond.toLocaleString('en')} files/s found and edited; changed beyond the value: ours ${beyond.ours}, printed ${beyond.peer}`;
  return {
    ...row(`manifests, ${manifests.length.toLocaleString('en')} ${name}: ${told}`, taken),
    files: manifests.length,
    files_per_second: perSecond,
    changed_beyond_the_value: beyond,
  };
}

function timed(manifests, passes, work) {
  const began = process.hrtime.bigint();
  for (let pass = 0; pass < passes; pass += 1) manifests.map((manifest) => work(manifest));
  return { ms: Number(process.hrtime.bigint() - began) / 1e6 / passes };
}

/** All pins of a file, and a new value in the first: read, written, and the result compared. */
function findAndEdit(manifest, { findPins, rewritePins }) {
  const [pin] = findPins(manifest);
  if (pin === undefined) return manifest.bytes;
  try {
    return rewritePins(manifest, [{ selector: pin.selector, value: nextValue(pin) }]);
  } catch (error) {
    // What cannot be changed safely is refused, and stays as it is.
    if (/^(?:PIN_|EDIT_)/.test(error.code ?? '')) return manifest.bytes;
    throw error;
  }
}

function nextValue({ text, holds }) {
  if (holds === 'digest') return `sha256:${'0123456789abcdef'.repeat(4)}`;
  return text.includes('@') ? `9.8.7@sha256:${'0123456789abcdef'.repeat(4)}` : '9.8.7';
}

/** What tools do that print the documents they have read; here with no change at all. */
function parseAndPrint({ bytes }) {
  const documents = parseAllDocuments(bytes.toString('utf8'), { logLevel: 'silent' });
  const printed = documents.map((document) =>
    document.errors.length > 0 ? null : document.toString(),
  );
  return printed.includes(null) ? bytes : Buffer.from(printed.join(''));
}

/** Whether more than one run of characters within one line differs. */
function changesMore({ bytes }, edited) {
  const before = bytes.toString('utf8').split('\n');
  const after = Buffer.from(edited).toString('utf8').split('\n');
  const changed = before.filter((line, index) => line !== after[index]).length;
  return after.length !== before.length || changed > 1;
}

function share(manifests, isTrue) {
  const part = manifests.filter(isTrue).length / manifests.length;
  return `${(part * 100).toFixed(part > 0 && part < 0.1 ? 1 : 0)} %`;
}

/** Files of the corpus with a pin that is found by itself, and that the library can read. */
function realFiles({ findPins, isCandidate }) {
  const walk = (folder, prefix = '') =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory()
        ? walk(join(folder, entry.name), `${prefix}${entry.name}/`)
        : [`${prefix}${entry.name}`],
    );
  return walk(corpus)
    .sort()
    .map((file) => ({ file, bytes: readFileSync(join(corpus, file)) }))
    .filter(
      (manifest) => isCandidate(manifest.file, manifest.bytes) && findPins(manifest).length > 0,
    );
}

function valuesFile(index) {
  const environment = Array.from(
    { length: 24 },
    (_, number) => `  - name: SETTING_${number}\n    value: "of ${index}" # as agreed\n`,
  );
  return `# What runs in prod.\nreplicaCount: 2\n\nimage:\n    repository: registry.example.com/acme/svc-${index}\n    tag: "1.${index % 40}.0" # written by a tool\n    pullPolicy: IfNotPresent\n\nservice: {type: ClusterIP, port: 80}\n\nresources:\n  limits: { cpu: 100m,   memory: 128Mi }\n  requests: { cpu: 50m, memory: 64Mi }\nenv:\n${environment.join('')}ingress:\n  enabled: true\n  hosts: [ 'a.example.com', "b.example.com" ]\n`;
}
