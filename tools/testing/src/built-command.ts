import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../../packages/', import.meta.url));
const room = join(packages, 'cli');
const prefix = 'lanewise-command-';

/**
 * The program of the command as it is shipped, built from the sources as they are now, in a folder
 * that is nobody's and has no packages around it. Built once for all test files that ask while the
 * sources stay the same.
 */
export function builtCommand(): string {
  const home = join(tmpdir(), `${prefix}${stampOfSources()}`);
  if (!existsSync(home)) build(home);
  return join(home, 'bin', 'lanewise.js');
}

function build(home: string): void {
  removeOld();
  const draft = mkdtempSync(join(tmpdir(), `${prefix}draft-`));
  const args = [join(room, 'build.mjs'), '--out', join(draft, 'dist')];
  execFileSync(process.execPath, args, { stdio: 'pipe' });
  for (const name of ['package.json', 'bin'])
    cpSync(join(room, name), join(draft, name), { recursive: true });
  try {
    renameSync(draft, home);
  } catch (error) {
    // Another test file was faster.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
}

/** Changes with every file that is built from. */
function stampOfSources(): string {
  const hash = createHash('sha256').update(process.version);
  const places = readdirSync(packages).flatMap((name) => [
    join(packages, name, 'src'),
    join(packages, name, 'bin'),
  ]);
  const builders = readdirSync(room).filter((name) => /\.(?:mjs|json)$/.test(name));
  const files = [
    ...places.flatMap((place) =>
      existsSync(place)
        ? readdirSync(place, { recursive: true, encoding: 'utf8' }).map((name) => join(place, name))
        : [],
    ),
    ...builders.map((name) => join(room, name)),
    fileURLToPath(new URL('../../../package-lock.json', import.meta.url)),
  ];
  for (const file of files.sort()) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** What was built of older sources; a day leaves alone whoever runs beside. */
function removeOld(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(tmpdir(), name);
    try {
      if (Date.now() - statSync(folder).mtimeMs > 86_400_000)
        rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another removed it.
    }
  }
}
