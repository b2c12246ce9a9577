// The licences of what the bundle carries, as their texts ask for.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Texts for the libraries among the inputs of a build (esbuild's metafile), each library once, by
 * name. `root` is the folder that the inputs' paths begin at.
 */
export function thirdPartyNotices(inputs, root) {
  const folders = new Set();
  for (const input of inputs) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input.replace(/^[a-z-]+:/, ''));
    if (found !== null) folders.add(found[1]);
  }
  const notices = new Map();
  for (const folder of folders) {
    const { name, version, license } = readJson(join(root, folder, 'package.json'));
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : readFileSync(join(root, folder, file), 'utf8').trim();
    notices.set(`${name} ${version}`, `${name} ${version} (${license})\n\n${text}`);
  }
  return [...notices].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text.trim());
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
