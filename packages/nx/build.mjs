// Bundles the plugin into dist/ as CommonJS, which every Nx from 22 on loads by require, and lets
// tsc write the types of its door. Only @nx/devkit stays outside: it is the workspace's own.
//   node packages/nx/build.mjs
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pureRooms } from '../../tools/pure-rooms.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = join(here, 'dist');

await build({
  absWorkingDir: here,
  entryPoints: {
    index: 'src/index.ts',
    'executors/release': 'src/executors/release.ts',
    'executors/promote': 'src/executors/promote.ts',
    'generators/init': 'src/generators/init.ts',
    'generators/product': 'src/generators/product.ts',
    'generators/environment': 'src/generators/environment.ts',
  },
  outdir: out,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  conditions: ['@lanewise/source'],
  minifySyntax: true,
  minifyWhitespace: true,
  external: ['@nx/devkit', 'nx', 'lanewise'],
  plugins: [pureRooms],
  // A CommonJS file knows its place by another name.
  define: { 'import.meta.url': '__moduleUrl' },
  banner: { js: "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
});

mkdirSync(out, { recursive: true });
// The sources are modules; what is made of them, and its types, is CommonJS.
writeFileSync(join(out, 'package.json'), '{ "type": "commonjs" }\n');

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-b', 'tsconfig.lib.json'], {
  cwd: here,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
