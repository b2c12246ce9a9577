// Bundles the command and everything it needs into dist/: what is shipped has no node_modules.
// Each command is a chunk of its own, so that starting costs only what the command asks for.
//   node packages/cli/build.mjs [--out DIR]
import { createHash } from 'node:crypto';
import { build } from 'esbuild';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { pastDoors } from './bundle-past-doors.mjs';
import { pageAssets } from './page-bundle.mjs';
import { thirdPartyNotices } from './third-party.mjs';
import { toCommonJs } from './to-commonjs.mjs';
import { pureRooms } from '../../tools/pure-rooms.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = argument('--out') ?? join(here, 'dist');

/** commander starts subcommands that are programs of their own; ours are not, and Node's loading of that part takes time. */
const noSubprograms = {
  name: 'no-subprograms',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:node:)?child_process$/ }, ({ importer, path }) =>
      importer.includes('commander') ? { path, namespace: 'no-subprograms' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'no-subprograms' }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

const { metafile, outputFiles } = await build({
  metafile: true,
  write: false,
  absWorkingDir: here,
  // The command, and the same for scripts that import it.
  entryPoints: { lanewise: 'src/main.ts', library: 'src/library.ts' },
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  conditions: ['@lanewise/source'],
  chunkNames: 'chunks/[name]-[hash]',
  minifySyntax: true,
  minifyWhitespace: true,
  // The user's own Nx is asked in a process of its own: none is ever part of the command.
  external: ['nx', '@nx/*'],
  plugins: [pageAssets, noSubprograms, pureRooms, pastDoors],
  logLevel: 'warning',
});

mkdirSync(join(out, 'chunks'), { recursive: true });
writeFileSync(join(out, 'package.json'), '{ "type": "commonjs" }\n');
const shipped = await Promise.all(
  outputFiles.map(async ({ path, text }) => ({ path, code: await toCommonJs(text) })),
);
// The command's first line names the build: what was compiled of another is not taken for it.
const digest = createHash('sha256');
for (const { code } of shipped) digest.update(code);
const mark = `/*build ${digest.digest('hex').slice(0, 16)}*/`;
for (const { path, code } of shipped)
  writeFileSync(path, basename(path) === 'lanewise.js' ? `${mark}${code}` : code);

// The new files stand before the old chunks go: a command that runs meanwhile finds what it needs.
const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of readdirSync(join(out, 'chunks'))) {
  if (!made.has(name)) rmSync(join(out, 'chunks', name));
}
for (const name of readdirSync(out)) {
  if (name.startsWith('compiled-')) rmSync(join(out, name));
}

// Graphviz comes compiled inside its package, whose own licence does not name it.
const graphviz =
  'Graphviz (EPL-2.0), inside @hpcc-js/wasm-graphviz. Its source: gitlab.com/graphviz/graphviz';
const notices = thirdPartyNotices(Object.keys(metafile.inputs), here);
const line = `\n\n${'-'.repeat(72)}\n\n`;
writeFileSync(join(out, 'THIRD-PARTY.txt'), `${[...notices, graphviz].join(line)}\n`);

// Types for scripts: these two files import nothing but each other.
for (const name of ['library', 'library-answers']) {
  const source = readFileSync(join(here, `src/${name}.ts`), 'utf8');
  const options = { fileName: `${name}.ts`, compilerOptions: { verbatimModuleSyntax: true } };
  writeFileSync(join(out, `${name}.d.ts`), ts.transpileDeclaration(source, options).outputText);
}

function argument(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}
