import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { must } from './run.js';
import { chosenVersions, type NxVersion } from './versions.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Packed packages, and by major version a folder whose node_modules has that Nx. */
    readonly prepared: Prepared;
  }
}

export interface Prepared {
  readonly plugin: string;
  readonly command: string;
  readonly installed: Readonly<Record<string, string>>;
}

const packages = fileURLToPath(new URL('../../../packages', import.meta.url));

/** Packs both packages and installs every version of Nx, before any test runs. */
export async function setup(project: TestProject): Promise<() => void> {
  const home = mkdtempSync(join(tmpdir(), 'lanewise-nx-matrix-'));
  const { run, left } = chosenVersions();
  for (const { major } of left)
    console.warn(`\n*** Nx ${major} IS NOT RUN: LANEWISE_NX_VERSIONS leaves it out. ***\n`);
  const plugin = await pack('nx', home);
  const command = await pack('cli', home);
  const installed: [string, string][] = [];
  for (const version of run) installed.push([version.major, await install(version, home)]);
  project.provide('prepared', { plugin, command, installed: Object.fromEntries(installed) });
  return () => {
    rmSync(home, { recursive: true, force: true });
  };
}

async function pack(name: string, target: string): Promise<string> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', target];
  const answer = JSON.parse(await must('npm', args, join(packages, name))) as PackAnswer;
  const [packed] = Array.isArray(answer) ? answer : Object.values(answer);
  if (packed === undefined) throw new Error(`npm packed nothing of ${name}.`);
  return join(target, packed.filename);
}

type Packed = { readonly filename: string };
/** npm 11 and older give a list, newer ones a map. */
type PackAnswer = readonly Packed[] | Readonly<Record<string, Packed>>;

/** Nx alone; the tests put our packages in. Kept in `LANEWISE_NX_INSTALLED`, where that is set. */
async function install({ major, nx, devkit }: NxVersion, home: string): Promise<string> {
  const folder = join(home, `nx-${major}`);
  const kept = process.env['LANEWISE_NX_INSTALLED'];
  const store = kept === undefined ? null : join(kept, `nx-${nx}`);
  mkdirSync(folder, { recursive: true });
  if (store !== null && existsSync(store)) {
    cpSync(store, folder, { recursive: true, verbatimSymlinks: true });
    return folder;
  }
  const manifest = {
    name: 'installed',
    private: true,
    devDependencies: { nx, '@nx/devkit': devkit },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  console.log(`installing Nx ${nx} …`);
  await must('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], folder);
  if (store !== null) cpSync(folder, store, { recursive: true, verbatimSymlinks: true });
  return folder;
}
