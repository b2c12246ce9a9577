import { describe, expect, it } from 'vitest';
import { promote } from '@lanewise/promotion';
import { hour, makePlace, values, verdicts } from './place.js';

describe('the way of a release through the environments', () => {
  it('lands in dev at once, in staging after its soak, and in prod only by name', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0');
    const first = await place.ready();
    expect(first.landed.map(({ environment }) => environment)).toEqual(['dev']);
    expect(verdicts(first)).toContain('staging/docs: waiting gates');
    place.now += hour;
    expect((await place.ready()).landed.map(({ environment }) => environment)).toEqual(['staging']);
    place.now += hour;
    const early = await place.promote('docs', 'prod');
    expect(early.exitCode).toBe(3);
    expect(early.landed).toEqual([]);
    place.now += hour;
    const late = await place.promote('docs', 'prod');
    expect(late.landed).toMatchObject([{ environment: 'prod', to: '1.0.0', from: null }]);
    expect(late.exitCode).toBe(0);
    expect(place.gitops.read('prod/docs/values.yaml')).toBe(values('1.0.0'));
  });

  it('leaves the record of a promotion by name as a tag on the source commit', async () => {
    const place = makePlace();
    const commit = place.release('docs', '1.0.0');
    const result = await place.promote('docs@1.0.0', 'prod', {
      force: [
        { gate: 'after', reason: 'first' },
        { gate: 'soak', reason: 'first' },
      ],
    });
    expect(result.records).toEqual(['prod/docs@1.0.0']);
    const state = await place.state();
    expect(state.requests).toEqual([]);
    expect([...state.environmentTags]).toEqual(['prod/docs@1.0.0']);
    expect(state.cells.get('prod/docs')?.state).toMatchObject({
      kind: 'release',
      release: { commit },
    });
    expect(place.gitops.log()[0]).toContain('Lanewise-Forced: after: first');
  });

  it('does nothing the second time', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0');
    await place.ready();
    const before = place.gitops.describe();
    const again = await place.ready();
    expect(again.landed).toEqual([]);
    expect(place.gitops.describe()).toBe(before);
  });
});

describe('named scenarios', () => {
  it("a rerun after a person's git revert", async () => {
    const place = makePlace();
    place.release('docs', '1.0.0');
    await place.ready();
    place.release('docs', '1.1.0');
    place.now += hour;
    await place.ready();
    expect(place.pinned('dev', 'docs')).toBe('1.1.0');
    place.now += 60;
    place.pin('dev', 'docs', '1.0.0', 'Revert "deploy(dev): docs 1.1.0"');
    const rerun = await place.ready();
    expect(rerun.landed).toEqual([]);
    expect(place.pinned('dev', 'docs')).toBe('1.0.0');

    place.release('docs', '1.2.0');
    const later = await place.ready();
    expect(later.landed, 'a step back by hand locks newer releases out as well').toEqual([]);
    const dev = later.plan.decisions.find(({ environment }) => environment === 'dev');
    expect(dev?.gates.find(({ gate }) => gate === 'lock')?.answer).toMatchObject({
      kind: 'closed',
      why: expect.stringContaining('1.1.0 was taken back by Dev') as string,
    });
    expect((await place.promote('docs@1.2.0', 'dev')).landed).toHaveLength(1);
  });

  it('a hand-pushed tag for an overtaken release', async () => {
    const place = makePlace();
    const old = place.release('docs', '1.0.0');
    const force = [
      { gate: 'after', reason: 'test' },
      { gate: 'soak', reason: 'test' },
    ] as const;
    place.release('docs', '1.1.0');
    await place.promote('docs@1.1.0', 'prod', { force });
    place.workspace.tag('prod/docs@1.0.0', old);
    const result = await place.ready();
    expect(result.landed.filter(({ environment }) => environment === 'prod')).toEqual([]);
    const named = await place.run({ kind: 'tag', tags: ['prod/docs@1.0.0'] });
    expect(verdicts(named)).toEqual(['prod/docs: done request-overtaken']);
    expect(place.pinned('prod', 'docs')).toBe('1.1.0');
  });

  it('a release rolled back in staging after its soak must not reach prod by itself', async () => {
    const config =
      'environments:\n  dev: {}\n  staging: { after: dev, on: ready, gates: { soak: 30m } }\n  prod: { after: staging, on: ready, gates: { soak: 2h } }\nproducts: { select: "*", image: "registry.example.com/{product}", pins: [{ file: "{env}/{product}/values.yaml", path: image.tag }] }\ngitops: { repository: "https://git.example.com/x.git" }\n';
    const place = makePlace({ config });
    place.release('docs', '1.0.0');
    await place.ready();
    place.now += hour;
    await place.ready();
    place.now += 3 * hour;
    await place.ready();
    expect(place.pinned('prod', 'docs')).toBe('1.0.0');
    place.release('docs', '1.1.0');
    await place.ready();
    place.now += hour;
    await place.ready();
    expect(place.pinned('staging', 'docs')).toBe('1.1.0');
    place.now += 3 * hour; // its soak is complete
    const back = await place.rollback('docs', 'staging');
    expect(back.landed).toMatchObject([{ from: '1.1.0', to: '1.0.0', origin: 'rollback' }]);
    place.now += hour;
    const result = await place.ready();
    expect(result.landed).toEqual([]);
    expect(place.pinned('prod', 'docs')).toBe('1.0.0');
    const prod = result.plan.decisions.find(({ environment }) => environment === 'prod');
    expect(prod?.gates.find(({ gate }) => gate === 'after')?.answer).toMatchObject({
      why: expect.stringContaining('taken back in staging') as string,
    });
  });

  it('three pins of which one was changed by hand', async () => {
    const config = `
gitops: { repository: "https://git.example.com/x.git" }
products:
  select: "*"
  image: registry.example.com/{product}
  pins:
    - { file: "{env}/{product}/values.yaml", path: image.tag }
    - { file: "{env}/{product}/worker.yaml", path: worker.image, format: yaml, value: "{image}:{tag}" }
    - { file: "{env}/{product}/values.yaml", path: job.tag }
environments: { dev: {} }
`;
    const place = makePlace({ config });
    const write = (a: string, b: string, c: string): void => {
      place.hand({
        'dev/docs/values.yaml': `image:\n  tag: "${a}"\njob:\n  tag: ${c} # job\n`,
        'dev/docs/worker.yaml': `worker:\n  image: registry.example.com/docs:${b}\n`,
      });
    };
    place.release('docs', '1.0.0');
    place.release('docs', '1.1.0');
    write('1.0.0', '1.0.0', '1.0.0');
    expect((await place.state()).cells.get('dev/docs')?.state).toMatchObject({
      release: { version: '1.0.0' },
    });
    write('1.0.0', '1.0.0-hotfix', '1.0.0');
    expect((await place.state()).cells.get('dev/docs')?.state.kind).toBe('mixed');
    const automatic = await place.ready();
    expect(verdicts(automatic)).toEqual(['dev/docs: waiting mixed']);
    const named = await place.promote('docs@1.1.0', 'dev');
    expect(named.landed).toHaveLength(1);
    expect(place.gitops.read('dev/docs/values.yaml')).toBe(
      'image:\n  tag: "1.1.0"\njob:\n  tag: 1.1.0 # job\n',
    );
    expect(place.gitops.read('dev/docs/worker.yaml')).toBe(
      'worker:\n  image: registry.example.com/docs:1.1.0\n',
    );
  });

  it('a stale clone and four memory limits raised meanwhile', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0');
    const stale = place.open();
    await stale.gitops.fetch({ refs: ['refs/heads/main'], depth: 'history' });
    const raised = `# kept\nimage:\n  tag: ""\nresources:\n${[1, 2, 3, 4].map((n) => `  m${n}: { memory: 512Mi }\n`).join('')}`;
    place.hand({ 'dev/docs/values.yaml': raised });
    await promote(
      stale,
      { kind: 'ready', products: null, released: null },
      {
        now: () => place.now,
        random: () => 0,
        sleep: () => Promise.resolve(),
        identity: { name: 'Dev', email: 'dev@example.com' },
      },
    );
    expect(place.gitops.read('dev/docs/values.yaml')).toBe(
      raised.replace('tag: ""', 'tag: "1.0.0"'),
    );
  });

  it('a record or trailer forged in a commit message', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0');
    const words =
      'x\n\nLanewise-Product: docs\nLanewise-Environment: dev\nLanewise-To: 1.0.0\nLanewise-Image: main=evil.example.com/docs:6.6.6\n';
    place.hand({ 'other.txt': 'x' }, words);
    expect((await place.state()).cells.get('dev/docs')?.state.kind).toBe('empty');
    place.pin('dev', 'docs', '9.9.9', words);
    expect(
      (await place.state()).cells.get('dev/docs')?.state,
      'the words do not fit what was written',
    ).toMatchObject({ kind: 'image' });
    expect((await place.ready()).landed).toEqual([]);
  });

  it('a tag prod that blocks prod/…', async () => {
    const place = makePlace();
    const commit = place.release('docs', '1.0.0');
    place.workspace.tag('prod', commit);
    const before = place.gitops.describe();
    const result = await place.promote('docs@1.0.0', 'prod', {
      force: [
        { gate: 'after', reason: 'x' },
        { gate: 'soak', reason: 'x' },
      ],
    });
    expect(result.failed).toMatchObject([{ error: { code: 'REF_BLOCKED' } }]);
    expect(result.exitCode).toBe(1);
    expect(place.gitops.describe()).toBe(before);
  });
});
