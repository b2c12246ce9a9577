import { describe, expect, it } from 'vitest';
import type { Repository } from '@lanewise/git';
import { parseImageReference, type ProductName, type Version } from '@lanewise/model';
import {
  diffEnvironments,
  explainAbsence,
  otherChangesSince,
  planFromJson,
  planPromotion,
  planRequest,
  planToJson,
  promote,
  readHistory,
  readStatus,
  openTakenVersions,
  scopeOf,
  takenVersions,
  type Force,
  type PromotionRequest,
} from '@lanewise/promotion';
import { hour, makePlace, values, verdicts, type Place } from './place.js';

const past: readonly Force[] = [
  { gate: 'after', reason: 'test' },
  { gate: 'soak', reason: 'test' },
];
const docs = 'docs' as ProductName;

function oneEnvironment(extra = ''): string {
  return `
gitops: { repository: "https://git.example.com/deploy.git" }
products: { select: "*", image: "registry.example.com/{product}", pins: [{ file: "{env}/{product}/values.yaml", path: image.tag }] }
environments:
  dev: { ${extra} }
`;
}

async function answers(
  place: Place,
  environment: string,
): Promise<Readonly<Record<string, string>>> {
  const { plan } = await planRequest(
    place.sources,
    { kind: 'ready', products: null, released: null },
    { now: () => place.now },
  );
  const decision = plan.decisions.find((one) => one.environment === environment);
  return Object.fromEntries((decision?.gates ?? []).map(({ gate, answer }) => [gate, answer.kind]));
}

describe('the gate contains', () => {
  it('holds a release that what runs is newer than, until it is forced', async () => {
    const place = makePlace({ config: oneEnvironment() });
    place.release('docs', '1.0.0');
    place.release('docs', '1.1.0');
    await place.ready();
    const held = await place.promote('docs@1.0.0', 'dev');
    expect(verdicts(held)).toEqual(['dev/docs: held gates']);
    expect(held.exitCode).toBe(3);
    const forced = await place.promote('docs@1.0.0', 'dev', {
      force: [{ gate: 'contains', reason: 'incident' }],
    });
    expect(forced.landed).toMatchObject([{ from: '1.1.0', to: '1.0.0' }]);
    expect(forced.plan.decisions[0]?.takesBack).not.toBeNull();
    expect(place.gitops.log()[0]).toContain('Lanewise-Forced: contains: incident');
  });

  it('lets no automation choose between two releases of which neither contains the other', async () => {
    const place = makePlace({ config: oneEnvironment() });
    const base = place.release('docs', '1.0.0');
    await place.ready();
    place.release('docs', '1.1.0');
    const fix = place.source('fix: hot', { branch: 'release', parents: [base] });
    place.release('docs', '1.0.1', { commit: fix });
    const state = await place.state();
    const both = planPromotion(
      { ...state, strayReleases: new Set() },
      { kind: 'ready', products: null, released: null },
    );
    expect(both.intents).toEqual([]);
    expect(both.decisions[0]?.reason.code).toBe('unrelated');
  });

  it('leaves a release on no release branch to people', async () => {
    const place = makePlace({ config: oneEnvironment() });
    const base = place.release('docs', '1.0.0');
    await place.ready();
    place.release('docs', '1.0.1', {
      commit: place.source('fix: hot', { branch: 'side', parents: [base] }),
    });
    expect(verdicts(await place.ready())).toEqual(['dev/docs: waiting stray']);
    expect((await place.promote('docs@1.0.1', 'dev')).landed).toHaveLength(1);
  });
});

describe('the gates after and soak', () => {
  it('count a release with equal inputs that ran before', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0', { inputs: 'same' });
    await place.ready();
    place.now += hour;
    place.release('docs', '1.0.1', { inputs: 'same' });
    expect(await answers(place, 'staging')).toMatchObject({ after: 'open', soak: 'open' });
  });

  it('tell until when a soak lasts', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0');
    await place.ready();
    const landed = place.now;
    place.now += 60;
    const status = readStatus(await place.state());
    const staging = status.cells.find(({ environment }) => environment === 'staging');
    expect(staging?.next.gates.find(({ gate }) => gate === 'soak')?.answer).toEqual({
      kind: 'waiting',
      for: 'its soak in dev',
      until: landed + 1800,
    });
  });

  it('keep a release whose soak is complete a candidate after it was displaced', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0');
    await place.ready();
    place.now += hour;
    place.release('docs', '1.1.0');
    place.now += 60;
    const result = await place.ready();
    expect(result.landed.map(({ environment, to }) => `${environment} ${to}`)).toEqual([
      'dev 1.1.0',
      'staging 1.0.0',
    ]);
  });

  it('do not count a release that another displaced too early', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0');
    await place.ready();
    place.now += 600;
    place.release('docs', '1.1.0');
    await place.ready();
    place.now += 600;
    const state = await place.state();
    const old = explainAbsence(state, docs, 'staging', '1.0.0')[0];
    expect(old?.asked?.gates.find(({ gate }) => gate === 'soak')?.answer).toMatchObject({
      kind: 'closed',
    });
  });

  it('protect what runs in staging until prod has seen it long enough', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0');
    await place.ready();
    place.now += hour;
    await place.ready();
    place.release('docs', '1.1.0');
    await place.ready();
    place.now += hour;
    const early = await place.ready();
    expect(
      early.plan.decisions.find(({ environment }) => environment === 'staging')?.reason.code,
    ).toBe('protected');
    place.now += 2 * hour;
    expect((await place.ready()).landed).toMatchObject([{ environment: 'staging', to: '1.1.0' }]);
  });

  it('stay closed where the files before went missing, and skip environments the product is not in', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0');
    await place.ready();
    place.now += hour;
    place.hand({ 'dev/docs/values.yaml': null });
    const state = await place.state();
    expect(state.cells.get('dev/docs')?.state.kind).toBe('missing');
    expect(await answers(place, 'staging')).toMatchObject({ after: 'closed' });

    const other = makePlace({ products: [] });
    expect(verdicts(await other.ready())).toEqual([]);
  });
});

describe('environments behind each other without a soak', () => {
  it('are reached in one run', async () => {
    const config = oneEnvironment().replace(
      'dev: {  }',
      'dev: {}\n  test: { after: dev, on: ready }\n  qa: { after: test, on: ready }',
    );
    const place = makePlace({ config });
    place.release('docs', '1.0.0');
    const result = await place.ready();
    expect(result.landed.map(({ environment }) => environment)).toEqual(['dev', 'test', 'qa']);
    expect(result.plan.intents).toHaveLength(3);
  });
});

describe('at most once', () => {
  it('brings nothing a second time that was there and went', async () => {
    const place = makePlace({ config: oneEnvironment() });
    place.release('docs', '1.0.0');
    await place.ready();
    place.pin('dev', 'docs', '');
    expect((await place.ready()).landed).toEqual([]);
    expect((await place.promote('docs@1.0.0', 'dev')).landed).toHaveLength(1);
  });

  it('writes an empty commit only when somebody asks for what runs again', async () => {
    const place = makePlace({ config: oneEnvironment() });
    place.release('docs', '1.0.0');
    await place.ready();
    const tree = place.gitops.files();
    expect(verdicts(await place.promote('docs@1.0.0', 'dev'))).toEqual([
      'dev/docs: done runs-already',
    ]);
    const again = await place.promote('docs', 'dev', { again: true });
    expect(again.landed).toMatchObject([{ origin: 'again' }]);
    expect(place.gitops.files()).toEqual(tree);
    expect(
      verdicts(await place.promote('docs@9.9.9', 'dev', { again: true }).catch(() => again)),
    ).toHaveLength(1);
  });
});

describe('rollback', () => {
  async function withThree(): Promise<Place> {
    const place = makePlace({ config: oneEnvironment() });
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) {
      place.release('docs', version);
      place.now += 60;
      await place.ready();
    }
    return place;
  }

  it('walks back when it is repeated, and locks in the same commit', async () => {
    const place = await withThree();
    const commits = place.gitops.log().length;
    await place.rollback('docs', 'dev');
    expect(place.pinned('dev', 'docs')).toBe('1.1.0');
    expect(place.gitops.log()).toHaveLength(commits + 1);
    expect(place.gitops.read('.lanewise/lock/dev/docs')).toBe(
      '- reason: "broken"\n  by: "Dev"\n  rolledBackFrom: "1.2.0"\n',
    );
    await place.rollback('docs', 'dev');
    expect(place.pinned('dev', 'docs')).toBe('1.0.0');
    const nothing = await place.rollback('docs', 'dev');
    expect(verdicts(nothing)).toEqual(['dev/docs: refused nothing-before']);
  });

  it('keeps automation out until a promotion by name, which takes the lock away in its own commit', async () => {
    const place = await withThree();
    await place.rollback('docs', 'dev');
    place.release('docs', '1.3.0');
    expect((await place.ready()).landed).toEqual([]);
    const commits = place.gitops.log().length;
    await place.promote('docs@1.3.0', 'dev');
    expect(place.gitops.log()).toHaveLength(commits + 1);
    expect(Object.keys(place.gitops.files())).toEqual(['dev/docs/values.yaml']);
    place.release('docs', '1.4.0');
    expect((await place.ready()).landed).toMatchObject([{ to: '1.4.0' }]);
  });

  it('is not kept back by a lock, unless the lock says so', async () => {
    const place = await withThree();
    place.hand({ '.lanewise/lock/dev/_all': '- reason: freeze\n' });
    expect((await place.rollback('docs', 'dev')).landed).toHaveLength(1);
    place.hand({ '.lanewise/lock/dev/_all': '- reason: freeze\n  bindsRollbacks: true\n' });
    expect((await place.rollback('docs', 'dev')).exitCode).toBe(3);
  });

  it('says what else changed in the files since', async () => {
    const place = await withThree();
    const before = place.gitops.read('dev/docs/values.yaml');
    place.hand(
      { 'dev/docs/values.yaml': before.replace('replicas: 2', 'replicas: 9') },
      'more replicas',
    );
    const state = await place.state();
    const cell = state.cells.get('dev/docs');
    expect(cell && otherChangesSince(cell, '1.1.0').map(({ subject }) => subject)).toEqual([
      'more replicas',
    ]);
  });

  it('goes from an unknown image to the last release before it', async () => {
    const place = await withThree();
    place.pin('dev', 'docs', 'who-knows');
    await place.rollback('docs', 'dev');
    expect(place.pinned('dev', 'docs')).toBe('1.2.0');
  });
});

describe('environment tags', () => {
  it('ask for a promotion, which lands once its gates are open', async () => {
    const place = makePlace();
    const commit = place.release('docs', '1.0.0');
    await place.ready();
    place.workspace.tag('prod/docs@1.0.0', commit);
    const named = await place.run({ kind: 'tag', tags: ['prod/docs@1.0.0'] });
    expect(named.exitCode).toBe(3);
    place.now += hour;
    await place.ready();
    place.now += 3 * hour;
    const result = await place.ready();
    expect(result.landed).toMatchObject([{ environment: 'prod', origin: 'request' }]);
    expect(place.gitops.log()[0]).toContain('Lanewise-Request: prod/docs@1.0.0');
    expect(verdicts(await place.run({ kind: 'tag', tags: ['prod/docs@1.0.0'] }))).toEqual([
      'prod/docs: done request-done',
    ]);
  });

  it('on the wrong commit, or for a release that never was, ask for nothing', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0');
    const other = place.source();
    place.workspace.tag('prod/docs@1.0.0', other);
    place.workspace.tag('prod/docs@7.0.0', other);
    for (const tag of ['prod/docs@1.0.0', 'prod/docs@7.0.0']) {
      const result = await place.run({ kind: 'tag', tags: [tag] });
      expect(verdicts(result)).toEqual(['prod/docs: refused request-invalid']);
      expect(result.exitCode).toBe(1);
    }
    await expect(place.run({ kind: 'tag', tags: ['nowhere/docs@1.0.0'] })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    await expect(place.run({ kind: 'tag', tags: ['prod/dcos@1.0.0'] })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  it('that are records change no decision, forged or not', async () => {
    const place = makePlace();
    const commit = place.release('docs', '1.0.0');
    await place.promote('docs@1.0.0', 'prod', { force: past });
    const next = place.release('docs', '1.1.0');
    const landed = place.gitops.refs().get('refs/heads/main' as never);
    place.workspace.tag('prod/docs@1.1.0', next, `x\n\nLanewise-Commit: ${String(landed)}`);
    const before = await place.state();
    expect(before.requests).toEqual([]);
    expect(before.cells.get('prod/docs')?.state).toMatchObject({ release: { commit } });
    place.workspace.setRef('refs/tags/prod/docs@1.0.0', null);
    const after = await place.state();
    expect(after.cells.get('prod/docs')?.state).toEqual(before.cells.get('prod/docs')?.state);
    expect((await place.ready()).records, 'a record that is missing is written again').toEqual([
      'prod/docs@1.0.0',
    ]);
  });

  it('for a group are judged for each member', async () => {
    const config = oneEnvironment().replace(
      'dev: {  }',
      'eu: { group: all, on: command }\n  us: { group: all, on: command }',
    );
    const place = makePlace({ config });
    const commit = place.release('docs', '1.0.0');
    await place.promote('docs@1.0.0', 'eu');
    place.workspace.tag('all/docs@1.0.0', commit);
    const result = await place.run({ kind: 'tag', tags: ['all/docs@1.0.0'] });
    expect(verdicts(result)).toEqual(['eu/docs: done request-done', 'us/docs: promote lands']);
    expect(place.pinned('us', 'docs')).toBe('1.0.0');
  });

  it('give way to a newer one that can land', async () => {
    const place = makePlace({ config: oneEnvironment('on: command') });
    const [old, newer] = [place.release('docs', '1.0.0'), place.release('docs', '1.1.0')];
    place.workspace.tag('dev/docs@1.0.0', old);
    place.workspace.tag('dev/docs@1.1.0', newer);
    expect((await place.ready()).landed).toMatchObject([{ to: '1.1.0' }]);
    expect((await place.ready()).landed).toEqual([]);
  });
});

describe('images told for an environment', () => {
  const config = oneEnvironment('images: own, on: command').replace(
    'path: image.tag',
    'path: image.tag, value: "{tag}"',
  );
  const images = { main: parseImageReference('registry.example.com/own/docs:special-7') };

  it('are asked for, found again by the commit that wrote them, and written again by a rollback', async () => {
    const place = makePlace({ config });
    const commit = place.release('docs', '1.0.0');
    expect(verdicts(await place.promote('docs@1.0.0', 'dev'))).toEqual([
      'dev/docs: refused own-image',
    ]);
    const told = await place.promote('docs@1.0.0', 'dev', { images });
    expect(told.landed).toHaveLength(1);
    expect(place.pinned('dev', 'docs')).toBe('special-7');
    expect((await place.state()).cells.get('dev/docs')?.state).toMatchObject({
      kind: 'release',
      release: { commit },
      told: { images },
    });
    place.now += 60;
    place.release('docs', '1.1.0');
    await place.promote('docs@1.1.0', 'dev', {
      images: { main: parseImageReference('registry.example.com/own/docs:special-8') },
    });
    place.now += 60;
    await place.rollback('docs', 'dev');
    expect(place.pinned('dev', 'docs')).toBe('special-7');
    expect((await place.state()).cells.get('dev/docs')?.state).toMatchObject({
      release: { version: '1.0.0' },
    });
  });

  it('built from another commit need equal inputs', async () => {
    const place = makePlace({ config });
    place.release('docs', '1.0.0');
    const builtFrom = place.source();
    const refused = await place.promote('docs@1.0.0', 'dev', { images, builtFrom });
    expect(verdicts(refused)).toEqual(['dev/docs: refused source-differs']);
  });
});

describe('locks', () => {
  const lock = (
    word: 'lock' | 'hold' | 'reject' | 'freeze',
    version: string | null = null,
  ): PromotionRequest => ({
    kind: 'lock',
    word,
    product: word === 'freeze' ? null : docs,
    environment: 'dev',
    version,
    reason: 'trouble',
    by: 'Dev',
    until: null,
    bindsRollbacks: false,
  });

  it('close for automation and by name; a rejection only for its release', async () => {
    const place = makePlace({ config: oneEnvironment() });
    place.release('docs', '1.0.0');
    await place.run(lock('reject', '1.0.0'));
    expect((await place.ready()).landed).toEqual([]);
    expect((await place.promote('docs@1.0.0', 'dev')).exitCode).toBe(3);
    place.release('docs', '1.1.0');
    expect((await place.ready()).landed).toMatchObject([{ to: '1.1.0' }]);
    await place.run(lock('freeze'));
    place.release('docs', '1.2.0');
    expect((await place.ready()).landed).toEqual([]);
    expect((await place.run(lock('freeze'))).lockCommits, 'locked like that already').toEqual([]);
  });

  it('that cannot be read close, with the place', async () => {
    const place = makePlace({ config: oneEnvironment() });
    place.release('docs', '1.0.0');
    for (const text of [
      '- reasn: x\n',
      '{',
      'yes',
      '- not: []\n',
      '- until: soon\n',
      '- reason: x\n  reason: y\n',
      '- &a [*a]\n',
    ]) {
      place.hand({ '.lanewise/lock/dev/docs': text });
      expect((await place.ready()).landed, text).toEqual([]);
      expect((await place.promote('docs@1.0.0', 'dev')).exitCode, text).toBe(3);
    }
  });

  it('keep every other byte of their file', async () => {
    const place = makePlace({ config: oneEnvironment() });
    place.release('docs', '1.0.0');
    const text = '# notes\r\n  - reason: freeze # until Monday\r\n    not: ["9.9.9"]\r\n';
    place.hand({ '.lanewise/lock/dev/docs': text });
    await place.run(lock('reject', '1.0.0'));
    expect(place.gitops.read('.lanewise/lock/dev/docs')).toBe(
      `${text}  - reason: "trouble"\r\n    by: "Dev"\r\n    not: ["1.0.0"]\r\n`,
    );
    const unlock = { kind: 'unlock', product: docs, environment: 'dev', version: '1.0.0' } as const;
    await place.run({ ...unlock, reason: null, by: 'Dev' });
    expect(place.gitops.read('.lanewise/lock/dev/docs')).toBe(text);
  });

  it('end at their time', async () => {
    const place = makePlace({ config: oneEnvironment() });
    place.release('docs', '1.0.0');
    await place.run({ ...lock('lock'), until: place.now + 100 } as PromotionRequest);
    expect((await place.ready()).landed).toEqual([]);
    place.now += 100;
    expect((await place.ready()).landed).toHaveLength(1);
  });

  it('are taken away by unlock, other entries left as they are; a step back by hand is settled', async () => {
    const place = makePlace({ config: oneEnvironment() });
    const commit = place.release('docs', '1.0.0');
    await place.ready();
    const kept = '# why we lock\n- reason: "no 2"   # typed by hand\n  not: ["2.0.0"]\n';
    place.hand({ '.lanewise/lock/dev/docs': kept });
    await place.run(lock('reject', '1.0.0'));
    expect(place.gitops.read('.lanewise/lock/dev/docs')).toBe(
      `${kept}- reason: "trouble"\n  by: "Dev"\n  not: ["1.0.0"]\n`,
    );
    const unlock = {
      kind: 'unlock',
      product: docs,
      environment: 'dev',
      version: '1.0.0',
      reason: null,
      by: 'Dev',
    } as const;
    await place.run(unlock);
    expect(place.gitops.read('.lanewise/lock/dev/docs')).toBe(kept);
    await place.run({ ...unlock, version: null });
    expect(place.gitops.files()['.lanewise/lock/dev/docs']).toBe('# why we lock\n');

    place.now += 60;
    place.release('docs', '1.1.0');
    await place.ready();
    place.now += 60;
    place.pin('dev', 'docs', '1.0.0');
    const newest = place.release('docs', '1.2.0');
    place.workspace.tag('dev/docs@1.2.0', newest);
    expect((await place.ready()).landed).toEqual([]);
    const opened = await place.run({ ...unlock, version: null });
    expect(opened.plan.decisions[0]?.reason.text).toContain('opens dev/docs@1.2.0');
    expect((await place.ready()).landed).toMatchObject([{ to: '1.2.0' }]);
    expect(commit).not.toBe(newest);
  });
});

describe('a switch', () => {
  const config = `
gitops: { repository: "https://git.example.com/deploy.git" }
products:
  select: "*"
  image: registry.example.com/{product}
  pins:
    - { file: "{env}/{product}/values.yaml", path: image.tag }
    - { file: "{env}/{product}/values.yaml", path: promote, value: false }
environments: { dev: {} }
`;

  it('is written with the release, stays a Boolean, and tells nothing of what runs', async () => {
    const place = makePlace({ config });
    place.release('docs', '1.0.0');
    place.hand({ 'dev/docs/values.yaml': 'image: { tag: "" }\npromote: true\n' });
    await place.ready();
    expect(place.gitops.read('dev/docs/values.yaml')).toBe(
      'image: { tag: "1.0.0" }\npromote: false\n',
    );
    place.hand({ 'dev/docs/values.yaml': 'image: { tag: "1.0.0" }\npromote: true\n' });
    expect((await place.state()).cells.get('dev/docs')?.state).toMatchObject({
      release: { version: '1.0.0' },
    });
    expect((await place.ready()).landed).toEqual([]);
  });

  it('alone is no state that anything lands on', async () => {
    const place = makePlace({ config: config.replace(/ +- .*path: image.tag.*\n/, '') });
    place.release('docs', '1.0.0');
    place.hand({ 'dev/docs/values.yaml': 'promote: true\n' });
    expect((await place.state()).cells.get('dev/docs')?.state.kind).toBe('unreadable');
    expect((await place.ready()).landed).toEqual([]);
  });
});

describe('needs', () => {
  const needs = { api: { seen: '1.0.0' as Version, required: '1.0.0' as Version } };

  it('wait for the needed product, and are judged by the state after the whole set', async () => {
    const place = makePlace({ config: oneEnvironment('on: command'), products: ['api', 'docs'] });
    place.release('api', '1.0.0');
    place.release('docs', '1.0.0', { needs });
    expect((await place.promote('docs@1.0.0', 'dev')).exitCode).toBe(3);
    const both = ['api', 'docs'].map((product) => ({
      product: product as ProductName,
      version: '1.0.0',
      images: null,
      builtFrom: null,
    }));
    const set = await place.run({
      kind: 'name',
      promotions: both,
      to: 'dev',
      force: [],
      reason: null,
      again: false,
    });
    expect(set.landed).toHaveLength(2);
  });
});

describe('a saved plan', () => {
  const request: PromotionRequest = {
    kind: 'name',
    promotions: [{ product: docs, version: '1.0.0', images: null, builtFrom: null }],
    to: 'dev',
    force: [],
    reason: null,
    again: false,
  };

  it('goes on where it means the same, once, and stops where it does not', async () => {
    const place = makePlace({ config: oneEnvironment('on: command') });
    place.release('docs', '1.0.0');
    const { plan } = await planRequest(place.sources, request, { now: () => place.now });
    const saved = planFromJson(planToJson(plan));
    expect(saved).toEqual(plan);
    place.hand({ 'other.txt': 'not ground' });
    expect((await place.run(saved.request, { expected: saved })).landed).toHaveLength(1);
    expect((await place.run(saved.request, { expected: saved })).landed).toEqual([]);
    place.pin('dev', 'docs', 'else');
    const before = place.gitops.describe();
    await expect(place.run(saved.request, { expected: saved })).rejects.toMatchObject({
      code: 'PLAN_STALE',
    });
    expect(place.gitops.describe()).toBe(before);
  });

  it('that is damaged is refused', async () => {
    const place = makePlace({ config: oneEnvironment('on: command') });
    place.release('docs', '1.0.0');
    const { plan } = await planRequest(place.sources, request, { now: () => place.now });
    const damaged = [
      '{',
      '[]',
      JSON.stringify({ ...plan, schema: 'x' }),
      JSON.stringify({ ...plan, request: { kind: 'constructor' } }),
      JSON.stringify({ ...plan, extra: 1 }),
      planToJson(plan).replace('"docs"', '"../docs"'),
    ];
    for (const text of damaged)
      expect(() => planFromJson(text), text).toThrow(
        expect.objectContaining({ code: 'PLAN_INVALID' }) as Error,
      );
  });
});

describe('pushing', () => {
  it('lets sixteen runs at once land their products, each once and none lost', async () => {
    const products = Array.from({ length: 16 }, (_, at) => `p${at}`);
    const place = makePlace({ config: oneEnvironment(), products });
    for (const product of products) place.release(product, '1.0.0');
    const before = place.gitops.log().length;
    const yielding = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const results = await Promise.all(
      products.map((product) =>
        promote(
          { ...place.sources, gitops: place.gitops.open({ beforeEffect: yielding }) },
          { kind: 'ready', products: [product as ProductName], released: null },
          {
            now: () => place.now,
            random: () => 0.5,
            sleep: yielding,
            identity: { name: 'Dev', email: 'dev@example.com' },
          },
        ),
      ),
    );
    expect(results.every(({ landed }) => landed.length === 1)).toBe(true);
    expect(results.some(({ lostRaces }) => lostRaces > 0)).toBe(true);
    expect(place.gitops.log()).toHaveLength(before + 16);
    expect(products.map((product) => place.pinned('dev', product))).toEqual(
      products.map(() => '1.0.0'),
    );
  });

  it('plans again when the branch moved, and keeps what others wrote', async () => {
    const place = makePlace({ config: oneEnvironment() });
    place.release('docs', '1.0.0');
    let moved = 0;
    const gitops = place.gitops.open({
      beforeEffect: (call) => {
        if (call === 'publish' && moved++ < 3)
          place.hand({ 'dev/docs/values.yaml': values('').replace('2', String(moved)) });
      },
    });
    const slept: number[] = [];
    const result = await promote(
      { ...place.sources, gitops },
      { kind: 'ready', products: null, released: null },
      {
        now: () => place.now,
        random: () => 0.5,
        sleep: async (ms) => void slept.push(ms),
        identity: { name: 'Dev', email: 'dev@example.com' },
      },
    );
    expect(result.lostRaces).toBe(3);
    expect(slept).toEqual([30, 60, 90]);
    expect(place.gitops.read('dev/docs/values.yaml')).toBe(
      values('1.0.0').replace('replicas: 2', 'replicas: 3'),
    );
  });

  it('gives up with REMOTE_MOVED when the race is lost too often', async () => {
    const place = makePlace({ config: oneEnvironment() });
    place.release('docs', '1.0.0');
    let count = 0;
    const gitops = place.gitops.open({
      beforeEffect: (call) => void (call === 'publish' && place.hand({ 'x.txt': String(count++) })),
    });
    const run = promote(
      { ...place.sources, gitops },
      { kind: 'ready', products: null, released: null },
      {
        now: () => place.now,
        random: () => 0,
        sleep: () => Promise.resolve(),
        identity: { name: 'Dev', email: 'dev@example.com' },
      },
      { attempts: 4 },
    );
    await expect(run).rejects.toMatchObject({ code: 'REMOTE_MOVED', exitCode: 5 });
  });

  it('finds by halving the product that the remote does not take', async () => {
    const products = ['a', 'b', 'c', 'd', 'e'];
    const place = makePlace({ config: oneEnvironment(), products });
    for (const product of products) place.release(product, '1.0.0');
    const opened = place.gitops.open();
    const closed = new Set<string>();
    const gitops: Repository = {
      ...opened,
      write: async (drafts) => {
        const ids = await opened.write(drafts);
        const first = drafts.findIndex((draft) => draft.message.includes('Lanewise-Product: c'));
        if (first >= 0) for (const { mark } of drafts.slice(first)) closed.add(ids.get(mark) ?? '');
        return ids;
      },
    };
    place.gitops.refuses = (_ref, _from, to) =>
      to !== null && closed.has(to) ? 'policy: c is closed' : null;
    const result = await promote(
      { ...place.sources, gitops },
      { kind: 'ready', products: null, released: null },
      {
        now: () => place.now,
        random: () => 0,
        sleep: () => Promise.resolve(),
        identity: { name: 'Dev', email: 'dev@example.com' },
      },
    );
    expect(result.landed.map(({ product }) => product).sort()).toEqual(['a', 'b', 'd', 'e']);
    expect(result.failed).toMatchObject([{ product: 'c', error: { code: 'REMOTE_REFUSED' } }]);
    expect(result.exitCode).toBe(1);
  });

  it('leaves out a product whose file cannot be changed safely, and lands the others', async () => {
    const place = makePlace({ config: oneEnvironment(), products: ['a', 'b'] });
    for (const product of ['a', 'b']) place.release(product, '1.0.0');
    place.hand({ '.gitattributes': 'dev/a/** filter=crypt\n' });
    const result = await place.ready();
    expect(result.landed).toMatchObject([{ product: 'b' }]);
    expect(result.failed).toMatchObject([{ product: 'a', error: { code: 'PIN_REFUSED' } }]);
  });

  it('refuses symbolic links and keeps executable bits', async () => {
    const place = makePlace({ config: oneEnvironment(), products: ['a'] });
    place.release('a', '1.0.0');
    place.hand({ 'dev/a/values.yaml': { content: '../x', mode: '120000' } });
    expect((await place.state()).cells.get('dev/a')?.state.kind).toBe('unreadable');
    expect((await place.promote('a@1.0.0', 'dev')).exitCode).toBe(1);
    place.hand({ 'dev/a/values.yaml': { content: values(''), mode: '100755' } });
    expect((await place.ready()).landed).toHaveLength(1);
    const entries = await place.sources.gitops.listFiles(
      place.gitops.refs().get('refs/heads/main' as never) as never,
    );
    expect(entries.find(({ path }) => path === 'dev/a/values.yaml')?.mode).toBe('100755');
  });

  it('makes one commit for each product and environment, in one push', async () => {
    const products = ['a', 'b', 'c'];
    const place = makePlace({ config: oneEnvironment(), products });
    for (const product of products) place.release(product, '1.0.0');
    let pushes = 0;
    const gitops = place.gitops.open({
      beforeEffect: (call) => void (call === 'publish' && pushes++),
    });
    await promote(
      { ...place.sources, gitops },
      { kind: 'ready', products: null, released: null },
      {
        now: () => place.now,
        random: () => 0,
        sleep: () => Promise.resolve(),
        identity: { name: 'Dev', email: 'dev@example.com' },
      },
    );
    expect(pushes).toBe(1);
    expect(
      place.gitops
        .log()
        .slice(0, 3)
        .map((message) => message.split('\n')[0]),
    ).toEqual(['deploy(dev): c 1.0.0', 'deploy(dev): b 1.0.0', 'deploy(dev): a 1.0.0']);
  });
});

describe('bad input', () => {
  it('is refused before anything is written', async () => {
    const place = makePlace();
    await expect(place.promote('dcos@1.0.0', 'prod')).rejects.toMatchObject({
      code: 'PRODUCT_UNKNOWN',
      hint: expect.stringContaining('docs') as string,
    });
    await expect(place.promote('docs@1.0.0', 'prd')).rejects.toMatchObject({
      code: 'ENVIRONMENT_UNKNOWN',
    });
    await expect(place.promote('docs@1.0.0', 'prod')).rejects.toMatchObject({
      code: 'NO_RELEASES',
    });
    place.release('docs', '1.0.0');
    await expect(place.promote('docs@1.0.1', 'prod')).rejects.toMatchObject({
      code: 'RELEASE_UNKNOWN',
    });
    expect(place.gitops.log()).toHaveLength(1);
  });

  it('in texts of people cannot begin a trailer', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0');
    const force = past.map(({ gate }) => ({ gate, reason: 'x\nLanewise-To: 6.6.6\u0007' }));
    await place.promote('docs@1.0.0', 'prod', { force, reason: 'a\r\nLanewise-Product: evil' });
    const lines = place.gitops.log()[0]?.split('\n') ?? [];
    expect(lines.filter((line) => line.startsWith('Lanewise-To:'))).toEqual(['Lanewise-To: 1.0.0']);
    expect(lines.filter((line) => line.startsWith('Lanewise-Product:'))).toEqual([
      'Lanewise-Product: docs',
    ]);
  });
});

describe('looking', () => {
  it('reads history, differences and taken versions from the pins', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0');
    await place.ready();
    place.now += hour;
    await place.ready();
    place.release('docs', '1.1.0');
    place.now += 60;
    await place.ready();
    place.now += 60;
    place.pin('dev', 'docs', '0.5.0-lost');
    place.now += 60;
    place.pin('dev', 'docs', '1.0.0');
    const state = await place.state();
    expect(
      readHistory(state, docs, 'dev' as never).map(
        ({ step, stay }) => `${step} ${stay.values[0] ?? ''}`,
      ),
    ).toEqual(['back 1.0.0', 'unknown 0.5.0-lost', 'forward 1.1.0', 'first 1.0.0', 'unknown ']);
    expect([...(takenVersions(state).get(docs) ?? [])].sort()).toEqual([
      '0.5.0-lost',
      '1.0.0',
      '1.1.0',
    ]);
    // Read by themselves, for the products that ask, they are the same.
    const taken = await (await openTakenVersions(place.sources))([docs]);
    expect([...taken.keys()]).toEqual([docs]);
    expect(taken.get(docs)).toEqual(takenVersions(state).get(docs));
    expect(diffEnvironments(state, 'dev' as never, 'staging' as never)).toMatchObject([
      { relation: 'same' },
    ]);
  });

  it('asks for the past only where the answer needs it', () => {
    const place = makePlace();
    const by = (to: string): PromotionRequest => ({
      kind: 'name',
      promotions: [{ product: docs, version: '1.0.0', images: null, builtFrom: null }],
      to,
      force: [],
      reason: null,
      again: false,
    });
    const { config, products } = place.sources;
    expect(scopeOf(by('dev'), config, products).history).toBe(false);
    expect(scopeOf(by('prod'), config, products).history).toBe(true);
  });
});

describe('a promotion by name without a version', () => {
  it('takes the candidate; run again it has nothing to do', async () => {
    const place = makePlace({ config: oneEnvironment('on: command') });
    place.release('docs', '1.0.0');
    place.release('docs', '1.1.0');
    expect((await place.promote('docs', 'dev')).landed).toMatchObject([{ to: '1.1.0' }]);
    const again = await place.promote('docs', 'dev');
    expect(verdicts(again)).toEqual(['dev/docs: done no-candidate']);
    expect(again.exitCode).toBe(0);
  });

  it('does not bring back by itself what was rolled back, and says so', async () => {
    const place = makePlace({ config: oneEnvironment() });
    for (const version of ['1.0.0', '1.1.0']) {
      place.release('docs', version);
      await place.ready();
    }
    await place.rollback('docs', 'dev');
    expect(verdicts(await place.ready())).toEqual(['dev/docs: done ran-before']);
    const held = await place.promote('docs', 'dev');
    expect(verdicts(held)).toEqual(['dev/docs: held ran-before']);
    expect((await place.promote('docs@1.1.0', 'dev')).landed).toHaveLength(1);
  });

  it('is held, with the answers of the gates, while none may go', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0');
    const held = await place.promote('docs', 'prod');
    expect(held.exitCode).toBe(3);
    expect(
      held.plan.decisions[0]?.gates.map(({ gate, answer }) => `${gate} ${answer.kind}`),
    ).toEqual(['contains open', 'after closed', 'soak closed', 'lock open', 'dependencies open']);
  });
});
