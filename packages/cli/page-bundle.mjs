// Makes the program and the style of the page that `lanewise graph --format html` writes, from the
// TypeScript of packages/graph/src/page/browser. Used by the build, and by tests that run sources.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { thirdPartyNotices } from './third-party.mjs';

const browser = fileURLToPath(new URL('../graph/src/page/browser/', import.meta.url));
const sources = /[\\/]cli[\\/]src[\\/]context[\\/]page-assets\.ts$/;

/** Gives `{ script, style }` as text; the script begins with the licences of what it carries. */
export async function bundlePage() {
  const { outputFiles, metafile } = await build({
    metafile: true,
    absWorkingDir: browser,
    entryPoints: { script: `${browser}main.ts`, style: `${browser}page.css` },
    outdir: browser,
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: ['chrome111', 'firefox113', 'safari16.4'],
    conditions: ['@lanewise/source'],
    // What stands in a page must not depend on how the page is read.
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'warning',
  });
  const textOf = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text;
  const notices = thirdPartyNotices(Object.keys(metafile.inputs), browser).join('\n\n');
  const script = `/*\n${notices}\n*/\n${textOf('script.js').trim()}`;
  return { script, style: textOf('style.css').trim() };
}

/** An esbuild plugin: the shipped command holds the page's assets instead of making them. */
export const pageAssets = {
  name: 'page-assets',
  setup({ onLoad }) {
    onLoad({ filter: sources }, async () => ({
      contents: `const assets = ${JSON.stringify(await bundlePage())};\nexport const pageAssets = async () => assets;`,
      loader: 'js',
    }));
  },
};
