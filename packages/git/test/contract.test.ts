import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommitDraft, Identity, Repository } from '@lanewise/git';
import {
  parseCommitId,
  parseRefName,
  parseRepoPath,
  type CommitId,
  type ObjectId,
} from '@lanewise/model';
import {
  hashObject,
  makeMemoryRemote,
  makeWorld,
  startGitHttpServer,
  type Remote,
} from '@lanewise/testing';

type AnyRemote = Pick<Remote, 'commit' | 'tag' | 'refs' | 'setRef' | 'files' | 'log'>;

/** One adapter of the port: a remote to arrange, and repositories on it. */
interface Bench {
  readonly remote: AnyRemote;
  open(): Promise<Repository>;
  /** Makes the remote refuse pushes of a ref. */
  protect(ref: string): void;
  dispose(): Promise<void>;
}

function makeFileBench(): Promise<Bench> {
  const world = makeWorld();
  const remote = world.makeRemote();
  let opened = 0;
  return Promise.resolve({
    remote,
    // Each run its own cache, as on two machines.
    open: () => world.open(remote, { cacheDirectory: `${world.cacheDirectory}-${(opened += 1)}` }),
    protect: (ref) =>
      remote.hook(
        'pre-receive',
        `while read old new ref; do if [ "$ref" = "${ref}" ]; then echo "${ref} is protected" >&2; exit 1; fi; done`,
      ),
    dispose: world.dispose,
  });
}

async function makeHttpBench(): Promise<Bench> {
  const world = makeWorld();
  const remote = world.makeRemote();
  const credentials = { username: 'ci', password: 'hunter2' };
  const server = await startGitHttpServer(world, { credentials });
  let opened = 0;
  return {
    remote,
    open: () =>
      world.open(server.url(remote), {
        token: 'ci:hunter2',
        cacheDirectory: `${world.cacheDirectory}-${(opened += 1)}`,
      }),
    protect: (ref) =>
      remote.hook(
        'pre-receive',
        `while read old new ref; do if [ "$ref" = "${ref}" ]; then echo "${ref} is protected" >&2; exit 1; fi; done`,
      ),
    dispose: async () => {
      await world.dispose();
      await server.close();
    },
  };
}

function makeMemoryBench(): Promise<Bench> {
  const remote = makeMemoryRemote();
  return Promise.resolve({
    remote,
    open: () => Promise.resolve(remote.open()),
    protect: (ref) => {
      remote.refuses = (pushed) => (pushed === ref ? `${ref} is protected` : null);
    },
    dispose: () => Promise.resolve(),
  });
}

const dev: Identity = { name: 'Dev Öz', email: 'dev@example.com' };
const main = parseRefName('refs/heads/main');
const path = parseRepoPath;
const bytes = (text: string) => Buffer.from(text);

function draft(
  mark: string,
  parents: CommitDraft['parents'],
  files: Readonly<Record<string, string | null>>,
): CommitDraft {
  const edits = Object.entries(files).map(([name, content]) => ({
    path: path(name),
    content: content === null ? null : bytes(content),
    mode: '100644' as const,
  }));
  return {
    kind: 'commit',
    mark,
    parents,
    edits,
    message: `write ${mark}\n\nbody\n`,
    author: dev,
    at: 1_767_230_000,
  };
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe.each([
  ['real git over file://', makeFileBench],
  ['real git over HTTP with a password', makeHttpBench],
  ['a repository in memory', makeMemoryBench],
] as const)('a repository: %s', (_, makeBench) => {
  let bench: Bench;
  let remote: AnyRemote;
  let repository: Repository;
  beforeEach(async () => {
    bench = await makeBench();
    remote = bench.remote;
    repository = await bench.open();
  });
  afterEach(() => bench.dispose());

  it('gives the refs asked for, and only those that exist', async () => {
    const tip = remote.commit({ a: '1' });
    const tag = remote.tag('docs@1.0.0', tip, 'first');
    remote.tag('api@1.0.0', tip);
    const { refs } = await repository.fetch({
      refs: ['refs/heads/main', 'refs/heads/gone', 'refs/tags/docs@*', 'refs/lanewise/*'],
      depth: 'tip',
    });
    expect([...refs].sort()).toEqual([
      ['refs/heads/main', tip],
      ['refs/tags/docs@1.0.0', tag],
    ]);
    expect((await repository.readRefs(['refs/tags/'])).refs.size).toBe(2);
    expect(
      (await repository.readRefs(['refs/tags/api@1.0.0'])).refs.get(
        parseRefName('refs/tags/api@1.0.0'),
      ),
    ).toBe(tip);
  });

  it('forgets a ref that the remote no longer has, and sees one that moved', async () => {
    const first = remote.commit({ a: '1' });
    remote.tag('docs@1.0.0', first, 'first');
    await repository.fetch({ refs: ['refs/heads/main', 'refs/tags/*'], depth: 'history' });
    remote.setRef('refs/tags/docs@1.0.0', null);
    const second = remote.commit({ a: '2' });
    const { refs } = await repository.fetch({
      refs: ['refs/heads/main', 'refs/tags/*'],
      depth: 'history',
    });
    expect([...refs]).toEqual([['refs/heads/main', second]]);
  });

  it('tells the branch of HEAD', async () => {
    expect(await repository.readHead()).toBeNull();
    remote.commit({ a: '1' });
    expect(await (await bench.open()).readHead()).toBe('refs/heads/main');
  });

  it('reads entries of files, folders, the root, links and submodules, and undefined for the rest', async () => {
    const sub = '1234567890123456789012345678901234567890';
    const tip = remote.commit({
      'apps/prod/values.yaml': 'tag: 1',
      'run.sh': { content: '#!', mode: '100755' },
      link: { content: 'run.sh', mode: '120000' },
      sub: { content: sub, mode: '160000' },
      'odd "näme"/x': 'y',
    });
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'tip' });
    const asked = [
      'apps/prod/values.yaml',
      'apps',
      '',
      'run.sh',
      'link',
      'sub',
      'odd "näme"/x',
      'no',
      'apps/no/values.yaml',
      'run.sh/x',
    ];
    const entries = await repository.readEntries(
      asked.map((name) => ({ commit: tip, path: path(name) })),
    );
    expect(entries.map((entry) => entry && `${entry.mode} ${entry.type} ${entry.path}`)).toEqual([
      '100644 blob apps/prod/values.yaml',
      '040000 tree apps',
      '040000 tree ',
      '100755 blob run.sh',
      '120000 blob link',
      '160000 commit sub',
      '100644 blob odd "näme"/x',
      undefined,
      undefined,
      undefined,
    ]);
    expect(entries[0]?.id).toBe(hashObject('blob', bytes('tag: 1')));
    expect(entries[5]?.id).toBe(sub);
  });

  it('lists files in git order, all or below a path', async () => {
    const tip = remote.commit({ 'b/y': '1', 'b.txt': '2', 'b/x/z': '3', a: '4', 'b-c': '5' });
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'tip' });
    const names = async (below?: string) =>
      (await repository.listFiles(tip, below === undefined ? undefined : path(below))).map(
        (entry) => entry.path,
      );
    expect(await names()).toEqual(['a', 'b-c', 'b.txt', 'b/x/z', 'b/y']);
    expect(await names('b')).toEqual(['b/x/z', 'b/y']);
    expect(await names('b/x')).toEqual(['b/x/z']);
    expect(await names('none')).toEqual([]);
  });

  it('reads blobs byte for byte, and says which object is missing', async () => {
    const content = Buffer.from([0, 10, 13, 255, 254, 10]);
    const tip = remote.commit({ binary: content, empty: '' });
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'tip' });
    const ids = (await repository.listFiles(tip)).map((entry) => entry.id);
    const blobs = await repository.readBlobs(ids);
    expect(ids.map((id) => Buffer.from(blobs.get(id) as Uint8Array).toString('hex'))).toEqual([
      content.toString('hex'),
      '',
    ]);
    await expect(repository.readBlobs(['f'.repeat(40) as ObjectId])).rejects.toMatchObject({
      code: 'OBJECT_MISSING',
    });
    await expect(repository.readCommits([parseCommitId('f'.repeat(40))])).rejects.toMatchObject({
      code: 'OBJECT_MISSING',
    });
  });

  it('reads commits and tags whole', async () => {
    const first = remote.commit({ a: '1' }, 'one');
    const second = remote.commit({ a: '2' }, 'two: ä\n\nbody\n', { at: 1_767_225_999 });
    const tag = remote.tag('docs@1.0.0', second, 'A release');
    await repository.fetch({ refs: ['refs/heads/main', 'refs/tags/*'], depth: 'history' });
    const commits = await repository.readCommits([first, second]);
    expect(commits.get(second)).toMatchObject({
      parents: [first],
      message: 'two: ä\n\nbody\n',
      authoredAt: 1_767_225_999,
      committedAt: 1_767_225_999,
      author: { name: 'Dev', email: 'dev@example.com' },
    });
    expect(commits.get(first)?.parents).toEqual([]);
    const tags = await repository.readTags([tag, second]);
    expect(tags.get(tag)).toMatchObject({
      target: second,
      targetType: 'commit',
      name: 'docs@1.0.0',
      message: 'A release\n',
      tagger: { name: 'Dev' },
    });
    expect(tags.get(second)).toBeNull();
  });

  it('knows which commit contains which, across merges', async () => {
    const root = remote.commit({ a: '1' }, 'root');
    const left = remote.commit({ b: '1' }, 'left');
    const right = remote.commit({ c: '1' }, 'right', { branch: 'side', parents: [root] });
    const merge = remote.commit({ d: '1' }, 'merge', { parents: [left, right] });
    const lone = remote.commit({ z: '1' }, 'lone', { branch: 'lone', parents: [] });
    await repository.fetch({ refs: ['refs/heads/*'], depth: 'history' });
    const unknown = 'e'.repeat(40) as CommitId;
    const ancestry = await repository.readAncestry([root, left, right, merge, lone, unknown]);
    expect(ancestry.contains(merge, root)).toBe(true);
    expect(ancestry.contains(merge, right)).toBe(true);
    expect(ancestry.contains(left, right)).toBe(false);
    expect(ancestry.contains(root, merge)).toBe(false);
    expect(ancestry.contains(merge, lone)).toBe(false);
    expect(ancestry.contains(unknown, unknown)).toBe(true);
    expect(ancestry.contains(merge, unknown)).toBe(false);
  });

  it('walks history newest first, with what each commit changed against its first parent', async () => {
    const one = remote.commit({ 'a/x': '1', 'b/y': '1' }, 'one');
    const two = remote.commit({ 'a/x': '2' }, 'two');
    const side = remote.commit({ 'b/y': '2' }, 'side', { branch: 'side', parents: [one] });
    const merge = remote.commit({ 'b/y': '2' }, 'merge', { parents: [two, side] });
    const gone = remote.commit({ 'a/x': null }, 'gone');
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'history' });
    const log = async (request: Partial<Parameters<Repository['readHistory']>[0]>) =>
      (await collect(repository.readHistory({ tip: gone, firstParent: true, ...request }))).map(
        (commit) => [
          commit.message,
          commit.changes
            .map((change) => `${change.path}=${change.id === null ? 'deleted' : change.mode}`)
            .join(),
        ],
      );
    expect(await log({})).toEqual([
      ['gone', 'a/x=deleted'],
      ['merge', 'b/y=100644'],
      ['two', 'a/x=100644'],
      ['one', 'a/x=100644,b/y=100644'],
    ]);
    expect(await log({ firstParent: false })).toEqual([
      ['gone', 'a/x=deleted'],
      ['merge', 'b/y=100644'],
      ['side', 'b/y=100644'],
      ['two', 'a/x=100644'],
      ['one', 'a/x=100644,b/y=100644'],
    ]);
    expect(await log({ paths: [path('b')] })).toEqual([
      ['merge', 'b/y=100644'],
      ['one', 'b/y=100644'],
    ]);
    expect(await log({ paths: [path('b')], firstParent: false })).toEqual([
      ['merge', 'b/y=100644'],
      ['side', 'b/y=100644'],
      ['one', 'b/y=100644'],
    ]);
    expect(await log({ since: [two] })).toEqual([
      ['gone', 'a/x=deleted'],
      ['merge', 'b/y=100644'],
    ]);
    expect(await log({ paths: [] })).toEqual([]);
    expect(await log({ tip: merge, since: [merge] })).toEqual([]);
  });

  it('walks from several commits at once, and tells what stood before where it is asked', async () => {
    const one = remote.commit({ 'a/x': '1' }, 'one');
    const two = remote.commit({ 'a/x': '2', b: '1' }, 'two');
    const side = remote.commit({ 'a/x': null }, 'side', { branch: 'side', parents: [one] });
    await repository.fetch({ refs: ['refs/heads/*'], depth: 'history' });
    const [first] = await repository.readEntries([{ commit: one, path: path('a/x') }]);
    const seen: string[] = [];
    const walk = { tip: two, alsoFrom: [side, one], firstParent: false, before: true };
    for await (const { message, changes } of repository.readHistory(walk)) {
      const told = changes.map(({ path: name, before }) => {
        if (before === null || before === undefined) return `${name} came`;
        return `${name} was ${before.id === first?.id ? 'the first' : 'another'} ${before.mode}`;
      });
      seen.push(`${message.trim()}: ${told.join(', ')}`);
    }
    expect(seen).toEqual([
      'side: a/x was the first 100644',
      'two: a/x was the first 100644, b came',
      'one: a/x came',
    ]);
    for await (const { changes } of repository.readHistory({ tip: one, firstParent: true }))
      expect(changes[0]).not.toHaveProperty('before');
  });

  it('leaves out blobs that are too large, without reading them', async () => {
    const tip = remote.commit({ large: 'x'.repeat(2000), small: 'y' });
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'history' });
    const ids = (await repository.listFiles(tip)).map(({ id }) => id);
    expect((await repository.readBlobs(ids)).size).toBe(2);
    const some = await repository.readBlobs(ids, { largest: 1000 });
    expect([...some.values()].map((bytes) => new TextDecoder().decode(bytes))).toEqual(['y']);
  });

  it('compares trees', async () => {
    const one = remote.commit({ 'a/x': '1', 'b/y': '1', c: '1' });
    const two = remote.commit({ 'a/x': '2', 'b/y': null, 'd/e': '1' });
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'history' });
    const changed = async (paths?: string[]) =>
      (await repository.diffTrees(one, two, paths?.map(path)))
        .map((change) => `${change.path} ${change.id === null ? 'deleted' : change.mode}`)
        .sort();
    expect(await changed()).toEqual(['a/x 100644', 'b/y deleted', 'd/e 100644']);
    expect(await changed(['a', 'd/e'])).toEqual(['a/x 100644', 'd/e 100644']);
    expect(await changed([])).toEqual([]);
    expect(await repository.diffTrees(two, two)).toEqual([]);
  });

  it('compares many pairs of trees at once, in the order asked', async () => {
    const one = remote.commit({ 'a/x': '1', 'a/deep/y\nz': '1', 'b/y': '1' });
    const two = remote.commit({ 'a/x': '2', 'a/deep/y\nz': null, 'b/y': '1' });
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'history' });
    const looks = [one, two].flatMap((commit) =>
      ['a', 'b'].map((name) => ({ commit, path: path(name) })),
    );
    const [a1, b1, a2, b2] = (await repository.readEntries(looks)).map(
      (entry) => entry?.id ?? null,
    );
    const ask = [
      { from: a1 ?? null, to: a2 ?? null },
      { from: b1 ?? null, to: b2 ?? null },
      { from: null, to: a2 ?? null },
      { from: b1 ?? null, to: null },
    ];
    const told = (await repository.diffTreePairs(ask)).map((changes) =>
      changes.map((change) => `${change.path} ${change.id === null ? 'deleted' : change.mode}`),
    );
    expect(told).toEqual([['deep/y\nz deleted', 'x 100644'], [], ['x 100644'], ['y deleted']]);
    expect(await repository.diffTreePairs([])).toEqual([]);
    const nowhere = [{ from: 'd'.repeat(40) as ObjectId, to: null }];
    await expect(repository.diffTreePairs(nowhere)).rejects.toMatchObject({
      code: 'OBJECT_MISSING',
    });
  });

  it('finds paths with a filter by the attributes of the commit', async () => {
    const tip = remote.commit({
      '.gitattributes': '*.bin filter=lfs\n',
      'a/.gitattributes': 'plain.bin -filter\n',
      'a/plain.bin': '',
      'a/big.bin': '',
      'a/values.yaml': '',
    });
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'tip' });
    const found = await repository.findFiltered(
      tip,
      ['a/plain.bin', 'a/big.bin', 'a/values.yaml'].map(path),
    );
    expect([...found]).toEqual(['a/big.bin']);
  });

  it('writes commits and tags that nobody sees before they are published', async () => {
    const tip = remote.commit({ 'apps/a.yaml': '1', 'apps/b.yaml': '1' });
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'tip' });
    const before = [...(await repository.readRefs(['refs/'])).refs];
    const ids = await repository.write([
      draft('c1', [tip], { 'apps/a.yaml': '2', 'we "ird"/pfäd': 'z' }),
      draft('c2', [{ mark: 'c1' }], { 'apps/b.yaml': null }),
      {
        kind: 'tag',
        mark: 't',
        name: 'prod/docs@1.0.0',
        target: { mark: 'c2' },
        message: 'tagged\n',
        tagger: dev,
        at: 1,
      },
    ]);
    expect([...(await repository.readRefs(['refs/'])).refs]).toEqual(before);
    const [c2, tag] = [ids.get('c2') as CommitId, ids.get('t') as ObjectId];
    expect((await repository.listFiles(c2)).map((entry) => entry.path)).toEqual([
      'apps/a.yaml',
      'we "ird"/pfäd',
    ]);
    expect((await repository.readTags([tag])).get(tag)).toMatchObject({
      target: c2,
      name: 'prod/docs@1.0.0',
      message: 'tagged\n',
      taggedAt: 1,
    });
    const outcome = await repository.publish([
      { ref: main, expected: tip, to: c2 },
      { ref: parseRefName('refs/tags/prod/docs@1.0.0'), expected: null, to: tag },
    ]);
    expect(outcome).toEqual({ kind: 'published' });
    const other = await bench.open();
    const { refs } = await other.fetch({ refs: ['refs/'], depth: 'history' });
    expect([...refs].sort()).toEqual([
      ['refs/heads/main', c2],
      ['refs/tags/prod/docs@1.0.0', tag],
    ]);
    expect((await other.readCommits([c2])).get(c2)).toMatchObject({
      author: dev,
      message: 'write c2\n\nbody\n',
    });
  });

  it('gives equal drafts equal ids, the same in every adapter', async () => {
    const tip = remote.commit({ a: '1' }, 'one', { at: 1_767_225_660 });
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'tip' });
    const drafts = [
      draft('c', [tip], { 'b/c': '2' }),
      {
        kind: 'tag' as const,
        mark: 't',
        name: 'x@1',
        target: { mark: 'c' },
        message: 'm',
        tagger: dev,
        at: 5,
      },
    ];
    const first = await repository.write(drafts);
    expect(await repository.write(drafts)).toEqual(first);
    expect(Object.fromEntries(first)).toEqual({
      c: '1bac2085e6a49bce3444650e12db72a2a0b4673b',
      t: 'cadbc5ee5e0b2cdc03c8c1c18394b0dce68c8d59',
    });
  });

  it('writes an empty commit, a merge, and a first commit', async () => {
    const tip = remote.commit({ a: '1' });
    const other = remote.commit({ b: '1' }, 'b', { branch: 'side', parents: [tip] });
    await repository.fetch({ refs: ['refs/heads/*'], depth: 'history' });
    const ids = await repository.write([
      draft('root', [], { z: '1' }),
      draft('same', [tip], {}),
      draft('merge', [tip, other], { b: '1' }),
    ]);
    const commits = await repository.readCommits([...ids.values()] as CommitId[]);
    expect(commits.get(ids.get('root') as CommitId)?.parents).toEqual([]);
    expect(commits.get(ids.get('same') as CommitId)?.tree).toBe(
      (await repository.readCommits([tip])).get(tip)?.tree,
    );
    expect(commits.get(ids.get('merge') as CommitId)?.parents).toEqual([tip, other]);
    expect(
      (await repository.listFiles(ids.get('root') as ObjectId)).map((entry) => entry.path),
    ).toEqual(['z']);
  });

  it('keeps the mode that an edit gives and the modes of files that no edit names', async () => {
    const tip = remote.commit({
      run: { content: 'x', mode: '100755' },
      'a/keep': { content: 'y', mode: '100755' },
    });
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'tip' });
    const ids = await repository.write([
      {
        ...draft('c', [tip], {}),
        edits: [{ path: path('run'), content: bytes('z'), mode: '100755' }],
      },
    ]);
    expect(
      (await repository.listFiles(ids.get('c') as ObjectId)).map(
        (entry) => `${entry.mode} ${entry.path}`,
      ),
    ).toEqual(['100755 a/keep', '100755 run']);
  });

  it('publishes all or nothing, and tells which ref moved', async () => {
    const tip = remote.commit({ a: '1' });
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'history' });
    const mine = (await repository.write([draft('c', [tip], { a: '2' })])).get('c') as CommitId;
    const theirs = remote.commit({ b: '1' });
    const before = [...remote.refs()].sort();
    const outcome = await repository.publish([
      { ref: parseRefName('refs/tags/new'), expected: null, to: mine },
      { ref: main, expected: tip, to: mine },
    ]);
    expect(outcome).toEqual({ kind: 'moved', moved: [{ ref: main, found: theirs }] });
    expect([...(await repository.readRefs(['refs/'])).refs].sort()).toEqual(before);
  });

  it('counts a push as done where the remote has it already, or went on from it', async () => {
    const tip = remote.commit({ a: '1' });
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'history' });
    const mine = (await repository.write([draft('c', [tip], { a: '2' })])).get('c') as CommitId;
    const update = [{ ref: main, expected: tip, to: mine }];
    expect(await repository.publish(update)).toEqual({ kind: 'published' });
    expect(await repository.publish(update)).toEqual({ kind: 'published' });
    remote.commit({ b: '1' }, 'later');
    expect(await repository.publish(update)).toEqual({ kind: 'published' });
    // Setting the branch back is no such case, though its tip contains the goal.
    expect(await repository.publish([{ ref: main, expected: mine, to: tip }])).toMatchObject({
      kind: 'moved',
    });
  });

  it('creates a ref only where there is none, and deletes one only where it is as expected', async () => {
    const first = remote.commit({ a: '1' });
    const second = remote.commit({ a: '2' });
    const ref = parseRefName('refs/lanewise/reserved/docs/1.0.0');
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'history' });
    expect(await repository.publish([{ ref, expected: null, to: first }])).toEqual({
      kind: 'published',
    });
    expect(await repository.publish([{ ref, expected: null, to: second }])).toEqual({
      kind: 'moved',
      moved: [{ ref, found: first }],
    });
    expect(await repository.publish([{ ref, expected: second, to: null }])).toEqual({
      kind: 'moved',
      moved: [{ ref, found: first }],
    });
    expect(await repository.publish([{ ref, expected: first, to: null }])).toEqual({
      kind: 'published',
    });
    expect((await repository.readRefs(['refs/lanewise/'])).refs.size).toBe(0);
    expect(await repository.publish([{ ref: main, expected: second, to: first }])).toEqual({
      kind: 'published',
    });
  });

  it('says what the remote said when it takes no push', async () => {
    const tip = remote.commit({ a: '1' });
    bench.protect('refs/heads/main');
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'tip' });
    const mine = (await repository.write([draft('c', [tip], { a: '2' })])).get('c') as CommitId;
    const outcome = await repository.publish([{ ref: main, expected: tip, to: mine }]);
    expect(outcome).toMatchObject({ kind: 'refused', refs: [main] });
    expect(outcome.kind === 'refused' && outcome.reason).toContain('refs/heads/main is protected');
  });

  it('names the ref that stands in the way of a folder of refs, and the other way round', async () => {
    const tip = remote.commit({ a: '1' });
    remote.tag('prod', tip);
    remote.tag('dev/x', tip);
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'tip' });
    const below = parseRefName('refs/tags/prod/docs@1.0.0');
    expect(await repository.publish([{ ref: below, expected: null, to: tip }])).toMatchObject({
      kind: 'refused',
      blocked: [{ ref: below, by: 'refs/tags/prod' }],
    });
    const above = parseRefName('refs/tags/dev');
    expect(await repository.publish([{ ref: above, expected: null, to: tip }])).toMatchObject({
      kind: 'refused',
      blocked: [{ ref: above, by: 'refs/tags/dev/x' }],
    });
  });

  it('brings commits that no ref names, and says which the remote does not give', async () => {
    const hidden = remote.commit({ a: '1' }, 'hidden', { branch: 'temporary' });
    remote.commit({ b: '1' }, 'seen');
    remote.setRef('refs/heads/temporary', null);
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'tip' });
    const unknown = parseCommitId('d'.repeat(40));
    const given = await repository.fetchCommits([hidden, unknown], 'tip');
    expect([...given]).toEqual([
      [hidden, true],
      [unknown, false],
    ]);
    expect((await repository.readCommits([hidden])).get(hidden)?.message).toBe('hidden');
    expect((await repository.listFiles(hidden)).map((entry) => entry.path)).toEqual(['a']);
  });

  it('refuses names that no ref may have before anything is asked', async () => {
    await expect(
      repository.fetch({ refs: ['--upload-pack=x'], depth: 'tip' }),
    ).rejects.toMatchObject({ code: 'NAME_INVALID' });
    await expect(
      repository.fetch({ refs: ['refs/tags/a b*'], depth: 'tip' }),
    ).rejects.toMatchObject({ code: 'NAME_INVALID' });
    await expect(repository.readRefs(['refs/heads/../x'])).rejects.toMatchObject({
      code: 'NAME_INVALID',
    });
  });
});
