import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findBlocked,
  judgePush,
  openCheckout,
  parseRefPattern,
  resolveIdentity,
  defaultCacheDirectory,
  type ChangedCommit,
} from '@lanewise/git';
import { parseRefName, type CommitId, type ObjectId, type RepoPath } from '@lanewise/model';
import { makeWorld, type Remote, type World } from '@lanewise/testing';

const main = parseRefName('refs/heads/main');
let world: World;
let remote: Remote;
beforeEach(() => {
  world = makeWorld();
  remote = world.makeRemote();
});
afterEach(() => world.dispose());

const strange = [
  'line\nbreak',
  'tab\there',
  'quo"te',
  'back\\slash',
  'ünï/cödé',
  ' lead',
  'trail ',
  ':colon',
  '-dash',
  "it's",
  '*',
  'a\rb',
];

describe('names that git must quote', () => {
  it('are read as they are: listed, looked up, compared, walked', async () => {
    const first = remote.commit({ plain: '' });
    const tip = remote.commit(Object.fromEntries(strange.map((name) => [name, name])));
    const repository = await world.open(remote);
    await repository.fetch({ refs: [main], depth: 'history' });
    const listed = (await repository.listFiles(tip)).map((entry) => entry.path as string);
    expect(listed.filter((name) => name !== 'plain').sort()).toEqual([...strange].sort());
    const entries = await repository.readEntries(
      strange.map((path) => ({ commit: tip, path: path as RepoPath })),
    );
    expect(entries.map((entry) => entry?.path)).toEqual(strange);
    expect(
      (await repository.diffTrees(first, tip)).map((change) => change.path as string).sort(),
    ).toEqual([...strange].sort());
    expect(
      (await repository.diffTrees(first, tip, ['*', ':colon'] as RepoPath[])).map(
        (change) => change.path,
      ),
    ).toEqual(['*', ':colon']);
    const commits: ChangedCommit[] = [];
    for await (const commit of repository.readHistory({
      tip,
      firstParent: true,
      paths: ['line\nbreak', '*'] as RepoPath[],
    }))
      commits.push(commit);
    expect(commits.map((commit) => commit.changes.map((change) => change.path).sort())).toEqual([
      ['*', 'line\nbreak'],
    ]);
  });

  it('are written as they are', async () => {
    const tip = remote.commit({ plain: '' });
    const repository = await world.open(remote);
    await repository.fetch({ refs: [main], depth: 'tip' });
    const edits = strange.map((path) => ({
      path: path as RepoPath,
      content: Buffer.from(path),
      mode: '100644' as const,
    }));
    const ids = await repository.write([
      {
        kind: 'commit',
        mark: 'c',
        parents: [tip],
        edits,
        message: 'data 5\ncommit x\n',
        author: { name: 'A <b> "c"\nfrom x', email: 'a@\n>b' },
        at: 1,
      },
    ]);
    const id = ids.get('c') as CommitId;
    expect((await repository.listFiles(id)).map((entry) => entry.path as string).sort()).toEqual(
      [...strange, 'plain'].sort(),
    );
    const commit = (await repository.readCommits([id])).get(id);
    expect(commit).toMatchObject({
      message: 'data 5\ncommit x\n',
      parents: [tip],
      author: { name: 'A b "c"from x', email: 'a@b' },
    });
  });
});

it('blobs of any bytes and sizes come back whole, in one batch', async () => {
  const blob = fc.oneof(
    fc.uint8Array({ maxLength: 50 }),
    fc
      .constantFrom(0, 1, 65_535, 65_536, 65_537, 200_000)
      .map((size) => new Uint8Array(size).fill(10)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(blob, { minLength: 1, maxLength: 30 }), async (contents) => {
      const files = Object.fromEntries(contents.map((content, index) => [`f${index}`, content]));
      const tip = remote.commit(files);
      const repository = await world.open(remote);
      await repository.fetch({ refs: [main], depth: 'tip' });
      const entries = await repository.readEntries(
        contents.map((_, index) => ({ commit: tip, path: `f${index}` as RepoPath })),
      );
      const blobs = await repository.readBlobs(entries.map((entry) => entry?.id as ObjectId));
      contents.forEach((content, index) =>
        expect(
          Buffer.from(blobs.get(entries[index]?.id as ObjectId) as Uint8Array).equals(content),
        ).toBe(true),
      );
      await repository.close();
    }),
    { seed: 20_260_102, numRuns: 12 },
  );
}, 30_000);

it('many names of one folder are what ls-tree says, for all commits that are asked at once', async () => {
  // Aa and BB, AaAa and BBBB have equal hashes; a name may be the beginning of another.
  const names = ['Aa', 'BB', 'AaAa', 'BBBB', 'AaBB', 'a', 'ab', 'a-b', 'a.b', 'ünï', '字', 'x y'];
  const file = fc.constantFrom('file', 'folder', 'none');
  const trees = fc.array(fc.tuple(...names.map(() => file)), { minLength: 1, maxLength: 6 });
  const repository = await world.open(remote);
  await fc.assert(
    fc.asyncProperty(trees, fc.boolean(), async (shapes, below) => {
      const folder = below ? 'deep/er/' : '';
      const tips = shapes.map((shape, number) =>
        remote.commit(
          Object.fromEntries([
            ['always', `${number % 2}`],
            ...['Aa', ...names].flatMap((name) => [[`${folder}${name}`, null] as const]),
            ...names.flatMap((name, index) => [
              ...(shape[index] === 'file' ? [[`${folder}${name}`, name] as const] : []),
              ...(shape[index] === 'folder' ? [[`${folder}${name}/x`, '1'] as const] : []),
            ]),
          ]),
        ),
      );
      await repository.fetch({ refs: [main], depth: 'history' });
      const looks = tips.flatMap((commit) =>
        [...names, 'nothing', 'Aa/x', 'Aa/y'].map((name) => ({
          commit,
          path: `${folder}${name}` as RepoPath,
        })),
      );
      const entries = await repository.readEntries(looks);
      for (const [index, { commit, path }] of looks.entries()) {
        const line = remote.git('ls-tree', '-z', commit, '--', `:(literal)${path}`);
        const found = /^(\d+) (\w+) ([0-9a-f]+)\t/.exec(line);
        const [, mode, type, id] = found ?? [];
        expect(entries[index]).toEqual(found === null ? undefined : { path, mode, type, id });
      }
    }),
    { seed: 20_261_121, numRuns: 6 },
  );
}, 60_000);

it('many files of one commit are looked up in one list', async () => {
  const names = Array.from({ length: 900 }, (_, index) => `apps/p${index}/values.yaml`);
  const tip = remote.commit(Object.fromEntries(names.map((name) => [name, name])));
  const commands: string[] = [];
  const repository = await world.open(remote, {
    onCommand: ({ args }) => commands.push(args[0] as string),
  });
  await repository.fetch({ refs: [main], depth: 'tip' });
  const asked = [...names, 'apps/none', 'apps/p1', 'apps/p1/values.yaml/x'];
  const entries = await repository.readEntries(
    asked.map((path) => ({ commit: tip, path: path as RepoPath })),
  );
  expect(
    entries
      .slice(0, 900)
      .every((entry, index) => entry?.path === names[index] && entry?.mode === '100644'),
  ).toBe(true);
  expect(entries.slice(900).map((entry) => entry?.type)).toEqual([undefined, 'tree', undefined]);
  expect(commands.filter((name) => name === 'ls-tree').length).toBe(1);
});

it('messages in other encodings, without end of line, or empty are read', async () => {
  const id = remote
    .git(
      'commit-tree',
      '-m',
      'x',
      remote.git('mktree').trim() || '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    )
    .trim();
  remote.setRef('refs/heads/main', id);
  const latin = world
    .git(
      remote.path,
      '-c',
      'i18n.commitEncoding=ISO-8859-1',
      'commit-tree',
      '-p',
      id,
      '-m',
      'caf\u00e9',
      `${id}^{tree}`,
    )
    .trim();
  remote.setRef('refs/heads/main', latin);
  const empty = remote.commit({}, '');
  const bare = remote.commit({ a: '1' }, 'no end');
  const repository = await world.open(remote);
  await repository.fetch({ refs: [main], depth: 'history' });
  const messages: string[] = [];
  for await (const commit of repository.readHistory({ tip: bare, firstParent: true }))
    messages.push(commit.message);
  expect(messages.slice(0, 2)).toEqual(['no end', '']);
  const read = await repository.readCommits([empty, bare]);
  expect([read.get(empty)?.message, read.get(bare)?.message]).toEqual(['', 'no end']);
});

it('ancestry is right where clocks went backwards, and stops at the fork', async () => {
  const old = Array.from({ length: 50 }, (_, index) =>
    remote.commit({ a: `${index}` }, `old ${index}`),
  );
  const base = old.at(-1) as CommitId;
  const child = remote.commit({ b: '1' }, 'child with a clock far behind', { at: 1_000_000 });
  const next = remote.commit({ b: '2' }, 'next');
  const side = remote.commit({ c: '1' }, 'side', { branch: 'side', parents: [base] });
  const repository = await world.open(remote);
  await repository.fetch({ refs: ['refs/heads/*'], depth: 'history' });
  const ancestry = await repository.readAncestry([base, child, next, side, old[10] as CommitId]);
  expect(
    [
      [next, child],
      [next, base],
      [child, base],
      [side, base],
      [base, old[10]],
    ].every(([newer, older]) => ancestry.contains(newer as CommitId, older as CommitId)),
  ).toBe(true);
  expect(
    [
      [child, next],
      [next, side],
      [side, child],
      [base, child],
    ].some(([newer, older]) => ancestry.contains(newer as CommitId, older as CommitId)),
  ).toBe(false);
});

describe('a checkout', () => {
  it('is described: root from a folder inside, HEAD, branch, remote, state of files', async () => {
    const tip = remote.commit({ 'apps/a': '1', 'old name': 'x' });
    const clone = world.clone(remote);
    const inside = await openCheckout(`${clone.root}/apps`, { environment: world.environment });
    expect(inside).toMatchObject({
      root: clone.root,
      head: tip,
      branch: 'main',
      remote: { name: 'origin', url: remote.url },
      shallow: false,
      partial: false,
      objectFormat: 'sha1',
    });
    expect(await inside.readStatus()).toEqual({
      head: tip,
      staged: [],
      changed: [],
      untracked: [],
    });
    clone.git('mv', 'old name', 'new\nname');
    clone.write({ 'apps/a': '2', 'deep/er/file': 'x' });
    expect(await inside.readStatus('again')).toEqual({
      head: tip,
      staged: ['new\nname', 'old name'],
      changed: ['apps/a'],
      untracked: ['deep/er/file'],
    });
    clone.git('checkout', '-q', '--detach');
    expect(await openCheckout(clone.root, { environment: world.environment })).toMatchObject({
      branch: null,
      head: tip,
    });
  });

  it('has no HEAD before its first commit, and says where there is no repository', async () => {
    world.git(world.directory, 'init', '-q', '-b', 'trunk', 'new');
    expect(
      await openCheckout(`${world.directory}/new`, { environment: world.environment }),
    ).toMatchObject({ head: null, branch: 'trunk', remote: null });
    for (const directory of [world.directory, `${world.directory}/none`, remote.path]) {
      await expect(
        openCheckout(directory, { environment: world.environment }),
      ).rejects.toMatchObject({
        code: 'NOT_A_REPOSITORY',
        hint: expect.stringContaining('-C DIR') as string,
      });
    }
  });

  it('takes the remote of its branch before origin', async () => {
    remote.commit({ a: '1' });
    const clone = world.clone(remote);
    clone.git('remote', 'add', 'upstream', '../other.git');
    clone.git('config', 'branch.main.remote', 'upstream');
    expect((await openCheckout(clone.root, { environment: world.environment })).remote).toEqual({
      name: 'upstream',
      url: `${world.directory}/other.git`,
    });
  });
});

describe('who writes', () => {
  const config = [
    { scope: 'global', key: 'user.name', value: 'Conf' },
    { scope: 'global', key: 'user.email', value: 'conf@example.com' },
  ];
  it.each([
    [
      { GIT_AUTHOR_NAME: 'Env', GIT_AUTHOR_EMAIL: 'env@example.com' },
      config,
      'Env <env@example.com>',
    ],
    [{ GITHUB_ACTOR: 'octo' }, config, 'Conf <conf@example.com>'],
    [{ GITHUB_ACTOR: 'octo' }, [], 'octo <octo@users.noreply.github.com>'],
    [
      { GITLAB_USER_NAME: 'Gita Lab', GITLAB_USER_EMAIL: 'g@example.com' },
      [],
      'Gita Lab <g@example.com>',
    ],
    [{}, [], 'lanewise <lanewise@localhost>'],
    [
      { GIT_AUTHOR_NAME: ' ', GIT_AUTHOR_EMAIL: 'x@example.com' },
      [],
      'lanewise <lanewise@localhost>',
    ],
  ])('%j', (environment, entries, expected) => {
    const { name, email } = resolveIdentity(environment, entries);
    expect(`${name} <${email}>`).toBe(expected);
  });
});

it('the cache stands where LANEWISE_CACHE says, else by XDG, else in the home', () => {
  expect(defaultCacheDirectory({ LANEWISE_CACHE: '/x', XDG_CACHE_HOME: '/y', HOME: '/h' })).toBe(
    '/x',
  );
  expect(defaultCacheDirectory({ XDG_CACHE_HOME: '/y', HOME: '/h' })).toBe('/y/lanewise');
  expect(defaultCacheDirectory({ XDG_CACHE_HOME: 'relative', HOME: '/h' })).toBe(
    '/h/.cache/lanewise',
  );
});

describe('a push is judged by the refs', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(40) as ObjectId) as [
    ObjectId,
    ObjectId,
    ObjectId,
  ];
  const tag = parseRefName('refs/tags/t');
  const updates = [
    { ref: main, expected: a, to: b },
    { ref: tag, expected: null, to: b },
  ];
  const judge = (refs: readonly (readonly [typeof main, ObjectId])[], contains = false) =>
    judgePush(updates, new Map(refs), () => contains).kind;
  it('all as wanted: published; all as expected: unchanged; anything else: moved', () => {
    expect(
      judge([
        [main, b],
        [tag, b],
      ]),
    ).toBe('published');
    expect(judge([[main, a]])).toBe('unchanged');
    expect(judge([[main, b]])).toBe('moved');
    expect(judge([[main, c]])).toBe('moved');
    expect(
      judge([
        [main, a],
        [tag, c],
      ]),
    ).toBe('moved');
    expect(judge([])).toBe('moved');
    expect(
      judge(
        [
          [main, c],
          [tag, b],
        ],
        true,
      ),
    ).toBe('published');
    expect(judge([[main, c]], true)).toBe('moved');
  });
  it('a ref that is deleted by the same push blocks nothing', () => {
    const old = parseRefName('refs/tags/prod');
    const below = parseRefName('refs/tags/prod/x');
    const create = { ref: below, expected: null, to: a };
    expect(findBlocked([create], [old])).toEqual([{ ref: below, by: old }]);
    expect(findBlocked([create, { ref: old, expected: a, to: null }], [old])).toEqual([]);
  });
});

it.each([
  'refs/heads/ma in',
  'main',
  '-x',
  'refs/',
  'refs/tags/a..*',
  'refs/tags/**',
  'heads/*',
  'refs/tags/x.lock',
  '*',
])('%j is or is no pattern of refs', (text) => {
  if (text === 'refs/') expect(parseRefPattern(text)).toEqual({ kind: 'prefix', prefix: 'refs/' });
  else expect(() => parseRefPattern(text)).toThrowError(/./);
});
