// Chunks are split as ECMAScript modules, which is what esbuild can split, and shipped as CommonJS:
// Node loads fifty of them in half the time, and lets their compiled code be kept (bin/compiled-code.js).
import { transform } from 'esbuild';

/** The same module as CommonJS: `import()` of a chunk loads it when it is asked for, as before. */
export async function toCommonJs(code) {
  const made = await transform(code, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__url' },
    minifySyntax: true,
    minifyWhitespace: true,
  });
  const url = "const __url=require('node:url').pathToFileURL(__filename).href;";
  return `"use strict";${made.code.includes('__url') ? url : ''}${made.code}`;
}
