import { describe, expect, it } from 'vitest';
import { parseConfig, parseImageReference, type ProductName } from '@lanewise/model';
import {
  explainAbsence,
  planFromJson,
  planRequest,
  planToJson,
  promote,
  type LockWord,
  type PromotionRequest,
  type PromotionResult,
  type WhyNot,
} from '@lanewise/promotion';
import { hour, makePlace, values, verdicts, type Place } from './place.js';

const docs = 'docs' as ProductName;

function environments(lines: string): string {
  return `
gitops: { repository: "https://git.example.com/deploy.git" }
release: { branches: [main, release] }
products: { select: "*", image: "registry.example.com/{product}", pins: [{ file: "{env}/{product}/values.yaml", path: image.tag }] }
environments:
${lines}
`;
}

function lock(
  place: Place,
  word: LockWord,
  environment: string,
  version: string | null,
): Promise<PromotionResult> {
  return place.run({
    kind: 'lock',
    word,
    product: docs,
    environment,
    version,
    reason: 'bad',
    by: 'Dev',
    until: null,
    bindsRollbacks: false,
  });
}

function unlock(place: Place, environment: string, version: string | null = null) {
  return place.run({
    kind: 'unlock',
    product: docs,
    environment,
    version,
    reason: null,
    by: 'Dev',
  });
}

describe('a release with equal inputs', () => {
  it('does not count as having run where the one that ran was rejected', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0', { inputs: 'same' });
    await place.ready();
    place.now += hour;
    await lock(place, 'reject', 'dev', '1.0.0');
    place.release('docs', '1.0.1', { inputs: 'same' });
    const held = await place.promote('docs@1.0.1', 'staging');
    expect(verdicts(held)).toEqual(['staging/docs: held gates']);
    expect(held.plan.decisions[0]?.gates.find(({ gate }) => gate === 'after')?.answer).toEqual({
      kind: 'closed',
      why: '1.0.0, which has the same inputs, was rejected in dev: bad',
    });
  });
});

describe('a step back by hand', () => {
  const config = environments('  dev: {}');

  it('acts as a lock although a release is rejected there later, until it is unlocked', async () => {
    const place = makePlace({ config });
    place.release('docs', '1.0.0');
    await place.ready();
    place.release('docs', '1.1.0');
    await place.ready();
    place.pin('dev', 'docs', '1.0.0', 'back');
    await lock(place, 'reject', 'dev', '1.1.0');
    place.release('docs', '1.2.0');
    expect(verdicts(await place.ready())).toEqual(['dev/docs: waiting gates']);
    await unlock(place, 'dev');
    expect((await place.ready()).landed).toMatchObject([{ to: '1.2.0' }]);
  });

  it('stays settled when a release is rejected after it was unlocked', async () => {
    const place = makePlace({ config });
    place.release('docs', '1.0.0');
    await place.ready();
    place.release('docs', '1.1.0');
    await place.ready();
    place.pin('dev', 'docs', '1.0.0', 'back');
    await unlock(place, 'dev');
    await lock(place, 'reject', 'dev', '1.1.0');
    place.release('docs', '1.2.0');
    expect((await place.ready()).landed).toMatchObject([{ to: '1.2.0' }]);
  });
});

describe('a rollback from a hotfix that was unrelated to what it replaced', () => {
  it('walks on when it is repeated, and does not swing between the two', async () => {
    const place = makePlace({ config: environments('  dev: {}') });
    const base = place.release('docs', '1.0.0');
    await place.ready();
    place.release('docs', '1.1.0');
    await place.ready();
    const fix = place.source('fix: hot', { branch: 'release', parents: [base] });
    place.release('docs', '1.0.1', { commit: fix });
    await place.promote('docs@1.0.1', 'dev', { force: [{ gate: 'contains', reason: 'fire' }] });
    expect((await place.rollback('docs', 'dev')).landed).toMatchObject([{ to: '1.1.0' }]);
    expect((await place.rollback('docs', 'dev')).landed).toMatchObject([{ to: '1.0.0' }]);
  });
});

describe('requests', () => {
  it('are named by unlock only where what is taken away held them', async () => {
    const place = makePlace({ config: environments('  dev: { on: command }') });
    const commit = place.release('docs', '1.0.0');
    await lock(place, 'lock', 'dev', null);
    await lock(place, 'reject', 'dev', '1.0.0');
    place.workspace.tag('dev/docs@1.0.0', commit);
    const partly = await unlock(place, 'dev', '1.0.0');
    expect(partly.plan.decisions[0]?.reason.text).toBe('docs in dev is unlocked');
    const fully = await unlock(place, 'dev');
    expect(fully.plan.decisions[0]?.reason.text).toContain('opens dev/docs@1.0.0');
  });
});

describe('a saved plan', () => {
  async function saved(place: Place, request: PromotionRequest) {
    const { plan } = await planRequest(place.sources, request, { now: () => place.now });
    return planFromJson(planToJson(plan));
  }

  it('of what is ready ends where it was reviewed, and says nothing went wrong', async () => {
    const place = makePlace({
      config: environments('  dev: {}\n  staging: { after: dev, on: ready }'),
    });
    place.release('docs', '1.0.0');
    const plan = await saved(place, { kind: 'ready', products: null, released: null });
    const result = await place.run(plan.request, { expected: plan });
    expect(result.landed.map(({ environment }) => environment)).toEqual(['dev']);
    expect((await place.ready()).landed.map(({ environment }) => environment)).toEqual(['staging']);
  });

  it('of a lock does nothing the second time', async () => {
    const place = makePlace({ config: environments('  dev: {}') });
    place.release('docs', '1.0.0');
    const request: PromotionRequest = {
      kind: 'lock',
      word: 'freeze',
      product: null,
      environment: 'dev',
      version: null,
      reason: 'audit',
      by: 'Dev',
      until: null,
      bindsRollbacks: false,
    };
    const plan = await saved(place, request);
    expect((await place.run(plan.request, { expected: plan })).lockCommits).toHaveLength(1);
    expect((await place.run(plan.request, { expected: plan })).lockCommits).toEqual([]);
  });
});

describe('a rollback that is asked twice', () => {
  const config = environments('  dev: {}');

  async function three(): Promise<Place> {
    const place = makePlace({ config });
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) {
      place.release('docs', version);
      await place.ready();
    }
    return place;
  }

  function leave(version: string, to: string | null = null): PromotionRequest {
    const what = { kind: 'rollback', product: docs, environment: 'dev', to } as const;
    return { ...what, leave: { dev: version }, force: [], reason: null, by: 'Dev' };
  }

  it('does nothing the second time where it names what it takes back', async () => {
    const place = await three();
    expect((await place.run(leave('1.2.0'))).landed).toMatchObject([{ to: '1.1.0' }]);
    const again = await place.run(leave('1.2.0'));
    expect(verdicts(again)).toEqual(['dev/docs: done runs-already']);
    expect(again.exitCode).toBe(0);
    expect(verdicts(await place.run(leave('1.0.0')))).toEqual(['dev/docs: refused not-running']);
  });

  it('goes one back and not two where two people ask at once', async () => {
    const place = await three();
    const other = place.open();
    let raced = false;
    const gitops = {
      ...place.sources.gitops,
      publish: async (...updates: Parameters<typeof place.sources.gitops.publish>) => {
        if (!raced) {
          raced = true;
          await promote(other, { ...bare, by: 'Ops' }, surroundings);
        }
        return place.sources.gitops.publish(...updates);
      },
    };
    const bare: Extract<PromotionRequest, { kind: 'rollback' }> = {
      kind: 'rollback',
      product: docs,
      environment: 'dev',
      to: null,
      force: [],
      reason: null,
      by: 'Dev',
    };
    const surroundings = {
      now: () => place.now,
      random: () => 0,
      sleep: () => Promise.resolve(),
      identity: { name: 'Dev', email: 'dev@example.com' },
    };
    const late = await promote({ ...place.sources, gitops }, bare, surroundings);
    expect(late.landed).toEqual([]);
    expect(verdicts(late)).toEqual(['dev/docs: done runs-already']);
    expect(place.pinned('dev', 'docs')).toBe('1.1.0');
  });

  it('is kept in a plan by what it takes back', async () => {
    const place = await three();
    const what = { kind: 'rollback', product: docs, environment: 'dev', to: null } as const;
    const request = { ...what, force: [], reason: null, by: 'Dev' };
    const { plan } = await planRequest(place.sources, request, { now: () => place.now });
    expect(planFromJson(planToJson(plan)).request).toMatchObject({ leave: { dev: '1.2.0' } });
  });
});

describe('why a release is not there', () => {
  it('shows the lock of a rollback to what lands by itself and to tags, and that a name passes it', async () => {
    for (const on of ['release', 'command']) {
      const place = makePlace({ config: environments(`  dev: { on: ${on} }`) });
      place.release('docs', '1.0.0');
      await place.promote('docs@1.0.0', 'dev');
      place.release('docs', '1.1.0');
      await place.promote('docs@1.1.0', 'dev');
      await place.rollback('docs', 'dev');
      const [answer] = explainAbsence(await place.state(), docs, 'dev', '1.1.0');
      const lockOf = (judged: WhyNot['asked']) =>
        judged?.gates.find(({ gate }) => gate === 'lock')?.answer.kind;
      expect(lockOf(answer?.asked ?? null)).toBe('closed');
      expect(lockOf(answer?.byName ?? null)).toBe('open');
    }
  });
});

describe('an environment that a product is not in', () => {
  it('is skipped, and what comes before it counts in its place', async () => {
    const place = makePlace({
      config: environments(
        '  dev: {}\n  staging: { after: dev, on: ready }\n  prod: { after: staging, on: ready, gates: { soak: 2h } }',
      ),
    });
    place.gitops.setRef('refs/heads/main', null);
    place.hand({ 'dev/docs/values.yaml': values(''), 'prod/docs/values.yaml': values('') });
    place.release('docs', '1.0.0');
    const first = await place.ready();
    expect(first.landed.map(({ environment }) => environment)).toEqual(['dev']);
    place.now += 3 * hour;
    const later = await place.ready();
    expect(later.landed.map(({ environment }) => environment)).toEqual(['prod']);
  });
});

describe('a prerelease', () => {
  it('lands nowhere by itself; by name it does', async () => {
    const place = makePlace({ config: environments('  dev: {}') });
    place.release('docs', '1.0.0');
    await place.ready();
    place.release('docs', '1.1.0-rc.1');
    expect(verdicts(await place.ready())).toEqual(['dev/docs: done no-candidate']);
    expect(verdicts(await place.promote('docs', 'dev'))).toEqual(['dev/docs: done no-candidate']);
    expect((await place.promote('docs@1.1.0-rc.1', 'dev')).landed).toHaveLength(1);
    place.release('docs', '1.1.0');
    expect((await place.ready()).landed).toMatchObject([{ to: '1.1.0' }]);
  });
});

describe('releases named by their commit', () => {
  const config = environments('  dev: { on: command }').replace(
    'products:',
    'versioning: { scheme: commit }\nproducts:',
  );

  function byCommit(place: Place): string {
    const commit = place.source();
    return place.release('docs', commit, { commit });
  }

  it('are rejected and unlocked by the first digits, and a tag of them asks for it', async () => {
    const place = makePlace({ config });
    const commit = byCommit(place);
    const short = commit.slice(0, 8);
    place.hand({ '.lanewise/lock/dev/docs': `- reason: bad\n  not: ["${short}"]\n` });
    place.workspace.tag(`dev/docs@${short}`, commit);
    expect(verdicts(await place.ready())).toEqual(['dev/docs: waiting gates']);
    expect(verdicts(await place.promote(`docs@${short}`, 'dev'))).toEqual(['dev/docs: held gates']);
    expect(verdicts(await unlock(place, 'dev', short))).toEqual(['dev/docs: lock unlocked']);
    await lock(place, 'reject', 'dev', short);
    expect(verdicts(await unlock(place, 'dev', short))).toEqual(['dev/docs: lock unlocked']);
    expect((await place.ready()).landed).toMatchObject([{ to: commit, origin: 'request' }]);
  });
});

describe('a pin that is added to the configuration', () => {
  it('makes no release of the past unknown: what was taken back by hand stays away', async () => {
    const config = environments('  dev: {}');
    const place = makePlace({ config });
    place.release('docs', '1.0.0');
    await place.ready();
    place.release('docs', '1.1.0');
    await place.ready();
    place.pin('dev', 'docs', '1.0.0', 'back');
    const both = 'image:\n  tag: "1.0.0"\nworker:\n  tag: "1.0.0"\n';
    place.hand({ 'dev/docs/values.yaml': both });
    const pins = 'path: image.tag }, { file: "{env}/{product}/values.yaml", path: worker.tag }]';
    const wider = parseConfig(config.replace('path: image.tag }]', pins), 'lanewise.yaml');
    const sources = { ...place.open(), config: wider };
    const request = { kind: 'ready', products: null, released: null } as const;
    const { plan, state } = await planRequest(sources, request, { now: () => place.now });
    expect(state.cells.get('dev/docs')?.state).toMatchObject({ release: { version: '1.0.0' } });
    expect(plan.intents).toEqual([]);
    expect(plan.decisions[0]?.reason.code).toBe('ran-before');
  });
});

describe('an environment that takes only its own images', () => {
  const config = environments('  prod: { on: command, images: own }').replace(
    'pins: [{ file: "{env}/{product}/values.yaml", path: image.tag }]',
    'pins: [{ file: "{env}/{product}/values.yaml", path: image.tag }, { file: "{env}/{product}/values.yaml", path: worker.tag, of: worker }]',
  );

  it('wants every image told that a pin there names', async () => {
    const wide = config.replace(
      'image: "registry.example.com/{product}"',
      'images: { main: "registry.example.com/{product}", worker: "registry.example.com/{product}-worker" }',
    );
    const place = makePlace({ config: wide });
    place.hand({ 'prod/docs/values.yaml': 'image:\n  tag: ""\nworker:\n  tag: ""\n' });
    place.release('docs', '1.0.0');
    const main = parseImageReference('registry.example.com/docs:own-1');
    const half = await place.promote('docs@1.0.0', 'prod', { images: { main } });
    expect(verdicts(half)).toEqual(['prod/docs: refused own-image']);
    const worker = parseImageReference('registry.example.com/docs-worker:own-1');
    const whole = await place.promote('docs@1.0.0', 'prod', { images: { main, worker } });
    expect(whole.landed).toHaveLength(1);
  });

  it('is not rolled back to a release that was never there', async () => {
    const place = makePlace({ config: environments('  prod: { on: command, images: own }') });
    place.release('docs', '1.0.0');
    place.release('docs', '1.1.0');
    const main = parseImageReference('registry.example.com/docs:own-2');
    await place.promote('docs@1.1.0', 'prod', { images: { main } });
    const back = await place.rollback('docs', 'prod', '1.0.0');
    expect(verdicts(back)).toEqual(['prod/docs: refused own-image']);
  });
});

describe('two requests of which neither contains the other', () => {
  it('wait for a person to choose, and the other is told what became of it', async () => {
    const place = makePlace({ config: environments('  dev: { on: command }') });
    const base = place.release('docs', '1.0.0');
    await place.promote('docs@1.0.0', 'dev');
    const fix = place.source('fix: hot', { branch: 'release', parents: [base] });
    place.release('docs', '1.0.1', { commit: fix });
    const main = place.release('docs', '1.1.0');
    place.workspace.tag('dev/docs@1.0.1', fix);
    place.workspace.tag('dev/docs@1.1.0', main);
    expect(verdicts(await place.ready())).toEqual([
      'dev/docs: waiting unrelated',
      'dev/docs: waiting unrelated',
    ]);
    await place.promote('docs@1.1.0', 'dev');
    const tag = 'dev/docs@1.0.1';
    const late = await place.run({ kind: 'tag', tags: [tag] });
    expect(verdicts(late)).toEqual(['dev/docs: held request-unrelated']);
  });
});

describe('unlock', () => {
  it('says where a lock stands that it does not take away', async () => {
    const place = makePlace({ config: environments('  dev: {}') });
    place.release('docs', '1.0.0');
    place.hand({ '.lanewise/lock/dev/_all': '- reason: closing\n' });
    const done = await unlock(place, 'dev');
    expect(verdicts(done)).toEqual(['dev/docs: done no-lock']);
    expect(done.plan.decisions[0]?.reason.hint).toBe(
      'Locked is: every product in dev (lanewise unlock --env dev).',
    );
  });
});
