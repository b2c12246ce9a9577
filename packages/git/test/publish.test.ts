import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommitDraft, GitCommand, Repository } from '@lanewise/git';
import { parseRefName, parseRepoPath, type CommitId, type ObjectId } from '@lanewise/model';
import {
  makeWorld,
  startGitHttpServer,
  type GitHttpServer,
  type Remote,
  type World,
} from '@lanewise/testing';

const main = parseRefName('refs/heads/main');
const dev = { name: 'Dev', email: 'dev@example.com' };

function draft(mark: string, parent: CommitId, file: string, content: string): CommitDraft {
  const edits = [
    { path: parseRepoPath(file), content: Buffer.from(content), mode: '100644' as const },
  ];
  return {
    kind: 'commit',
    mark,
    parents: [parent],
    edits,
    message: mark,
    author: dev,
    at: 1_767_230_000,
  };
}

let world: World;
let remote: Remote;
beforeEach(() => {
  world = makeWorld();
  remote = world.makeRemote();
});
afterEach(() => world.dispose());

async function writeOne(
  repository: Repository,
  content = '2',
): Promise<{ tip: CommitId; mine: CommitId }> {
  const { refs } = await repository.fetch({ refs: [main], depth: 'tip' });
  const tip = refs.get(main) as CommitId;
  const ids = await repository.write([draft('c', tip, 'a', content)]);
  return { tip, mine: ids.get('c') as CommitId };
}

describe('a connection that breaks', () => {
  let server: GitHttpServer;
  beforeEach(async () => {
    server = await startGitHttpServer(world);
    remote.commit({ a: '1' });
  });
  afterEach(() => server.close());

  it('after the remote has taken the push: it counts as published', async () => {
    const repository = await world.open(server.url(remote));
    const { tip, mine } = await writeOne(repository);
    server.fault = { kind: 'cut-after-receive', times: 1 };
    expect(await repository.publish([{ ref: main, expected: tip, to: mine }])).toEqual({
      kind: 'published',
    });
    expect(server.fault).toEqual({ kind: 'none' });
    expect(remote.log()).toEqual(['c', 'change']);
  });

  it('after the remote has taken the push, when others have gone on since: it counts as published', async () => {
    const repository = await world.open(server.url(remote));
    const { tip, mine } = await writeOne(repository);
    const tag = parseRefName('refs/tags/t');
    remote.hook(
      'post-receive',
      `git update-ref refs/heads/main $(git commit-tree -p ${mine} -m later ${mine}^{tree})`,
    );
    server.fault = { kind: 'cut-after-receive', times: 1 };
    const updates = [
      { ref: main, expected: tip, to: mine },
      { ref: tag, expected: null, to: mine },
    ];
    expect(await repository.publish(updates)).toEqual({ kind: 'published' });
    expect(remote.log().map((message) => message.trim())).toEqual(['later', 'c', 'change']);
  });

  it('before the remote has seen the push: it is tried again', async () => {
    const repository = await world.open(server.url(remote));
    const { tip, mine } = await writeOne(repository);
    server.fault = { kind: 'cut-before-receive', times: 2 };
    expect(await repository.publish([{ ref: main, expected: tip, to: mine }])).toEqual({
      kind: 'published',
    });
    expect(remote.refs().get(main)).toBe(mine);
  });

  it('before the remote has seen the push, every time: nothing was published, and that is said', async () => {
    const repository = await world.open(server.url(remote));
    const { tip, mine } = await writeOne(repository);
    server.fault = { kind: 'cut-before-receive', times: 99 };
    await expect(
      repository.publish([{ ref: main, expected: tip, to: mine }]),
    ).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    expect(remote.refs().get(main)).toBe(tip);
  });

  it('a remote that is gone when it is asked how the push ended', async () => {
    const repository = await world.open(server.url(remote));
    const { tip, mine } = await writeOne(repository);
    await server.close();
    await expect(
      repository.publish([{ ref: main, expected: tip, to: mine }]),
    ).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
  });

  it('a token without the right to write', async () => {
    const repository = await world.open(server.url(remote));
    const { tip, mine } = await writeOne(repository);
    server.readOnly = true;
    await expect(
      repository.publish([{ ref: main, expected: tip, to: mine }]),
    ).rejects.toMatchObject({ code: 'REMOTE_CREDENTIALS' });
  });
});

it.each([300, 3000])(
  '%i tags and a commit are one atomic push',
  async (count) => {
    remote.commit({ a: '1' });
    const repository = await world.open(remote);
    const { tip, mine } = await writeOne(repository);
    const tags = Array.from({ length: count }, (_, index) => ({
      ref: parseRefName(`refs/tags/a-${'long-'.repeat(10)}product-name-${index}@1.0.0`),
      expected: null,
      to: mine,
    }));
    const all = [{ ref: main, expected: tip, to: mine }, ...tags];
    const theirs = remote.commit({ b: '1' });
    expect(await repository.publish(all)).toEqual({
      kind: 'moved',
      moved: [{ ref: main, found: theirs }],
    });
    remote.setRef(main, tip);
    remote.tag(`a-${'long-'.repeat(10)}product-name-7@1.0.0`, tip);
    expect(await repository.publish(all)).toEqual({
      kind: 'moved',
      moved: [{ ref: `refs/tags/a-${'long-'.repeat(10)}product-name-7@1.0.0`, found: tip }],
    });
    expect(remote.refs().size).toBe(2);
    remote.setRef(`refs/tags/a-${'long-'.repeat(10)}product-name-7@1.0.0`, null);
    expect(await repository.publish(all)).toEqual({ kind: 'published' });
    expect(remote.refs().size).toBe(count + 1);
  },
  60_000,
);

it('a server without atomic push gets the updates one by one, and the first that fails ends it', async () => {
  const tip = remote.commit({ a: '1' });
  remote.config('receive.advertiseAtomic', 'false');
  const repository = await world.open(remote);
  const { mine } = await writeOne(repository);
  remote.tag('b', tip);
  const refs = ['refs/tags/a', 'refs/tags/b', 'refs/tags/c'].map(parseRefName);
  const updates = refs.map((ref) => ({ ref, expected: null, to: mine }));
  expect(await repository.publish(updates)).toEqual({
    kind: 'moved',
    moved: [{ ref: refs[1], found: tip }],
  });
  expect([...remote.refs().keys()]).toEqual(['refs/heads/main', 'refs/tags/a', 'refs/tags/b']);
  expect(repository.notices.map((notice) => notice.kind)).toEqual(['no-atomic']);
});

it.each(['file', 'http'])(
  'a tag on an old commit is published though the branch went on meanwhile (%s, blobs not in the store)',
  async (how) => {
    for (let index = 0; index < 5; index += 1) remote.commit({ [`f${index}`]: String(index) });
    const server = await startGitHttpServer(world);
    const repository = await world.open(how === 'file' ? remote : server.url(remote));
    const { refs } = await repository.fetch({ refs: [main], depth: 'history' });
    const tip = refs.get(main) as CommitId;
    const tag = (
      await repository.write([
        { kind: 'tag', mark: 't', name: 'x', target: tip, message: 'm', tagger: dev, at: 1 },
      ])
    ).get('t') as ObjectId;
    remote.commit({ later: 'x' });
    expect(
      await repository.publish([{ ref: parseRefName('refs/tags/x'), expected: null, to: tag }]),
    ).toEqual({ kind: 'published' });
    expect(remote.refs().get('refs/tags/x')).toBe(tag);
    await server.close();
  },
);

it('a shallow store publishes commits and tags', async () => {
  for (let index = 0; index < 5; index += 1) remote.commit({ [`f${index}`]: String(index) });
  const repository = await world.open(remote);
  const { tip, mine } = await writeOne(repository);
  remote.commit({ later: 'x' }, 'other', { branch: 'other' });
  expect(
    await repository.publish([
      { ref: main, expected: tip, to: mine },
      { ref: parseRefName('refs/tags/x'), expected: null, to: tip },
    ]),
  ).toEqual({ kind: 'published' });
  world.git(remote.path, 'fsck', '--strict');
});

it('refuses to write where git is configured to sign, whatever the key', async () => {
  remote.commit({ a: '1' });
  for (const key of ['commit.gpgSign', 'tag.gpgSign', 'tag.forceSignAnnotated', 'push.gpgSign']) {
    const environment = {
      ...world.environment,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: key,
      GIT_CONFIG_VALUE_0: 'true',
    };
    const repository = await world.open(remote, { environment });
    await expect(writeOne(repository)).rejects.toMatchObject({ code: 'SIGNING_CONFIGURED' });
    await repository.close();
  }
  const unsigned = {
    ...world.environment,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'commit.gpgSign',
    GIT_CONFIG_VALUE_0: 'false',
  };
  await expect(
    writeOne(await world.open(remote, { environment: unsigned })),
  ).resolves.toBeDefined();
});

it('settings of the user that would change what is pushed do not', async () => {
  const tip = remote.commit({ a: '1' });
  const file = `${world.directory}/gitconfig`;
  const set = (key: string, value: string) =>
    world.git(world.directory, 'config', '--file', file, key, value);
  for (const [key, value] of [
    ['push.followTags', 'true'],
    ['push.useForceIfIncludes', 'true'],
    ['push.default', 'nothing'],
    ['fetch.prune', 'true'],
    ['remote.pushDefault', 'elsewhere'],
    ['core.hooksPath', world.directory],
    ['log.showSignature', 'true'],
    ['diff.noprefix', 'true'],
    ['core.quotePath', 'true'],
  ] as const)
    set(key, value);
  const repository = await world.open(remote, {
    environment: { ...world.environment, GIT_CONFIG_GLOBAL: file },
  });
  const { mine } = await writeOne(repository);
  expect(await repository.publish([{ ref: main, expected: tip, to: mine }])).toEqual({
    kind: 'published',
  });
  expect([...remote.refs()]).toEqual([[main, mine]]);
});

it('five writers at once lose nothing', async () => {
  remote.commit({ start: '' });
  const write = async (index: number) => {
    const repository = await world.open(remote, {
      cacheDirectory: `${world.cacheDirectory}-${index}`,
    });
    for (;;) {
      const tip = (await repository.fetch({ refs: [main], depth: 'tip' })).refs.get(
        main,
      ) as CommitId;
      const mine = (await repository.write([draft(`c${index}`, tip, `f${index}`, 'x')])).get(
        `c${index}`,
      ) as CommitId;
      const outcome = await repository.publish([{ ref: main, expected: tip, to: mine }]);
      if (outcome.kind === 'refused') throw new Error(outcome.reason);
      if (outcome.kind === 'published') return;
    }
  };
  await Promise.all(Array.from({ length: 5 }, (_, index) => write(index)));
  expect(Object.keys(remote.files()).length).toBe(6);
  expect(remote.log().length).toBe(6);
}, 60_000);

it('a warm fetch, write and push are five git processes, none of which asks the remote twice', async () => {
  remote.commit({ a: '1' });
  await (
    await world.open(remote)
  )
    .fetch({ refs: [main], depth: 'history' })
    .then(async () => undefined);
  const first = await world.open(remote, { cacheDirectory: `${world.cacheDirectory}-2` });
  await first.fetch({ refs: [main], depth: 'history' });
  await first.close();
  const commands: GitCommand[] = [];
  const repository = await world.open(remote, {
    cacheDirectory: `${world.cacheDirectory}-2`,
    onCommand: (command) => commands.push(command),
  });
  const { tip, mine } = await writeOne(repository);
  await repository.publish([{ ref: main, expected: tip, to: mine }]);
  const names = commands.map(({ args }) =>
    args.find((arg) => /^[a-z]/.test(arg) && !arg.includes('=')),
  );
  expect(names).toEqual(['fetch', 'config', 'fast-import', 'push']);
});

it('a disk that is full while writing is said so, and nothing is published', async () => {
  const tip = remote.commit({ a: '1' });
  // A full disk cannot be had without a mount of one's own: git's words for it come from a script before it.
  const git = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
  const bin = join(world.directory, 'bin');
  mkdirSync(bin);
  const script = `#!/bin/sh\ncase "$*" in *fast-import*) echo 'fatal: cannot write pack: No space left on device' >&2; exit 128;; esac\nexec ${git} "$@"\n`;
  writeFileSync(join(bin, 'git'), script, { mode: 0o755 });
  const environment = { ...world.environment, PATH: `${bin}:${world.environment['PATH'] ?? ''}` };
  const repository = await world.open(remote, { environment });
  await expect(writeOne(repository)).rejects.toMatchObject({
    code: 'DISK_FULL',
    hint: expect.stringContaining('LANEWISE_CACHE') as string,
  });
  expect([...remote.refs()]).toEqual([[main, tip]]);
});

it('what a killed run left in the cache is removed by the next', async () => {
  remote.commit({ a: '1' });
  const first = await world.open(remote);
  await first.fetch({ refs: [main], depth: 'tip' });
  await first.close();
  const [name] = readdirSync(join(world.cacheDirectory, 'repositories'));
  const root = join(world.cacheDirectory, 'repositories', name as string);
  const before = readdirSync(root);
  for (const left of ['draft-0123.git', 'push-0123.git', 'store.git.0123.old'])
    mkdirSync(join(root, left));
  await (await world.open(remote)).close();
  expect(readdirSync(root)).toEqual(before);
});
