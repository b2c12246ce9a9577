import { execFileSync, spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtCommand, makeWorld, type Clone, type Remote, type World } from '@lanewise/testing';
import type { Said } from './sample.js';

const program = builtCommand();

const config = `products:
  each:
    api: { root: apps/api, dependsOn: [core] }
    docs: { root: apps/docs }
projects:
  core: { root: libs/core, dependsOn: [ring] }
  ring: { root: libs/ring, dependsOn: [core] }
environments: {}
`;

describe('a repository in a bad state, by the built command', () => {
  let world: World;
  let remote: Remote;
  let clone: Clone;
  beforeEach(() => {
    world = makeWorld();
    remote = world.makeRemote();
    remote.commit({
      'lanewise.yaml': config,
      'apps/api/main.go': '1',
      'apps/docs/index.md': '1',
      'libs/core/a': '1',
      'libs/ring/a': '1',
    });
    clone = world.clone(remote);
  });
  afterEach(() => world.dispose());

  const run = (args: readonly string[], where = clone, options = ''): Said => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [...options.split(' ').filter(Boolean), program, ...args],
      {
        cwd: where.root,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        env: { ...world.environment, LANEWISE_CACHE: world.cacheDirectory, NO_COLOR: '1' },
      },
    );
    expect(stderr).not.toMatch(/unforeseen|^ {4}at /m);
    return { exitCode: status ?? -1, stdout, stderr };
  };
  /** Both streams and the exit code of a command; ids and the place on disk are named. */
  const transcript = (args: readonly string[], where = clone): string => {
    const { exitCode, stdout, stderr } = run(args, where);
    const text = `$ lanewise ${args.join(' ')}\n${stderr.replace(/^(?=.)/gm, '! ')}${stdout}exit code ${exitCode}\n`;
    return text
      .replaceAll(world.directory, '<world>')
      .replace(/\b[0-9a-f]{40}\b/g, '<id>')
      .replace(/\b[0-9a-f]{8}\b/g, '<commit>');
  };
  const update = (): void => {
    clone.git('pull', '-q', '--ff-only');
  };
  const first = (): void => {
    expect(run(['release', 'api', 'docs', '--first'])).toMatchObject({ exitCode: 0 });
  };
  const affected = (where = clone): readonly string[] => {
    const { exitCode, stdout, stderr } = run(['affected', '--format', 'names'], where);
    expect(exitCode, stderr).toBe(0);
    return stdout.split('\n').filter(Boolean);
  };
  /** Each affected product with how many files changed, and how many are shown. */
  const changed = (stdout: string): readonly unknown[] => {
    const { plan } = JSON.parse(stdout) as {
      plan: {
        entries: {
          product: string;
          reasons?: { files: { count: number; shown: unknown[] } }[];
        }[];
      };
    };
    return plan.entries.flatMap(({ product, reasons = [] }) =>
      reasons.map(({ files }) => [product, files.count, files.shown.length]),
    );
  };
  const tags = (): readonly string[] =>
    [...remote.refs()].flatMap(([ref]) => (/^refs\/tags\/|lanewise/.test(ref) ? [ref] : [])).sort();

  it('projects in a circle: a change of one affects whoever is built from another', () => {
    first();
    expect(affected()).toEqual([]);
    remote.commit({ 'libs/ring/a': '2' });
    update();
    expect(affected()).toEqual(['api']);
    expect(transcript(['affected', '--explain'])).toMatchSnapshot();
    expect(run(['verify']).stdout).toMatch(/circle: core → ring → core|circle: ring → core → ring/);
  });

  it('a deleted tag: the release before it is the base again', () => {
    first();
    remote.commit({ 'apps/docs/index.md': '2' });
    update();
    expect(run(['release']).exitCode).toBe(0);
    expect(affected()).toEqual([]);
    remote.setRef('refs/tags/docs@1.0.1', null);
    expect(affected()).toEqual(['docs']);
    expect(transcript(['why', 'docs'])).toMatchSnapshot();
  });

  it('a moved tag is no release: it is named, and nothing is made of it', () => {
    first();
    const head = remote.commit({ 'apps/docs/index.md': '2' });
    update();
    remote.setRef('refs/tags/docs@1.0.0', head);
    remote.setRef('refs/tags/docs@1.0.1', remote.refs().get('refs/tags/api@1.0.0') ?? '');
    const before = tags();
    const said = run(['verify']);
    expect(said.stdout + said.stderr).toContain('docs@1.0.1');
    expect(transcript(['release'])).toMatchSnapshot();
    expect(tags()).toEqual(before);
  });

  it('rewritten history: the product is held, the others go on, and a base can be named', () => {
    first();
    const lost = remote.commit({ 'apps/docs/index.md': '2' });
    update();
    expect(run(['release']).exitCode).toBe(0);
    const root = remote.git('rev-list', '--max-parents=0', lost).trim();
    remote.setRef('refs/heads/main', root);
    remote.commit({ 'apps/api/main.go': '2' });
    clone.git('fetch', '-q');
    clone.git('reset', '-q', '--hard', 'origin/main');
    const said = transcript(['release']);
    expect(said).toMatchSnapshot();
    expect(said).toContain('--accept-base docs@1.0.1');
    expect(tags()).toContain('refs/tags/api@1.0.1');
    expect(tags().filter((ref) => ref.includes('docs@'))).toHaveLength(2);
    expect(run(['release', 'docs', '--accept-base', 'docs@1.0.1']).exitCode).toBe(0);
  });

  it('a shallow clone of any depth gives the answer of a whole one', () => {
    first();
    for (const number of [2, 3, 4, 5]) {
      remote.commit({
        'apps/docs/index.md': number === 5 ? '1' : String(number),
        noise: `${number}`,
      });
    }
    remote.commit({ 'libs/core/a': '2' });
    update();
    expect(affected()).toEqual(['api']);
    for (let depth = 1; depth <= 6; depth += 1) {
      const args = [`--depth=${depth}`, '--no-tags'];
      const shallow = world.clone(remote, { name: `shallow-${depth}`, args });
      expect([depth, affected(shallow)]).toEqual([depth, ['api']]);
    }
    const local = world.clone(remote, { name: 'local', args: ['--depth=1', '--no-tags'] });
    expect(transcript(['affected'], local)).toMatchSnapshot();
    const blobless = world.clone(remote, { name: 'treeless', args: ['--filter=tree:0'] });
    expect(affected(blobless)).toEqual(['api']);
  });

  it('names with line breaks, quotes and bytes that are no text are compared and shown on one line', () => {
    first();
    const stream = (content: string): string =>
      [
        'commit refs/heads/main',
        'committer Dev <dev@example.com> 1767300000 +0000',
        'data 1\nx',
        `from ${remote.git('rev-parse', 'main').trim()}`,
        ...['line\\nbreak', '\\"quoted\\"', 'bytes-\\377', 'bytes-\\376', 'esc-\\033[31m'].map(
          (name) => `M 644 inline "apps/docs/${name}"\ndata ${content.length}\n${content}`,
        ),
        '',
      ].join('\n');
    const write = (content: string): void => {
      execFileSync('git', ['-C', remote.path, 'fast-import', '--quiet'], {
        input: stream(content),
        env: world.environment,
      });
      update();
    };
    write('1');
    expect(transcript(['affected', '--explain'])).toMatchSnapshot();
    expect(changed(run(['affected', '--json']).stdout)).toMatchObject([['docs', 5, 5]]);
    for (const args of [['affected'], ['why', 'docs'], ['affected', '--explain']]) {
      const { stdout, exitCode } = run(args);
      expect(exitCode, args.join(' ')).toBe(0);
      expect(stdout, args.join(' ')).not.toMatch(/line\nbreak/);
      expect(stdout.includes('\u001b'), args.join(' ')).toBe(false);
    }
    expect(run(['release']).exitCode).toBe(0);
    expect(affected()).toEqual([]);
    // One of two names that look alike is renamed to the other's content: that is a change.
    execFileSync('git', ['-C', remote.path, 'fast-import', '--quiet'], {
      input: `commit refs/heads/main\ncommitter Dev <dev@example.com> 1767300100 +0000\ndata 1\nx\nfrom ${remote.git('rev-parse', 'main').trim()}\nD "apps/docs/bytes-\\377"\nM 644 inline "apps/docs/bytes-\\375"\ndata 1\n1\n`,
      env: world.environment,
    });
    update();
    expect(affected()).toEqual(['docs']);
  });

  it('a lockfile that does not parse counts as a whole, and says so', () => {
    remote.commit({
      'apps/api/package.json': '{"dependencies":{"a":"1"}}',
      'package-lock.json':
        '{"lockfileVersion":3,"packages":{"":{},"apps/api":{"dependencies":{"a":"1"}},"node_modules/a":{"version":"1.0.0"}}}',
    });
    update();
    first();
    remote.commit({ 'package-lock.json': '<<<<<<< ours\n{' });
    update();
    const said = run(['affected']);
    expect(said).toMatchObject({ exitCode: 0 });
    expect(said.stdout).toContain('package-lock.json');
    expect(said.stdout).toMatch(/counts as a whole|is no JSON/);
    expect(transcript(['affected', '--explain'])).toMatchSnapshot();
    expect(run(['release']).exitCode).toBe(0);
    expect(affected()).toEqual([]);
  });

  it('100,000 changed files are counted in bounded memory, and only the first are shown', () => {
    first();
    const parts = [
      `commit refs/heads/main\ncommitter Dev <dev@example.com> 1767300000 +0000\ndata 1\nx\nfrom ${remote.git('rev-parse', 'main').trim()}\n`,
    ];
    for (let index = 0; index < 100_000; index += 1)
      parts.push(`M 644 inline libs/core/${index % 500}/${index}\ndata 1\n1\n`);
    execFileSync('git', ['-C', remote.path, 'fast-import', '--quiet'], {
      input: parts.join(''),
      env: world.environment,
    });
    clone.git('fetch', '-q');
    clone.git('update-ref', 'HEAD', 'origin/main');
    const said = run(['affected', '--json'], clone, '--max-old-space-size=256');
    expect(said.exitCode, said.stderr).toBe(0);
    expect(changed(said.stdout)).toEqual([['api', 100_000, 20]]);
    expect(transcript(['affected', '--explain'])).toMatchSnapshot();
  });
});
