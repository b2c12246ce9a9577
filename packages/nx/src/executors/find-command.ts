import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The program of the `lanewise` command: the one that the workspace installed, else the one that
 * came with this plugin. Throws where neither is there.
 */
export function findCommand(workspaceRoot: string): string {
  const from = [join(workspaceRoot, 'package.json'), import.meta.url];
  for (const place of from) {
    const manifest = resolveManifest(place);
    if (manifest === null) continue;
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin?: Record<string, string> };
    const program =
      bin?.['lanewise'] === undefined ? null : join(dirname(manifest), bin['lanewise']);
    if (program !== null && existsSync(program)) return program;
  }
  throw new Error(
    "The package 'lanewise' is not installed: add it with 'npm install --save-dev lanewise'.",
  );
}

function resolveManifest(from: string): string | null {
  try {
    return createRequire(from).resolve('lanewise/package.json');
  } catch {
    return null;
  }
}
