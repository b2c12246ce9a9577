import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lanewise-bad-input-'));
  await build({
    entryPoints: [fileURLToPath(new URL('bad-input-child.ts', import.meta.url))],
    outfile: join(folder, 'child.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@lanewise/source'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'silent',
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Told {
  readonly codes: readonly string[];
  /** Most memory that was resident, in MiB. */
  readonly peak: number;
  /** How often functions were called and loops went round. */
  readonly steps: number;
}

async function refuseInChild(input: string, work: boolean): Promise<Told> {
  const args = [join(folder, 'child.mjs'), input, work ? 'steps' : 'memory'];
  const { stdout } = await run(process.execPath, args, { env: {} });
  return JSON.parse(stdout) as Told;
}

const inputs = [
  ['50 MB of YAML', '50 MB', 'PIN_UNREADABLE'],
  ['aliases that would explode', 'bomb', 'PIN_REFUSED'],
  ['10,000 levels of lists', 'lists', 'PIN_UNREADABLE'],
  ['10,000 levels of maps', 'maps', 'PIN_UNREADABLE'],
  ['100,000 expressions that never end', 'braces', 'PIN_UNREADABLE'],
  ['a binary file', 'binary', 'PIN_UNREADABLE'],
  ['invalid UTF-8', 'utf-8', 'PIN_UNREADABLE'],
  ['NUL bytes', 'nul', 'PIN_UNREADABLE'],
] as const;

describe('refusing bad input is cheap', () => {
  it.each(inputs)('%s stays below 200 MiB', async (_, input, code) => {
    const { codes, peak } = await refuseInChild(input, false);
    expect(codes).toEqual([code, code]);
    expect(peak).toBeGreaterThan(10);
    expect(peak).toBeLessThan(200);
  });

  // A second is for millions of such steps: counted, so that a busy machine changes nothing.
  it.each(inputs)('%s takes less than two million steps', async (_, input, code) => {
    const { codes, steps } = await refuseInChild(input, true);
    expect(codes).toEqual([code, code]);
    expect(steps).toBeGreaterThan(10);
    expect(steps).toBeLessThan(2_000_000);
  });
});
