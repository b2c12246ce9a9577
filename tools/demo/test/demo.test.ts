import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDemo } from '../demo.mjs';

interface Shown {
  readonly shown: string;
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Demo {
  readonly steps: Readonly<Record<string, readonly Shown[]>>;
  readonly world: {
    readonly gitops: string;
    readonly workspace: string;
    readonly env: NodeJS.ProcessEnv;
  };
}

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'lanewise-demo-test-')));
let demo: Demo;

/** What a command of a step printed on standard output. */
function said(step: string, command: string): string {
  const found = demo.steps[step]?.find(({ shown }) => shown.startsWith(command));
  if (found === undefined) throw new Error(`The demo has no '${command}' in '${step}'.`);
  return found.stdout;
}

function git(where: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: where, env: demo.world.env, encoding: 'utf8' });
}

describe('the demo', () => {
  beforeAll(() => {
    demo = runDemo(directory, () => undefined) as unknown as Demo;
  }, 240_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('finds exactly the products that are built from the changed library, and says the path', () => {
    const affected = said('affected', 'lanewise affected');
    for (const product of ['api', 'billing', 'worker'])
      expect(affected).toMatch(new RegExp(`^${product} `, 'm'));
    expect(affected).not.toMatch(/^(docs|web) /m);
    expect(said('affected', 'lanewise why')).toContain('@acme/billing → @acme/logging');
  });

  it('releases each of them with a tag of its own, and the others not', () => {
    const tags = git(demo.world.workspace, 'ls-remote', '--tags', '--refs', 'origin');
    const names = tags.split('\n').flatMap((line) => line.split('refs/tags/')[1] ?? []);
    expect(names.filter((name) => name.endsWith('@1.0.1') && !name.includes('/')).sort()).toEqual([
      'api@1.0.1',
      'billing@1.0.1',
      'worker@1.0.1',
    ]);
    expect(git(demo.world.workspace, 'ls-remote', 'origin', 'refs/lanewise/reserved/*')).toBe('');
  });

  it('does nothing the second time', () => {
    expect(said('nothing', 'lanewise release')).toContain('Nothing to release');
  });

  it('changes one line of the promoted product in prod, and no file of another', () => {
    expect(said('diff', 'git diff --stat').trim().split('\n')).toEqual([
      expect.stringMatching(/^ ?apps\/prod\/api\/values\.yaml +\| 2 \+-$/),
      expect.stringContaining('1 file changed, 1 insertion(+), 1 deletion(-)'),
    ]);
    const lines = said('diff', 'git diff --unified')
      .split('\n')
      .filter((line) => /^[+-] /.test(line));
    expect(lines).toEqual([
      '-    tag: "1.0.0"                                # the only value Lanewise writes',
      '+    tag: "1.0.1"                                # the only value Lanewise writes',
    ]);
  });

  it('changed nothing but pinned values from its beginning to its end', () => {
    git(demo.world.gitops, 'pull', '--quiet');
    const first = git(demo.world.gitops, 'rev-list', '--max-parents=0', 'HEAD').trim();
    const changed = git(demo.world.gitops, 'diff', '--unified=0', first, 'HEAD', '--', 'apps');
    const values = changed.split('\n').filter((line) => /^[+-] /.test(line));
    for (const line of values)
      expect(line).toMatch(/^[+-] +(tag: "1\.0\.[01]"|newTag: 1\.0\.[01])/);
  });

  it('keeps a release that was rolled back out, whoever asks again', () => {
    expect(said('rerun', 'lanewise promote --ready')).not.toContain('landed');
    const again = demo.steps['rerun']?.find(({ shown }) => shown.includes('--tag'));
    expect([again?.status, again?.stdout]).toEqual([3, expect.stringContaining('taken back')]);
    expect(git(demo.world.gitops, 'show', 'HEAD:apps/prod/api/values.yaml')).toContain(
      'tag: "1.0.0"',
    );
  });

  it('tells the history from Git alone', () => {
    const history = said('history', 'lanewise history');
    expect(history).toContain('prod');
    expect(history).toContain('1.0.1');
  });
});
