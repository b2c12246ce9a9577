import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const bin = (name: string): string => join(root, 'node_modules', name);

interface Message {
  readonly ruleId: string | null;
  readonly message: string;
}

/** What the project's own lint says of a line of code, as if it stood in that file. */
function lint(file: string, code: string): readonly string[] {
  const run = spawnSync(
    process.execPath,
    [
      bin('eslint/bin/eslint.js'),
      '--stdin',
      '--stdin-filename',
      join(root, file),
      '--format',
      'json',
    ],
    { cwd: root, input: code, encoding: 'utf8' },
  );
  const [result] = JSON.parse(run.stdout) as { messages: Message[] }[];
  return (result?.messages ?? []).flatMap(({ ruleId }) => (ruleId === null ? [] : [ruleId]));
}

describe('the arrows between rooms', () => {
  beforeAll(() => {
    const graph = join(mkdtempSync(join(tmpdir(), 'lanewise-lint-')), 'graph.json');
    const env = { ...process.env, NX_DAEMON: 'false' };
    execFileSync(process.execPath, [bin('nx/dist/bin/nx.js'), 'graph', `--file=${graph}`], {
      cwd: root,
      env,
      stdio: 'pipe',
    });
  });

  it.each([
    ['packages/model/src/index.ts', '@lanewise/git'],
    ['packages/git/src/index.ts', '@lanewise/release'],
    ['packages/graph/src/index.ts', '@lanewise/git'],
    ['packages/manifests/src/index.ts', '@lanewise/graph'],
    ['packages/release/src/index.ts', '@lanewise/promotion'],
    ['packages/promotion/src/index.ts', '@lanewise/graph'],
    ['packages/release/src/index.ts', '@lanewise/testing'],
  ])('are refused by lint where they point up: %s to %s', (file, imported) => {
    expect(lint(file, `export * from '${imported}';\n`)).toContain('@nx/enforce-module-boundaries');
  });

  it.each([
    ['packages/git/src/index.ts', '@lanewise/model'],
    ['packages/promotion/src/index.ts', '@lanewise/release'],
    ['packages/git/test/some.test.ts', '@lanewise/testing'],
  ])('are accepted where they point down: %s to %s', (file, imported) => {
    expect(lint(file, `export * from '${imported}';\n`)).not.toContain(
      '@nx/enforce-module-boundaries',
    );
  });
});
