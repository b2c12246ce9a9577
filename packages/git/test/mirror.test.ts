import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCheckout, type Repository } from '@lanewise/git';
import { parseRefName, parseRepoPath, type CommitId, type ObjectId } from '@lanewise/model';
import { makeWorld, startGitHttpServer, type Remote, type World } from '@lanewise/testing';

const main = parseRefName('refs/heads/main');
let world: World;
let remote: Remote;
beforeEach(() => {
  world = makeWorld();
  remote = world.makeRemote();
});
afterEach(() => world.dispose());

/** A clock on which the two seconds that a busy cache is waited for are soon over. */
const impatient = { now: () => performance.now() * 20 };

function storeOf(): string {
  const repositories = join(world.cacheDirectory, 'repositories');
  const [name] = readdirSync(repositories);
  return join(repositories, name as string, 'store.git');
}

async function readAll(
  repository: Repository,
  depth: 'tip' | 'history' = 'tip',
): Promise<Record<string, string>> {
  const { refs } = await repository.fetch({ refs: [main], depth });
  const files = await repository.listFiles(refs.get(main) as ObjectId);
  const blobs = await repository.readBlobs(files.map((file) => file.id));
  return Object.fromEntries(
    files.map((file) => [file.path, Buffer.from(blobs.get(file.id) as Uint8Array).toString()]),
  );
}

describe('what is fetched', () => {
  it('a new store for the tip holds one commit and no blobs; questions of history deepen it and say so', async () => {
    for (let index = 0; index < 4; index += 1)
      remote.commit({ [`f${index}`]: `${index}` }, `c${index}`);
    const repository = await world.open(remote);
    const { refs } = await repository.fetch({ refs: [main], depth: 'tip' });
    const kinds = () =>
      execFileSync('git', ['cat-file', '--batch-all-objects', '--batch-check=%(objecttype)'], {
        cwd: storeOf(),
        env: world.environment,
        encoding: 'utf8',
      })
        .trim()
        .split('\n')
        .sort();
    expect(kinds()).toEqual(['commit', 'tree']);
    const messages: string[] = [];
    for await (const commit of repository.readHistory({
      tip: refs.get(main) as CommitId,
      firstParent: true,
    }))
      messages.push(commit.message);
    expect(messages).toEqual(['c3', 'c2', 'c1', 'c0']);
    expect(repository.notices.map((notice) => notice.kind)).toEqual(['deepened']);
    expect(kinds()).not.toContain('blob');
    await readAll(repository);
    expect(kinds().filter((kind) => kind === 'blob').length).toBe(4);
  });

  it('a tip that moved is seen in a shallow store, and a new tag on an old commit does not bring its history', async () => {
    const ids = [0, 1, 2, 3].map((index) => remote.commit({ [`f${index}`]: `${index}` }));
    const repository = await world.open(remote);
    expect(Object.keys(await readAll(repository)).length).toBe(4);
    remote.commit({ f0: 'new' });
    expect((await readAll(repository))['f0']).toBe('new');
    remote.tag('old', ids[1] as CommitId);
    const { refs } = await repository.fetch({ refs: ['refs/tags/*'], depth: 'tip' });
    expect([...refs.values()]).toEqual([ids[1]]);
    await expect(repository.readCommits([ids[0] as CommitId])).rejects.toMatchObject({
      code: 'OBJECT_MISSING',
    });
  });

  it('hundreds of new tags cost no file each; those that go and move later are seen', async () => {
    const first = remote.commit({ a: '1' });
    for (let index = 0; index < 320; index += 1) remote.git('tag', `t${index}`);
    remote.git('tag', '-a', '-m', 'noted', 'noted', first);
    const read = async () => {
      const repository = await world.open(remote);
      const { refs } = await repository.fetch({ refs: ['refs/tags/', main], depth: 'history' });
      const tags = await repository.readTags([...refs.values()]);
      await repository.close();
      return {
        refs: Object.fromEntries(refs),
        noted: [...tags.values()].flatMap((tag) => tag ?? []),
      };
    };
    const listed = () =>
      Object.fromEntries(
        remote
          .git('for-each-ref', '--format=%(refname) %(objectname)')
          .trim()
          .split('\n')
          .map((line) => line.split(' ') as [string, string]),
      );
    const whole = await read();
    expect(whole.refs).toEqual(listed());
    expect(whole.noted.map(({ target }) => target)).toEqual([first]);
    expect(existsSync(join(storeOf(), 'refs/mirror/tags/t0'))).toBe(false);
    remote.git('tag', '-d', 't0', 't1');
    const second = remote.commit({ a: '2' });
    remote.git('tag', '-f', 't2', second);
    expect((await read()).refs).toEqual(listed());
  });

  it('a lock of the refs that a killed run left behind is removed, and nothing is made anew', async () => {
    for (let index = 0; index < 320; index += 1) {
      if (index === 0) remote.commit({ a: '1' });
      remote.git('tag', `t${index}`);
    }
    const first = await world.open(remote);
    await first.fetch({ refs: ['refs/tags/*'], depth: 'tip' });
    await first.close();
    remote.git('tag', '-d', 't0', 't1');
    writeFileSync(join(storeOf(), 'packed-refs.lock'), 'half wri');
    const repository = await world.open(remote);
    const { refs } = await repository.fetch({ refs: ['refs/tags/*'], depth: 'tip' });
    expect(refs.size).toBe(318);
    expect(repository.notices).toEqual([]);
  });

  it('a pack that a killed run was about to finish can be made again', async () => {
    const tip = remote.commit({ a: '1' });
    const write = async (repository: Repository) =>
      repository.write([
        {
          kind: 'commit',
          mark: 'c',
          parents: [tip],
          edits: [{ path: parseRepoPath('a'), content: Buffer.from('2'), mode: '100644' }],
          message: 'm',
          author: { name: 'Dev', email: 'dev@example.com' },
          at: 1,
        },
      ]);
    const first = await world.open(remote);
    await first.fetch({ refs: [main], depth: 'tip' });
    const packs = join(storeOf(), 'objects', 'pack');
    const before = new Set(readdirSync(packs));
    await write(first);
    await first.close();
    const made = readdirSync(packs).filter((name) => !before.has(name) && /\.pack$/.test(name));
    expect(made.length).toBe(1);
    // As it stands between the two: the mark is there, the pack is not in its place.
    for (const name of made) {
      const stem = join(packs, name.replace(/\.pack$/, ''));
      rmSync(`${stem}.pack`);
      rmSync(`${stem}.idx`);
      writeFileSync(`${stem}.keep`, 'fast-import');
    }
    writeFileSync(join(packs, 'tmp_pack_half'), 'PACK');
    const second = await world.open(remote);
    await second.fetch({ refs: [main], depth: 'tip' });
    expect((await write(second)).get('c')).toMatch(/^[0-9a-f]{40}$/);
    expect(second.notices).toEqual([]);
    await second.close();
    expect(readdirSync(packs).filter((name) => /^tmp_|\.keep$/.test(name))).toEqual([]);
  });

  it('a missing blob is never fetched alone: one fetch brings them all', async () => {
    remote.commit(
      Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`f${index}`, `${index}`])),
    );
    const fetches: string[] = [];
    const repository = await world.open(remote, {
      onCommand: ({ args }) => args.includes('fetch') && fetches.push(args.join(' ')),
    });
    expect(Object.keys(await readAll(repository)).length).toBe(300);
    expect(fetches.length).toBe(2);
  });
});

describe('servers that can do less', () => {
  it('without filter everything comes at once', async () => {
    remote.config('uploadpack.allowFilter', 'false');
    remote.commit({ a: '1', b: '2' });
    expect(await readAll(await world.open(remote))).toEqual({ a: '1', b: '2' });
  });

  it('without fetch by id the tips come whole', async () => {
    remote.config('uploadpack.allowAnySHA1InWant', 'false');
    remote.commit({ a: '1', b: '2' });
    remote.commit({ b: '3' });
    const server = await startGitHttpServer(world);
    server.speaksVersion2 = false;
    const repository = await world.open(server.url(remote));
    expect(await readAll(repository)).toEqual({ a: '1', b: '3' });
    const old = await world.open(server.url(remote), {
      cacheDirectory: `${world.cacheDirectory}-2`,
    });
    expect(await readAll(old, 'history')).toEqual({ a: '1', b: '3' });
    await server.close();
  });

  it('a remote with sha256 is read and written', async () => {
    const modern = world.makeRemote('modern', { objectFormat: 'sha256' });
    const tip = modern.commit({ a: '1' });
    expect(tip.length).toBe(64);
    const repository = await world.open(modern, { objectFormat: 'sha256' });
    expect(await readAll(repository)).toEqual({ a: '1' });
    const ids = await repository.write([
      {
        kind: 'commit',
        mark: 'c',
        parents: [tip],
        edits: [],
        message: 'm',
        author: { name: 'Dev', email: 'dev@example.com' },
        at: 1,
      },
    ]);
    expect(
      await repository.publish([{ ref: main, expected: tip, to: ids.get('c') as ObjectId }]),
    ).toEqual({ kind: 'published' });
  });
});

describe('a cache that cannot be used', () => {
  it('in use by another: a temporary mirror, removed when closed, and a notice', async () => {
    remote.commit({ a: '1' });
    const first = await world.open(remote);
    const second = await world.open(remote, impatient);
    expect(second.notices.map((notice) => notice.kind)).toEqual(['cache-busy']);
    expect(second.cacheDirectory).toBeNull();
    expect(await readAll(second)).toEqual(await readAll(first));
    const temporary = () => readdirSync(world.directory).filter((name) => /^lanewise-/.test(name));
    expect(temporary().length).toBe(1);
    await second.close();
    expect(temporary().length).toBe(0);
    await first.close();
    expect((await world.open(remote)).notices).toEqual([]);
  });

  it('a lock dies with its process, even by SIGKILL', async () => {
    remote.commit({ a: '1' });
    const repository = await world.open(remote);
    await repository.fetch({ refs: [main], depth: 'tip' });
    await repository.close();
    const root = join(storeOf(), '..');
    const holder = spawn(process.execPath, ['-e', holdLock, root], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    expect((await world.open(remote)).notices.map((notice) => notice.kind)).toEqual(['cache-busy']);
    holder.kill('SIGKILL');
    await new Promise((resolve) => holder.once('close', resolve));
    expect((await world.open(remote)).notices).toEqual([]);
  });

  it('not to be written: a temporary mirror and a notice', async () => {
    remote.commit({ a: '1' });
    const file = join(world.directory, 'no-folder');
    writeFileSync(file, '');
    const repository = await world.open(remote, { cacheDirectory: file });
    expect(repository.notices.map((notice) => notice.kind)).toEqual(['cache-unusable']);
    expect(await readAll(repository)).toEqual({ a: '1' });
  });

  it.each([
    ['an emptied pack', (store: string) => packs(store).forEach((pack) => truncate(pack, 0))],
    [
      'a lost pack',
      (store: string) => packs(store).forEach((pack) => rmSync(pack, { force: true })),
    ],
    [
      'a damaged ref',
      (store: string) => writeFileSync(join(store, 'refs/mirror/heads/main'), 'rubbish\n'),
    ],
    ['a lost HEAD', (store: string) => rmSync(join(store, 'HEAD'))],
    [
      'a lost object folder',
      (store: string) => rmSync(join(store, 'objects'), { recursive: true }),
    ],
    [
      'a lock file left by a killed git',
      (store: string) => writeFileSync(join(store, 'refs/mirror/heads/main.lock'), ''),
    ],
    [
      'rubbish in the shallow file',
      (store: string) => writeFileSync(join(store, 'shallow'), 'x\n'),
    ],
    ['half made', (store: string) => rmSync(join(store, '..', 'made'))],
    [
      'made for something else',
      (store: string) => writeFileSync(join(store, '..', 'made'), 'other'),
    ],
  ])('damaged (%s): it is made anew', async (_, damage) => {
    remote.commit({ a: '1' });
    const first = await world.open(remote);
    await readAll(first);
    await first.close();
    remote.commit({ b: '2' });
    damage(storeOf());
    const second = await world.open(remote);
    expect(await readAll(second)).toEqual({ a: '1', b: '2' });
  });

  it.each([
    ['an emptied pack', (store: string) => packs(store).forEach((pack) => truncate(pack, 0))],
    [
      'a lost pack',
      (store: string) => packs(store).forEach((pack) => rmSync(pack, { force: true })),
    ],
    [
      'turned bits',
      (store: string) =>
        packs(store)
          .filter((file) => file.endsWith('.pack'))
          .forEach(turnBits),
    ],
  ])(
    'damaged (%s) while the remote has nothing new: it is made anew when it is read',
    async (_, damage) => {
      remote.commit({ a: '1' });
      const first = await world.open(remote);
      await readAll(first);
      await first.close();
      damage(storeOf());
      expect(await readAll(await world.open(remote))).toEqual({ a: '1' });
    },
  );
});

function packs(store: string): string[] {
  const folder = join(store, 'objects/pack');
  return readdirSync(folder)
    .filter((name) => /\.(?:pack|idx)$/.test(name))
    .map((name) => join(folder, name));
}

/** Turns every byte between a pack's header and its end. */
function turnBits(file: string): void {
  const bytes = readFileSync(file);
  chmodSync(file, 0o644);
  writeFileSync(
    file,
    bytes.map((byte, index) => (index > 12 && index < bytes.length - 20 ? byte ^ 0xff : byte)),
  );
}

function truncate(file: string, size: number): void {
  chmodSync(file, 0o644);
  truncateSync(file, size);
}

/** Holds a mirror's lock as `takeLock` does on Linux, until it is killed. */
const holdLock = `
const { createHash } = require('node:crypto');
const name = createHash('sha256').update(process.argv[1]).digest('hex').slice(0, 32);
require('node:net').createServer().listen({ path: '\\0lanewise-' + name }, () => console.log('held'));
`;

it('a store with many packs is made small again, and is still whole', async () => {
  let tip = remote.commit({ a: '0' });
  const packCount = () => packs(storeOf()).filter((file) => file.endsWith('.pack')).length;
  const first = await world.open(remote);
  await first.fetch({ refs: [main], depth: 'history' });
  for (let index = 1; index <= 62; index += 1) {
    const ids = await first.write([
      {
        kind: 'commit',
        mark: 'c',
        parents: [tip],
        edits: [{ path: parseRepoPath('a'), content: Buffer.from(`${index}`), mode: '100644' }],
        message: 'm',
        author: { name: 'Dev', email: 'dev@example.com' },
        at: index,
      },
    ]);
    const next = ids.get('c') as CommitId;
    if (index % 20 === 0)
      await first.publish([
        { ref: main, expected: (remote.refs().get(main) ?? null) as ObjectId, to: next },
      ]);
    tip = next;
  }
  await first.publish([
    { ref: main, expected: (remote.refs().get(main) ?? null) as ObjectId, to: tip },
  ]);
  await first.fetch({ refs: [main], depth: 'history' });
  expect(packCount()).toBeGreaterThan(60);
  await first.close();
  expect(packCount()).toBeLessThan(4);
  const second = await world.open(remote);
  expect(await readAll(second, 'history')).toEqual({ a: '62' });
  expect(second.notices).toEqual([]);
  let count = 0;
  for await (const commit of second.readHistory({ tip, firstParent: true }))
    count += commit.changes.length;
  expect(count).toBe(63);
});

describe('the clone of the user', () => {
  it('lends its objects and is not changed: no commit or tree comes twice', async () => {
    remote.commit({ 'a/x': '1', b: '2' });
    const tip = remote.commit({ 'a/x': '3' });
    const clone = world.clone(remote);
    clone.write({ dirty: 'yes', b: 'changed' });
    clone.git('add', 'dirty');
    const before = picture(clone.root);
    const checkout = await openCheckout(clone.root, { environment: world.environment });
    const status = await checkout.readStatus();
    expect(status).toEqual({ head: tip, staged: ['dirty'], changed: ['b'], untracked: [] });
    const repository = await world.open(checkout.remote?.url as string, { borrow: checkout });
    expect(await readAll(repository, 'history')).toEqual({ 'a/x': '3', b: '2' });
    const store = storeOf();
    expect(existsSync(join(store, 'objects/pack')) ? packs(store) : []).toEqual([]);
    const ids = await repository.write([
      {
        kind: 'commit',
        mark: 'c',
        parents: [tip],
        edits: [{ path: parseRepoPath('a/x'), content: Buffer.from('4'), mode: '100644' }],
        message: 'm',
        author: checkout.identity,
        at: 1,
      },
    ]);
    expect(
      await repository.publish([{ ref: main, expected: tip, to: ids.get('c') as ObjectId }]),
    ).toEqual({ kind: 'published' });
    await repository.readHead();
    expect(picture(clone.root)).toEqual(before);
    expect(remote.files()).toEqual({ 'a/x': '4', b: '2' });
  });

  it('refs that another git is writing are left to an ordinary fetch', async () => {
    remote.commit({ a: '1' });
    const checkout = await openCheckout(world.clone(remote).root, {
      environment: world.environment,
    });
    const first = await world.open(checkout.remote?.url as string, { borrow: checkout });
    await first.fetch({ refs: [main], depth: 'tip' });
    remote.git('tag', 'late', 'main');
    // It comes after the run has begun, so that it is nobody's leftover.
    writeFileSync(join(storeOf(), 'packed-refs.lock'), '');
    const { refs } = await first.fetch({ refs: ['refs/tags/*'], depth: 'tip' });
    expect([...refs.keys()]).toEqual(['refs/tags/late']);
    await first.close();
  });

  it('is not borrowed from where it is shallow or partial', async () => {
    remote.commit({ a: '1' });
    remote.commit({ a: '2' });
    for (const args of [['--depth=1'], ['--filter=blob:none']]) {
      const clone = world.clone(remote, { args });
      const checkout = await openCheckout(clone.root, { environment: world.environment });
      expect([checkout.shallow, checkout.partial]).toEqual([
        args[0] === '--depth=1',
        args[0] !== '--depth=1',
      ]);
      const repository = await world.open(checkout.remote?.url as string, { borrow: checkout });
      const { refs } = await repository.fetch({ refs: [main], depth: 'history' });
      const seen: string[] = [];
      for await (const commit of repository.readHistory({
        tip: refs.get(main) as CommitId,
        firstParent: true,
      }))
        seen.push(commit.id);
      expect(seen.length).toBe(2);
      expect(existsSync(join(storeOf(), 'objects/info/alternates'))).toBe(false);
      await repository.close();
    }
  });

  it('gives its settings for reaching the remote, such as a header with a token', async () => {
    remote.commit({ a: '1' });
    const credentials = { username: 'x', password: 'secret' };
    const server = await startGitHttpServer(world, { credentials });
    const clone = world.clone(remote);
    clone.git('config', 'remote.origin.url', server.url(remote));
    clone.git(
      'config',
      `http.${new URL(server.url(remote)).origin}/.extraheader`,
      `AUTHORIZATION: basic ${btoa('x:secret')}`,
    );
    const checkout = await openCheckout(clone.root, { environment: world.environment });
    const spoken: string[] = [];
    const repository = await world.open(checkout.remote?.url as string, {
      borrow: checkout,
      onCommand: ({ args }) => spoken.push(args.join(' ')),
    });
    expect(await readAll(repository)).toEqual({ a: '1' });
    expect(spoken.join('\n')).not.toContain(btoa('x:secret'));
    await server.close();
  });

  it('of a repository without a remote: the repository itself is the remote', async () => {
    const root = join(world.directory, 'lone');
    world.git(world.directory, 'init', '-q', '-b', 'main', root);
    writeFileSync(join(root, 'a'), '1');
    world.git(root, 'add', '.');
    world.git(root, 'commit', '-q', '-m', 'one');
    const before = picture(root);
    const checkout = await openCheckout(root, { environment: world.environment });
    expect(checkout.remote).toBeNull();
    const repository = await world.open(checkout.root, { borrow: checkout });
    expect(await readAll(repository, 'history')).toEqual({ a: '1' });
    expect(await repository.readHead()).toBe(main);
    expect(picture(root)).toEqual(before);
    const tag = parseRefName('refs/tags/docs@1.0.0');
    expect(
      await repository.publish([{ ref: tag, expected: null, to: checkout.head as CommitId }]),
    ).toEqual({ kind: 'published' });
  });

  it('variables of a surrounding git do not lead elsewhere', async () => {
    remote.commit({ a: '1' });
    const elsewhere = world.clone(remote);
    const before = picture(elsewhere.root);
    const environment = {
      ...world.environment,
      GIT_DIR: join(elsewhere.root, '.git'),
      GIT_INDEX_FILE: join(elsewhere.root, '.git/index'),
      GIT_WORK_TREE: elsewhere.root,
      GIT_OBJECT_DIRECTORY: join(elsewhere.root, '.git/objects'),
    };
    const repository = await world.open(remote, { environment });
    const tip = remote.commit({ b: '2' });
    expect(await readAll(repository)).toEqual({ a: '1', b: '2' });
    await repository.write([
      {
        kind: 'commit',
        mark: 'c',
        parents: [tip],
        edits: [],
        message: 'm',
        author: { name: 'Dev', email: 'dev@example.com' },
        at: 1,
      },
    ]);
    expect(picture(elsewhere.root)).toEqual(before);
    await expect(openCheckout(world.directory, { environment })).rejects.toMatchObject({
      code: 'NOT_A_REPOSITORY',
    });
  });
});

/** Everything in a clone that could change: every file of its git folder with its bytes and time. */
function picture(root: string): Record<string, string> {
  const files: Record<string, string> = {};
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const file = join(folder, entry.name);
      if (entry.isDirectory()) walk(file);
      else
        files[file] =
          `${statSync(file).mtimeMs} ${readFileSync(file).toString('latin1').slice(0, 4000)}`;
    }
  };
  walk(root);
  return files;
}

describe('a remote that cannot be read', () => {
  it('says what, without the credentials', async () => {
    mkdirSync(join(world.directory, 'empty'));
    await expect(readAll(await world.open(join(world.directory, 'none')))).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      message: expect.stringContaining('none') as string,
    });
    remote.commit({ a: '1' });
    const server = await startGitHttpServer(world, {
      credentials: { username: 'ci', password: 'right' },
    });
    const url = server.url(remote).replace('://', '://ci:wrong-secret@');
    const repository = await world.open(url);
    const failure = await repository
      .fetch({ refs: [main], depth: 'tip' })
      .catch((cause: unknown) => cause as Error);
    expect(failure).toMatchObject({ code: 'REMOTE_CREDENTIALS' });
    expect(`${String(failure)} ${repository.name}`).not.toContain('wrong-secret');
    await expect((await world.open(server.url(remote))).readHead()).rejects.toMatchObject({
      code: 'REMOTE_CREDENTIALS',
    });
    const right = await world.open(server.url(remote).replace('://', '://ci:right@'), {
      cacheDirectory: `${world.cacheDirectory}-2`,
    });
    expect(await readAll(right)).toEqual({ a: '1' });
    for (const [file, content] of Object.entries(picture(world.cacheDirectory)))
      expect(`${file} ${content}`).not.toMatch(/wrong-secret|ci:right/);
    await server.close();
  });

  it.each(['', '--upload-pack=touch x', 'ext::sh -c touch', 'a\nb'])(
    'refuses the address %j',
    async (url) => {
      await expect(world.open(url)).rejects.toMatchObject({ code: 'USAGE' });
    },
  );
});
