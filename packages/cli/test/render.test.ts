import { describe, expect, it } from 'vitest';
import type {
  CommitId,
  EnvironmentName,
  ProductName,
  ProjectName,
  RefName,
  Release,
  RepoPath,
  Version,
} from '@lanewise/model';
import { LanewiseError } from '@lanewise/model';
import type {
  Decision,
  PromotionPlan,
  PromotionResult,
  Status,
  StatusCell,
} from '@lanewise/promotion';
import type { Reason, ReleasePlan } from '@lanewise/release';
import type { View } from '../src/command.js';
import { textWidth } from '../src/output/text-width.js';
import { makePaint } from '../src/output/paint.js';
import { limitsFor, renderCauses } from '../src/render/causes.js';
import { renderPromotion, renderPromotionRemarks } from '../src/render/promotion.js';
import { describeReason, describeReasons } from '../src/render/reasons.js';
import { renderAffected, renderPlanRemarks } from '../src/render/release-plan.js';
import { renderStatus } from '../src/render/status.js';

const view: View = { paint: makePaint(false), width: null, now: 1_767_225_600 };
const narrow: View = { ...view, width: 80 };
const commit = 'a'.repeat(40) as CommitId;
const product = (name: string): ProductName => name as ProductName;
const environment = (name: string): EnvironmentName => name as EnvironmentName;

const releaseOf = (name: string, version: string): Release => ({
  kind: 'own',
  product: product(name),
  version: version as Version,
  commit,
  committedAt: 0,
  tag: `refs/tags/${name}@${version}` as RefName,
  tagObject: commit,
  project: null,
  images: {},
  inputs: null,
  needs: {},
  pinText: null,
});

const nothing = (name: string, where: string): Decision => ({
  product: product(name),
  environment: environment(where),
  verdict: 'done',
  version: null,
  reason: { code: 'no-candidate', text: 'nothing newer is waiting', hint: null },
  gates: [],
  request: null,
  takesBack: null,
});

const cellOf = (
  name: string,
  where: string,
  state: StatusCell['state'],
  more: Partial<StatusCell> = {},
): StatusCell => ({
  product: product(name),
  environment: environment(where),
  state,
  pins: [],
  since: view.now - 7200,
  landed: null,
  next: nothing(name, where),
  requests: [],
  locks: [],
  stepBack: null,
  ...more,
});

const statusOf = (cells: readonly StatusCell[]): Status => ({
  branch: 'refs/heads/main' as RefName,
  tip: commit,
  environments: [...new Set(cells.map((cell) => cell.environment))],
  products: [...new Set(cells.map((cell) => cell.product))],
  cells,
  requests: [],
  locks: [],
  rewritten: new Map(),
});

describe('status', () => {
  const newest = new Map([
    [product('docs'), '1.4.2'],
    [product('日本'), '2.0.0'],
  ]);

  it('shows in words what is no release, and pin by pin what disagrees', () => {
    const pin = (file: string, text: string) =>
      ({
        pin: { file: file as RepoPath, selector: { path: 'image.tag' } },
        value: { kind: 'value', text, whole: text, line: 1, column: 1 },
        blob: null,
      }) as unknown as StatusCell['pins'][number];
    const status = statusOf([
      cellOf('docs', 'dev', { kind: 'release', release: releaseOf('docs', '1.4.2'), told: null }),
      cellOf(
        'docs',
        'prod',
        { kind: 'mixed' },
        { pins: [pin('a.yaml', '1.4.1'), pin('b.yaml', '1.4.0')] },
      ),
      cellOf('日本', 'dev', { kind: 'image', text: 'main-3f2a9c1' }),
      cellOf('日本', 'prod', { kind: 'missing', files: ['apps/prod/日本.yaml' as RepoPath] }),
    ]);
    expect(renderStatus(status, newest, false, view)).toMatchInlineSnapshot(`
      "product  newest  dev                        prod
      docs     1.4.2   1.4.2                      pins disagree
      日本     2.0.0   main-3f2a9c1 (no release)  file missing

      Needs a person
        docs in prod: its pins disagree
          a.yaml image.tag: 1.4.1
          b.yaml image.tag: 1.4.0
        日本 in prod: apps/prod/日本.yaml is not there
      "
    `);
  });

  it('gives each cell a row where there are more environments than columns', () => {
    const regions = [
      'dev',
      'staging',
      'prod-eu-central-1',
      'prod-eu-west-1',
      'prod-us-east-1',
      'prod-ap-south-1',
    ];
    const status = statusOf(
      regions.map((where) =>
        cellOf('docs', where, { kind: 'release', release: releaseOf('docs', '1.4.1'), told: null }),
      ),
    );
    const text = renderStatus(status, newest, false, narrow);
    expect(text).toMatchInlineSnapshot(`
      "product  environment        runs   since
      docs     dev                1.4.1  2h ago
      docs     staging            1.4.1  2h ago
      docs     prod-eu-central-1  1.4.1  2h ago
      docs     prod-eu-west-1     1.4.1  2h ago
      docs     prod-us-east-1     1.4.1  2h ago
      docs     prod-ap-south-1    1.4.1  2h ago
      "
    `);
    for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(80);
  });

  it('says for what a release waits and until when, and who locked what', () => {
    const waiting: Decision = {
      ...nothing('docs', 'prod'),
      verdict: 'waiting',
      version: '1.4.2' as Version,
      reason: { code: 'gates', text: 'its gates are not open', hint: null },
      gates: [
        { gate: 'after', answer: { kind: 'open', why: 'it was in staging' }, forced: null },
        {
          gate: 'soak',
          answer: { kind: 'waiting', for: '2h in staging', until: view.now + 1500 },
          forced: null,
        },
      ],
    };
    const entry = {
      reason: 'year-end closing',
      by: 'Dev',
      until: view.now + 86_400,
      not: null,
      only: null,
      rolledBackFrom: null,
      bindsRollbacks: false,
    };
    const file = {
      environment: environment('prod'),
      product: null,
      file: '.lanewise/lock/prod/_all' as RepoPath,
      text: '',
      content: { kind: 'entries' as const, entries: [entry] },
    };
    const cells = [
      cellOf(
        'docs',
        'prod',
        { kind: 'release', release: releaseOf('docs', '1.4.1'), told: null },
        { next: waiting, locks: [file] },
      ),
    ];
    expect(renderStatus({ ...statusOf(cells), locks: [file] }, newest, true, view))
      .toMatchInlineSnapshot(`
      "product  newest  prod
      docs     1.4.2   1.4.1 locked

      product  to    release  next   because
      docs     prod  1.4.2    waits  soak: 2h in staging (in 25m)

      docs 1.4.2 to prod:
        gate   answer   because
        after  open     it was in staging
        soak   waiting  2h in staging, until 2026-01-01 00:25 UTC (in 25m)

      locked        in    releases  reason            who
      all products  prod  all       year-end closing  by Dev, until 2026-01-02 00:00
      "
    `);
  });
});

describe('promotions', () => {
  const plan = (decisions: readonly Decision[]): PromotionPlan => ({
    schema: 'lanewise.promotion-plan/1',
    request: { kind: 'ready', products: null, released: null },
    intents: [],
    decisions,
    records: [],
  });
  const resultOf = (
    decisions: readonly Decision[],
    more: Partial<PromotionResult> = {},
  ): PromotionResult => ({
    plan: plan(decisions),
    landed: [],
    lockCommits: [],
    records: [],
    failed: [],
    lostRaces: 0,
    notices: [],
    exitCode: 0,
    ...more,
  });

  it('show what moved or is stuck, and count the rest', () => {
    const lands: Decision = {
      ...nothing('docs', 'dev'),
      verdict: 'promote',
      version: '1.4.2' as Version,
      reason: { code: 'lands', text: 'it lands in place of 1.4.1', hint: null },
    };
    const result = resultOf([lands, nothing('api', 'dev'), nothing('web', 'dev')], {
      landed: [
        {
          product: product('docs'),
          environment: environment('dev'),
          from: '1.4.1' as Version,
          to: '1.4.2' as Version,
          origin: 'automation',
          commit,
        },
      ],
    });
    expect(renderPromotion({ kind: 'done', result }, view)).toMatchInlineSnapshot(`
      "product  environment  to     outcome          because
      docs     dev          1.4.2  landed aaaaaaaa  it lands in place of 1.4.1
      2 others: nothing to do.
      "
    `);
    expect(renderPromotion({ kind: 'planned', plan: result.plan }, view)).toContain('would land');
  });

  it('say what failed and what to do', () => {
    const error = new LanewiseError(
      'REMOTE_REFUSED',
      'The remote refuses the push: protected branch.',
      { hint: 'Ask who may push there.' },
    );
    const failed = [{ product: product('docs'), environment: environment('dev'), error }];
    const outcome = {
      kind: 'done',
      result: resultOf([], { failed, notices: ['The cache is read-only.'] }),
    } as const;
    expect(renderPromotionRemarks(outcome, view)).toMatchInlineSnapshot(`
      "note: The cache is read-only.
      error: docs in dev: The remote refuses the push: protected branch.
      hint: Ask who may push there.
      "
    `);
  });

  it('say one thing where there is nothing', () => {
    expect(
      renderPromotion({ kind: 'done', result: resultOf([nothing('docs', 'dev')]) }, view),
    ).toBe('Nothing to do.\n');
  });
});

describe('reasons', () => {
  const path = ['docs', 'ui', 'icons'] as ProjectName[];
  const files = {
    count: 3,
    shown: [{ path: 'libs/icons/a.svg' as RepoPath, change: 'deleted' as const }],
  };
  const reasons: readonly Reason[] = [
    { kind: 'new' },
    { kind: 'own-files', files },
    { kind: 'dependency', project: 'icons' as ProjectName, path, files },
    { kind: 'globals', files },
    { kind: 'joined', project: 'icons' as ProjectName, path },
    { kind: 'left', project: 'icons' as ProjectName },
    {
      kind: 'moved',
      project: 'icons' as ProjectName,
      path,
      from: 'libs/a' as RepoPath,
      to: 'libs/b' as RepoPath,
    },
    { kind: 'filter', project: 'icons' as ProjectName, path },
    { kind: 'boundary' },
  ];

  it('are each a few words with the way that leads to the product', () => {
    expect(reasons.map(describeReason).join('\n')).toMatchInlineSnapshot(`
      "never released before
      libs/icons/a.svg (deleted) and 2 more
      icons: libs/icons/a.svg (deleted) and 2 more (docs → ui → icons)
      files that count for every product: libs/icons/a.svg (deleted) and 2 more
      icons is new among what it is built from (docs → ui → icons)
      icons is no longer among what it is built from
      icons moved from libs/a to libs/b (docs → ui → icons)
      which files of icons count is said differently now (docs → ui → icons)
      the folders of the projects are cut differently, so that other files count"
    `);
  });

  it('are the first two, and how many more', () => {
    expect(describeReasons(reasons)).toMatch(/; 7 more$/);
  });

  it('of many products are summed up by their widest cause', () => {
    const names = ['a', 'b', 'c', 'd'].map(product);
    const plan = {
      plan: 'lanewise/release',
      version: 1,
      head: { commit, committedAt: 0 },
      stop: {
        code: 'TOO_MANY_AFFECTED',
        message: '4 products are affected, more than 3.',
        hint: 'Allow it with --max-affected 4.',
      },
      entries: names.map((name) => ({
        kind: 'not-told',
        product: name,
        base: null,
        reasons: reasons.slice(2, 3),
        missing: ['main'],
      })),
      shared: [{ cause: 'files of icons', products: names }],
      void: [],
      notices: [],
      exitCode: 1,
    } as unknown as ReleasePlan;
    expect(renderAffected(plan, view)).toContain('4 products share a cause: files of icons.');
    expect(renderPlanRemarks(plan, view)).toMatch(
      /^error: 4 products are affected, more than 3\.\nhint: /,
    );
  });
});

describe('a cause whose commits are told by what files say', () => {
  it('shows each file under its commit, and in brackets what is not known of them', () => {
    const cause = {
      reason: { kind: 'left', project: 'theme' as ProjectName },
      path: ['docs'],
      fileCount: 0,
      files: [],
      commits: [commit],
      madeBy: [{ path: 'libs/ui/index.ts' as RepoPath, change: 'deleted', commits: [commit] }],
      unsure: 'older versions of files are not in the repository',
    } as const;
    const commits = [{ commit, author: 'Dev', at: 1_767_225_600, subject: 'feat: less' }];
    expect(renderCauses([cause], commits, limitsFor([cause], false), view)).toBe(
      [
        'theme is no longer among what it is built from',
        '  aaaaaaaa 2026-01-01 Dev: feat: less',
        '    libs/ui/index.ts (deleted)',
        '  (older versions of files are not in the repository)',
        '',
      ].join('\n'),
    );
  });
});
