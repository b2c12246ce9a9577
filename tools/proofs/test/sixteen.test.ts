import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type Remote, type World } from '@lanewise/testing';
import { buildBinary, type Binary, type Ended } from '../src/binary.js';
import { told } from '../src/estate.js';

const names = Array.from({ length: 16 }, (_, index) => `app-${String(index + 1).padStart(2, '0')}`);

/** Sixteen products that share nothing, each affected, and one GitOps branch. */
interface Crowd {
  readonly world: World;
  readonly mono: Remote;
  readonly deploy: Remote;
  run(clone: number, ...args: string[]): Promise<Ended>;
}

function manifest(name: string, tag: string): string {
  return `# ${name}\nmemory: 256Mi\nimage: { tag: "${tag}" } # pinned\n`;
}

async function makeCrowd(binary: Binary): Promise<Crowd> {
  const world = makeWorld();
  const [mono, deploy] = [world.makeRemote('mono'), world.makeRemote('deploy')];
  const each = names.map((name) => `    ${name}: { root: apps/${name} }\n`).join('');
  mono.commit(
    {
      'lanewise.yaml': `gitops: { repository: "${deploy.url}" }
products:
  image: registry.example.com/acme/{product}
  build: external
  pins: [{ file: "apps/{env}/{product}.yaml", path: image.tag }]
  each:
${each}environments: { dev: {} }
`,
      ...Object.fromEntries(names.map((name) => [`apps/${name}/main.txt`, 'one\n'])),
    },
    'feat: begin',
  );
  deploy.commit(
    Object.fromEntries(names.map((name) => [`apps/dev/${name}.yaml`, manifest(name, '')])),
  );
  deploy.hook('post-receive', 'while read line; do git config --add test.pushed "$line"; done');
  const clones = names.map((name) => world.clone(mono, { name }));
  const run: Crowd['run'] = (index, ...args) => {
    // As on sixteen machines: no cache is shared.
    const LANEWISE_CACHE = `${world.cacheDirectory}-${index}`;
    const environment = { ...world.environment, LANEWISE_CACHE };
    return binary.run(clones[index]?.root ?? '', environment, args);
  };
  const first = await run(0, 'release', ...names, '--first');
  expect(first.code, told(first)).toBe(0);
  mono.commit(
    Object.fromEntries(names.map((name) => [`apps/${name}/main.txt`, 'two\n'])),
    'fix: all of them',
  );
  for (const clone of clones) {
    clone.git('fetch', '-q', 'origin');
    clone.git('reset', '-q', '--hard', 'origin/main');
  }
  return { world, mono, deploy, run };
}

describe('many releases into one GitOps branch', () => {
  let binary: Binary;
  let crowd: Crowd;
  beforeAll(async () => {
    binary = buildBinary();
    crowd = await makeCrowd(binary);
  });
  afterAll(async () => {
    await crowd.world.dispose();
  });

  it('from one process are one push, with a commit for each product', () => {
    const { deploy } = crowd;
    const subjects = deploy.git('log', '--format=%s', 'main').trim().split('\n');
    expect(subjects).toHaveLength(1 + names.length);
    expect(pushes(crowd)).toHaveLength(1);
    expect(pushes(crowd)[0]).toMatch(/^[0-9a-f]+ [0-9a-f]+ refs\/heads\/main$/);
  });

  it('from 16 processes all land, none lost, none twice', { timeout: 120_000 }, async () => {
    const { mono, deploy } = crowd;
    const before = deploy.git('rev-parse', 'main').trim();
    const ended = await Promise.all(names.map((name, index) => crowd.run(index, 'release', name)));
    for (const one of ended) expect(one.code, told(one)).toBe(0);
    for (const name of names) {
      expect(deploy.read(`apps/dev/${name}.yaml`)).toBe(manifest(name, '1.0.1'));
      const tags = mono.git('tag', '--list', `${name}@*`).trim().split('\n');
      expect(tags).toEqual([`${name}@1.0.0`, `${name}@1.0.1`]);
    }
    const moved = deploy.git(
      'log',
      '--format=%(trailers:key=Lanewise-Product,valueonly,separator=%x2C)',
      `${before}..main`,
    );
    expect(moved.trim().split('\n').sort()).toEqual(names);
    const changed = deploy.git(
      'log',
      '-m',
      '--first-parent',
      '--name-only',
      '--format=',
      `${before}..main`,
    );
    expect(changed.trim().split('\n').sort()).toEqual(names.map((name) => `apps/dev/${name}.yaml`));
    expect([...mono.refs().keys()].filter((ref) => ref.startsWith('refs/lanewise/'))).toEqual([]);
  });

  it('leave nothing to do for any of them', async () => {
    const { mono, deploy } = crowd;
    const refs = [...mono.refs(), ...deploy.refs()].join('\n');
    const again = await crowd.run(15, 'release');
    expect(again.code, told(again)).toBe(0);
    expect([...mono.refs(), ...deploy.refs()].join('\n')).toBe(refs);
  });
});

/** What the hook of the GitOps remote wrote down: a line for each ref of each push. */
function pushes({ deploy }: Crowd): readonly string[] {
  return deploy.git('config', '--get-all', 'test.pushed').trim().split('\n');
}
