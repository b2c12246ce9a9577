import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGitHttpServer, type GitHttpServer } from '@lanewise/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildBinary, type Binary, type Ended } from '../src/binary.js';
import { makeEstate, told, valuesText, type Estate } from '../src/estate.js';

let binary: Binary;
let estate: Estate;
beforeAll(async () => {
  binary = buildBinary();
  estate = makeEstate(binary, { layout: 'own' });
  await estate.succeed('release', 'docs', 'mail', 'shop', '--first');
  estate.keep();
});
beforeEach(() => {
  estate.restore();
});
afterAll(async () => {
  await estate.dispose();
});

function changeDocs(): string {
  const commit = estate.change({ 'apps/docs/main.txt': 'more\n' }, 'fix: more');
  estate.checkout();
  return commit;
}

const promoteDocs = ['promote', 'docs@1.0.0', '--to', 'prod'];

/** The command ends with the code, says it in one paragraph without inner workings, and wrote nothing. */
async function refused(
  code: number,
  words: readonly RegExp[],
  args: readonly string[],
  environment: Readonly<Record<string, string>> = estate.environment,
): Promise<Ended> {
  const refs = estate.refs();
  const ended = await estate.runIn(environment, ...args);
  const text = told(ended);
  expect(ended.code, text).toBe(code);
  for (const word of words) expect(text).toMatch(word);
  if (!args.includes('--verbose')) expect(text).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)/m);
  expect(text).toMatch(/^(?:hint|error): /m);
  expect(ended.stderr.match(/^error: /gm)?.length ?? 0).toBeLessThanOrEqual(1);
  expect(estate.refs()).toBe(refs);
  return ended;
}

describe('goes on, and says so', () => {
  it('in a shallow clone without tags', async () => {
    changeDocs();
    const clone = estate.world.clone(estate.mono, { args: ['--depth', '1', '--no-tags'] });
    const ended = await binary.run(clone.root, estate.environment, ['release']);
    expect(ended.code, told(ended)).toBe(0);
    expect(ended.stderr).toMatch(/shallow|deepened/i);
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.1', '1.0.1']);
    expect(estate.pins('dev', 'shop')).toEqual(['1.0.0', '1.0.0']);
  });

  it('with a detached HEAD on a release branch', async () => {
    changeDocs();
    estate.clone.git('checkout', '-q', '--detach');
    await estate.succeed('release');
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.1', '1.0.1']);
  });

  it('with a lightweight environment tag', async () => {
    estate.mono.tag('prod/docs@1.0.0', 'docs@1.0.0^{commit}');
    await estate.succeed('promote', '--tag', 'prod/docs@1.0.0');
    expect(estate.pins('prod', 'docs')).toEqual(['1.0.0', '1.0.0']);
  });

  it('with a cache that cannot be written', async () => {
    const file = join(estate.world.directory, 'a-file');
    writeFileSync(file, '');
    const environment = { ...estate.environment, LANEWISE_CACHE: join(file, 'cache') };
    const ended = await estate.runIn(environment, ...promoteDocs);
    expect(ended.code, told(ended)).toBe(0);
    expect(ended.stderr).toMatch(/cache/i);
    expect(estate.pins('prod', 'docs')).toEqual(['1.0.0', '1.0.0']);
  });

  it.each(['truncated', 'overwritten', 'emptied'] as const)(
    'with a cache that was %s',
    async (how) => {
      changeDocs();
      for (const file of filesBelow(estate.world.cacheDirectory)) damage(file, how);
      await estate.succeed('release');
      await estate.succeed(...promoteDocs);
      expect(estate.pins('dev', 'docs')).toEqual(['1.0.1', '1.0.1']);
      expect(estate.pins('prod', 'docs')).toEqual(['1.0.0', '1.0.0']);
    },
  );
});

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

function damage(file: string, how: 'truncated' | 'overwritten' | 'emptied'): void {
  if (how === 'emptied') rmSync(file);
  else if (how === 'overwritten') writeFileSync(file, 'nonsense\n');
  else truncateSync(file, Math.floor(statSync(file).size / 2));
}

describe('over a network', () => {
  let server: GitHttpServer;
  const credentials = { username: 'ci', password: 's3cret-token' };
  const overHttp = async (
    options: Parameters<typeof startGitHttpServer>[1] = {},
  ): Promise<void> => {
    server = await startGitHttpServer(estate.world, options);
    for (const remote of [estate.mono, estate.deploy]) remote.config('http.receivepack', 'true');
    const config = estate.mono
      .read('lanewise.yaml')
      .replace(estate.deploy.url, server.url(estate.deploy));
    estate.change({ 'lanewise.yaml': config, 'apps/docs/main.txt': 'more\n' }, 'fix: more');
    estate.checkout();
    estate.clone.git('remote', 'set-url', 'origin', server.url(estate.mono));
  };
  afterEach(() => server.close());

  it.each(['cut-before-receive', 'cut-after-receive'] as const)(
    'that breaks off in the middle of each push (%s) a release lands once',
    async (kind) => {
      await overHttp();
      server.fault = { kind, times: 2 };
      const ended = await estate.run('release');
      expect(ended.code, told(ended)).toBe(0);
      expect(server.fault).toEqual({ kind: 'none' });
      expect(estate.pins('dev', 'docs')).toEqual(['1.0.1', '1.0.1']);
      const landed = estate.deploy.git('log', '--format=%s', '--', 'deploy/dev/docs/values.yaml');
      expect(landed.trim().split('\n')).toHaveLength(3);
      expect(estate.mono.git('for-each-ref', 'refs/lanewise')).toBe('');
    },
  );

  it('that breaks off every push the error says so, and a rerun completes', async () => {
    await overHttp();
    server.fault = { kind: 'cut-before-receive', times: 1000 };
    await refused(1, [/127\.0\.0\.1/], ['release']);
    server.fault = { kind: 'none' };
    await estate.succeed('release');
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.1', '1.0.1']);
  });

  it('without credentials it is refused, and with wrong ones no secret is shown', async () => {
    await overHttp({ credentials });
    await refused(1, [/credential/i], ['release']);
    const wrong = server.url(estate.mono).replace('http://', 'http://ci:wr0ng-token@');
    estate.clone.git('remote', 'set-url', 'origin', wrong);
    const ended = await refused(1, [/credential/i], ['release', '--verbose']);
    expect(told(ended)).not.toContain('wr0ng');
  });

  it('with a token that may only read', async () => {
    await overHttp();
    server.readOnly = true;
    const ended = await refused(1, [/127\.0\.0\.1/], ['release']);
    expect(told(ended)).toMatch(/right|permission|credential|refuse|403/i);
  });

  it('that is not there', async () => {
    await overHttp();
    await server.close();
    await refused(1, [/127\.0\.0\.1/, /reach|connect/i], ['release']);
    await refused(1, [/127\.0\.0\.1/, /reach|connect/i], promoteDocs);
    server = await startGitHttpServer(estate.world);
  });
});

describe('a remote that takes no push', () => {
  it('of a protected GitOps branch', async () => {
    estate.deploy.hook(
      'update',
      'test "$1" != refs/heads/main || { echo "branch is protected" >&2; exit 1; }',
    );
    await refused(1, [/protected/, /main/], promoteDocs);
    changeDocs();
    const release = await estate.run('release');
    expect(release.code, told(release)).toBe(1);
    expect(told(release)).toMatch(/protected/);
    // What was published stays published, and lands as soon as the branch takes it.
    estate.deploy.hook('update', 'exit 0');
    await estate.succeed('release');
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.1', '1.0.1']);
    expect(estate.pins('staging', 'docs')).toEqual(['1.0.1', '1.0.1']);
  });

  it('of release tags', async () => {
    changeDocs();
    estate.mono.hook(
      'update',
      'case "$1" in refs/tags/*) echo "tags are protected" >&2; exit 1;; esac',
    );
    const ended = await estate.run('release');
    expect(ended.code, told(ended)).toBe(1);
    expect(told(ended)).toMatch(/tags are protected/);
    expect(estate.mono.git('tag', '--list', 'docs@1.0.1')).toBe('');
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.0', '1.0.0']);
    estate.mono.hook('update', 'exit 0');
    await estate.succeed('release');
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.1', '1.0.1']);
    expect(estate.mono.git('for-each-ref', 'refs/lanewise')).toBe('');
  });

  it('because a tag prod stands in the way of prod/…', async () => {
    estate.mono.setRef('refs/tags/prod', estate.mono.git('rev-parse', 'main').trim());
    await refused(1, [/prod/, /docs@1\.0\.0/], promoteDocs);
  });

  it('for a record only: the promotion lands, and that is said', async () => {
    const tip = estate.mono.git('rev-parse', 'main').trim();
    estate.mono.setRef('refs/tags/prod/docs@1.0.0/x', tip);
    const ended = await estate.succeed(...promoteDocs);
    expect(ended.stderr).toMatch(/prod\/docs@1\.0\.0\/x/);
    expect(estate.pins('prod', 'docs')).toEqual(['1.0.0', '1.0.0']);
  });
});

describe('a disk that is full', () => {
  const small = (): string => join(estate.world.directory, 'small');
  const mounted = canMount();
  it.skipIf(!mounted)('is named, and nothing is written', async () => {
    mkdirSync(small());
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small()]);
    try {
      execFileSync('sh', ['-c', `head -c 200k /dev/urandom > ${small()}/filler`]);
      const environment = {
        ...estate.environment,
        LANEWISE_CACHE: join(small(), 'cache'),
        TMPDIR: small(),
      };
      changeDocs();
      await refused(1, [/disk|space/i], ['release'], environment);
      await refused(1, [/disk|space/i], promoteDocs, environment);
    } finally {
      execFileSync('umount', ['-l', small()]);
    }
  });
});

/** Only root may mount; where it is not, the test shows as skipped. */
function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'lanewise-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}

describe('what is forged decides nothing', () => {
  const recordOf = (tag: string): string =>
    estate.mono.git('for-each-ref', '--format=%(contents)', `refs/tags/${tag}`);

  it('a record under another name', async () => {
    estate.mono.tag('docs@9.9.9', 'main', recordOf('docs@1.0.0'));
    await refused(1, [/docs@9\.9\.9/], ['promote', 'docs@9.9.9', '--to', 'prod']);
    const refs = estate.refs();
    await estate.succeed('promote', '--ready');
    await estate.succeed('release');
    expect(estate.refs()).toBe(refs);
  });

  it("a release's tag moved to another commit", async () => {
    const other = changeDocs();
    estate.mono.tag('docs@1.0.0', other, recordOf('docs@1.0.0'));
    await refused(1, [/docs/, /1\.0\.0/], promoteDocs);
    const moved = await estate.run('promote', '--ready');
    expect(moved.code, told(moved)).toBe(0);
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.0', '1.0.0']);
  });

  it('a record or trailers in commit messages', async () => {
    const record = recordOf('docs@1.0.0');
    estate.change({ 'README.md': '# more\n' }, `docs: more\n\n${record}`);
    estate.deploy.commit(
      { 'deploy/prod/docs/values.yaml': `${valuesText('prod', 'docs', '')}# more\n` },
      'more\n\nLanewise-Product: docs\nLanewise-Environment: prod\nLanewise-To: 1.0.0\nLanewise-Origin: name\n',
    );
    estate.checkout();
    const refs = estate.refs();
    await estate.succeed('release');
    await estate.succeed('promote', '--ready');
    expect(estate.refs()).toBe(refs);
    await estate.succeed(...promoteDocs);
    expect(estate.pins('prod', 'docs')).toEqual(['1.0.0', '1.0.0']);
  });

  it('an environment tag on a commit that was never released', async () => {
    estate.mono.tag('prod/docs@1.0.0', changeDocs());
    await refused(1, [/prod\/docs@1\.0\.0|1\.0\.0/], ['promote', '--tag', 'prod/docs@1.0.0']);
    await estate.succeed('promote', '--ready');
    expect(estate.pins('prod', 'docs')).toEqual(['', '']);
  });
});

describe('a place where nothing may be released', () => {
  it('has no release tags at all: adopt is named', async () => {
    const fresh = makeEstate(binary, { layout: 'own' });
    try {
      const refs = fresh.refs();
      const promoted = await fresh.run('promote', 'docs', '--to', 'prod');
      expect(promoted.code, told(promoted)).toBe(1);
      expect(told(promoted)).toContain('lanewise adopt');
      const released = await fresh.run('release');
      expect(told(released)).toMatch(/lanewise adopt|--first/);
      expect(fresh.refs()).toBe(refs);
    } finally {
      await fresh.dispose();
    }
  });

  it('is a commit on no release branch', async () => {
    estate.mono.commit({ 'apps/docs/main.txt': 'x\n' }, 'fix: x', {
      branch: 'feature',
      parents: [estate.mono.git('rev-parse', 'main').trim()],
    });
    estate.clone.git('fetch', '-q', 'origin');
    estate.clone.git('checkout', '-q', '--detach', 'origin/feature');
    await refused(1, [/release branch|main/], ['release']);
  });

  it('is a commit that was never pushed', async () => {
    estate.clone.write({ 'apps/docs/main.txt': 'x\n' });
    estate.clone.git('commit', '-q', '-a', '-m', 'fix: x');
    await refused(1, [/push|release branch|main/], ['release']);
  });

  it('is a dirty tree', async () => {
    changeDocs();
    estate.clone.write({ 'apps/mail/main.txt': 'x\n' });
    await refused(1, [/apps\/mail\/main\.txt/], ['release']);
  });
});

describe('a manifest that cannot be written safely', () => {
  it.each([
    ['the pin is not there', 'memory: 1\n', /image/],
    [
      'the key is there twice',
      'image: { tag: "" }\nimage: { tag: "" }\n',
      /image|twice|duplicate/i,
    ],
    ['it is a Helm template and no YAML', 'image:\n  tag: {{ .Values.tag }}\n', /template|YAML/],
    ['the value is an alias', 'a: &a "1"\nimage: { tag: *a }\n', /alias/i],
    ['it is empty', '', /empty/],
  ])('%s', async (_, content, word) => {
    estate.deploy.commit({ 'deploy/prod/docs/values.yaml': content }, 'by hand');
    await refused(1, [word, /deploy\/prod\/docs\/values\.yaml/], promoteDocs);
  });
});
