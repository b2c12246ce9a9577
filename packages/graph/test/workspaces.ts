import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));

export type Files = Readonly<Record<string, unknown>>;

export interface TemporaryWorkspace {
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A folder with the given files (objects are written as JSON), removed after the tests of the file. */
export function temporaryFolder(files: Files): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'lanewise-graph-')));
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** A real Nx workspace that borrows this repository's installed packages. */
export function nxWorkspace(files: Files, nxJson: Files = {}): TemporaryWorkspace {
  const root = temporaryFolder({
    'nx.json': { analytics: false, neverConnectToCloud: true, ...nxJson },
    'package.json': { name: 'acme', private: true, workspaces: ['packages/*'] },
    ...files,
  });
  symlinkSync(join(repositoryRoot, 'node_modules'), join(root, 'node_modules'), 'dir');
  return { root, environment: quietNx(root) };
}

export function quietNx(root: string): Readonly<Record<string, string | undefined>> {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    NX_DAEMON: 'false',
    NX_CACHE_DIRECTORY: join(root, '.nx/cache'),
    NX_WORKSPACE_DATA_DIRECTORY: join(root, '.nx/data'),
  };
}
