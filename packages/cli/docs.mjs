// Writes docs/commands and schemas/config.json from the command itself.   node packages/cli/docs.mjs
import { build } from 'esbuild';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
mkdirSync(join(here, 'dist'), { recursive: true });
const made = mkdtempSync(join(here, 'dist/docs-'));
try {
  await build({
    entryPoints: [join(here, 'src/docs/pages.ts')],
    outfile: join(made, 'pages.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@lanewise/source'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const { generatedFiles } = await import(pathToFileURL(join(made, 'pages.mjs')).href);
  for (const [path, text] of await generatedFiles()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
} finally {
  rmSync(made, { recursive: true, force: true });
}
