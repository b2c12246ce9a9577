import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { graphFromNx } from '@lanewise/graph';
import type { CommitId, ProjectName, RepoPath } from '@lanewise/model';
import type { Cause, MatrixEntry, ReleasePlan } from '@lanewise/release';
import { makePaint } from '../src/output/paint.js';
import { textWidth } from '../src/output/text-width.js';
import { limitsFor, renderCauses } from '../src/render/causes.js';
import { limitOf, renderForCi } from '../src/render/ci-formats.js';
import { affectedSummary, type DrawnGraph } from '../src/render/summary.js';

const commit = 'c'.repeat(40);
const job = (product: string, extra: Partial<MatrixEntry> = {}): MatrixEntry => ({
  product,
  project: `@acme/${product}`,
  version: '1.10',
  image: `registry.example.com/acme/${product}:1.10`,
  commit,
  tell: product,
  ...extra,
});
const two = [job('docs'), job('web.api')];
const many = Array.from({ length: 900 }, (_, number) => job(`product-${number}`));

/** What a system reads: both versions of YAML must agree, as GitLab reads 1.1. */
function readYaml(text: string): Record<string, unknown> {
  const value = parse(text, { version: '1.1' }) as Record<string, unknown>;
  expect(parse(text, { version: '1.2' })).toEqual(value);
  return value;
}

const ajv = new Ajv2020({ strict: false });
const compiled = new Map<object, ReturnType<typeof ajv.compile>>();

function check(schema: object, value: unknown): void {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  expect(validate(value), JSON.stringify(validate.errors, null, 2)).toBe(true);
}

const text = { type: 'string' };
const texts = { type: 'array', items: text, minItems: 1 };
const gitlabJob = {
  type: 'object',
  properties: {
    extends: text,
    script: texts,
    before_script: { type: 'array', items: text },
    after_script: { type: 'array', items: text },
    variables: {
      type: 'object',
      propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
      additionalProperties: text,
    },
  },
  anyOf: [{ required: ['extends'] }, { required: ['script'] }],
  additionalProperties: false,
};
const gitlabPipelineSchema = {
  type: 'object',
  minProperties: 1,
  propertyNames: { pattern: '^lanewise:', maxLength: 255 },
  additionalProperties: gitlabJob,
};
const buildkiteSchema = {
  type: 'object',
  required: ['steps'],
  properties: {
    steps: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['label', 'command'],
        properties: {
          label: text,
          command: text,
          key: { type: 'string', pattern: '^[A-Za-z0-9_:-]+$' },
          env: { type: 'object', additionalProperties: text },
          skip: { type: 'string', maxLength: 70 },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

describe('a child pipeline for GitLab', () => {
  it('has a job for each product, made by the template of the repository', () => {
    const pipeline = readYaml(renderForCi('gitlab', two, null));
    check(gitlabPipelineSchema, pipeline);
    expect(pipeline['lanewise:build:docs']).toEqual({
      extends: '.lanewise-build',
      variables: {
        LANEWISE_PRODUCT: 'docs',
        LANEWISE_PROJECT: '@acme/docs',
        LANEWISE_VERSION: '1.10',
        LANEWISE_IMAGE: 'registry.example.com/acme/docs:1.10',
        LANEWISE_COMMIT: commit,
        LANEWISE_TELL: 'docs',
      },
    });
    expect(Object.keys(pipeline)).toHaveLength(2);
  });

  it('runs a command where one is given, and leaves its dollars to the shell', () => {
    const pipeline = readYaml(renderForCi('gitlab', two, 'make "$LANEWISE_PRODUCT"'));
    check(gitlabPipelineSchema, pipeline);
    expect(pipeline['lanewise:build:docs']).toMatchObject({
      script: ['make "$LANEWISE_PRODUCT"'],
    });
  });

  it('has one job that says so where nothing is affected, as GitLab takes none without', () => {
    const pipeline = readYaml(renderForCi('gitlab', [], null));
    check(gitlabPipelineSchema, pipeline);
    expect(pipeline).toEqual({
      'lanewise:nothing': {
        extends: '.lanewise-build',
        before_script: [],
        after_script: [],
        variables: { GIT_STRATEGY: 'none' },
        script: ["echo 'No product is affected.'"],
      },
    });
    check(gitlabPipelineSchema, readYaml(renderForCi('gitlab', [], 'make')));
  });
});

describe('steps for Buildkite', () => {
  it('carry the product in their environment, and keys that Buildkite takes', () => {
    const pipeline = readYaml(renderForCi('buildkite', two, null));
    check(buildkiteSchema, pipeline);
    const steps = pipeline['steps'] as { key: string; env: Record<string, string> }[];
    expect(steps.map(({ key }) => key)).toEqual(['lanewise-build-docs', 'lanewise-build-web:api']);
    expect(steps[1]?.env['LANEWISE_VERSION']).toBe('1.10');
  });

  it('tell a member of a group apart from a product of a like name', () => {
    const grouped = [job('shop', { member: 'api', tell: 'shop:api' }), job('shop.api')];
    const pipeline = readYaml(renderForCi('buildkite', grouped, null));
    const steps = pipeline['steps'] as { key: string; env: Record<string, string> }[];
    expect(steps.map(({ key }) => key)).toEqual([
      'lanewise-build-shop::api',
      'lanewise-build-shop:api',
    ]);
    expect(steps[0]?.env).toMatchObject({ LANEWISE_MEMBER: 'api', LANEWISE_TELL: 'shop:api' });
  });

  it('escape every dollar, as the agent puts variables in place of names', () => {
    const odd = [job('docs', { project: 'a $HOME b' })];
    const pipeline = readYaml(renderForCi('buildkite', odd, 'make $LANEWISE_PRODUCT'));
    const [step] = pipeline['steps'] as { command: string; env: Record<string, string> }[];
    expect(step?.command).toBe('make $$LANEWISE_PRODUCT');
    expect(step?.env['LANEWISE_PROJECT']).toBe('a $$HOME b');
  });

  it('are one skipped step where nothing is affected', () => {
    const pipeline = readYaml(renderForCi('buildkite', [], null));
    check(buildkiteSchema, pipeline);
    expect(pipeline['steps']).toEqual([
      { label: 'nothing to build', command: 'true', skip: 'No product is affected.' },
    ]);
  });
});

describe('parameters for CircleCI', () => {
  const read = (jobs: readonly MatrixEntry[]): unknown =>
    JSON.parse(renderForCi('circleci', jobs, null));

  it('are always the same two, as others would have to be declared', () => {
    expect(read(two)).toEqual({
      'lanewise-affected': true,
      'lanewise-products': 'docs,web.api',
    });
    expect(read([])).toEqual({ 'lanewise-affected': false, 'lanewise-products': '' });
  });

  it('have a star in place of names that CircleCI would not take, which is said', () => {
    expect(read(many)).toEqual({ 'lanewise-affected': true, 'lanewise-products': '*' });
    expect(limitOf('circleci', many)).toContain("'*' stands for them");
    expect(limitOf('circleci', two)).toBeNull();
  });
});

describe('a dotenv report', () => {
  it('has one plain value a line', () => {
    expect(renderForCi('dotenv', two, null)).toBe(
      'LANEWISE_ANY=true\nLANEWISE_COUNT=2\nLANEWISE_PRODUCTS=docs,web.api\nLANEWISE_RELEASES=docs@1.10,web.api@1.10\n',
    );
    expect(renderForCi('dotenv', [], null)).toBe(
      'LANEWISE_ANY=false\nLANEWISE_COUNT=0\nLANEWISE_PRODUCTS=\nLANEWISE_RELEASES=\n',
    );
  });

  it('stays below the 5 kB that GitLab takes, however many are affected', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: many.length }), (amount) => {
        const report = renderForCi('dotenv', many.slice(0, amount), null);
        expect(Buffer.byteLength(report)).toBeLessThan(5120);
        expect(report.split('\n')).toHaveLength(5);
        expect(limitOf('dotenv', many.slice(0, amount)) !== null).toBe(report.includes('=*'));
      }),
      { numRuns: 60 },
    );
  });
});

it('limits of a system are told with their number', () => {
  expect(limitOf('github-matrix', many.slice(0, 256))).toBeNull();
  expect(limitOf('github-matrix', many)).toContain('256 jobs of one matrix, and these are 900');
  expect(limitOf('buildkite', many)).toContain('500 steps');
  expect(limitOf('gitlab', many)).toBeNull();
});

it('whatever a project is called, each format holds it as it is', () => {
  const odd = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(odd, odd, (project, version) => {
      const jobs = [job('docs', { project, version })];
      const gitlab = readYaml(renderForCi('gitlab', jobs, null));
      check(gitlabPipelineSchema, gitlab);
      const { variables } = gitlab['lanewise:build:docs'] as { variables: Record<string, string> };
      expect(variables['LANEWISE_PROJECT']).toBe(project.replaceAll('$', '$$$$'));
      const buildkite = readYaml(renderForCi('buildkite', jobs, null));
      check(buildkiteSchema, buildkite);
      const [step] = buildkite['steps'] as { env: Record<string, string> }[];
      expect(step?.env['LANEWISE_VERSION']).toBe(version.replaceAll('$', '$$$$'));
    }),
    { numRuns: 100 },
  );
});

describe('the summary of a job', () => {
  const name = (text: string): ProjectName => text as ProjectName;
  const planOf = (amount: number, project: string): ReleasePlan =>
    ({
      head: { commit, committedAt: 0 },
      entries: Array.from({ length: amount }, (_, number) => ({
        kind: 'release',
        product: `product-${number}`,
        project: name(`product-${number}`),
        base: { version: '1.0.0', commit },
        version: '1.0.1',
        reasons: [
          {
            kind: 'dependency',
            project: name(project),
            path: [name(`product-${number}`), name(project)],
            files: { count: 1, shown: [{ path: `libs/${project}/x`, change: 'changed' }] },
          },
        ],
      })),
    }) as unknown as ReleasePlan;
  const graphOf = (amount: number, project: string): DrawnGraph => {
    const names = Array.from({ length: amount }, (_, number) => `product-${number}`);
    const raw = {
      nodes: Object.fromEntries(
        [...names, project].map((one, place) => [one, { data: { root: `at/${place}`, tags: [] } }]),
      ),
      dependencies: Object.fromEntries(
        names.map((one) => [one, [{ source: one, target: project, type: 'static' }]]),
      ),
      externalNodes: {},
    };
    return { graph: graphFromNx(raw, {}), products: [] };
  };

  it('stays small however many products are affected, and says how many are left out', () => {
    const summary = affectedSummary(planOf(4000, 'ui'), graphOf(4000, 'ui'));
    expect(Buffer.byteLength(summary)).toBeLessThan(200_000);
    expect(summary).toContain('and 3700 more.');
    const diagram = /```mermaid\n([\s\S]*?)```/.exec(summary)?.[1] ?? '';
    expect(diagram.length).toBeLessThan(50_000);
    expect(diagram.match(/-->/g)?.length).toBeLessThanOrEqual(120);
    expect(summary).toMatch(/\d+ more affected products are not drawn\./);
  });

  it('holds names that would be markup as plain text', () => {
    const odd = 'a"]; click x "y|<b>` ```';
    const summary = affectedSummary(planOf(1, odd), graphOf(1, odd));
    expect(summary.match(/```/g)).toHaveLength(2);
    expect(summary).not.toContain('<b>');
    const [, diagram = ''] = summary.split('```mermaid');
    expect(diagram).toContain('product-0');
    expect(diagram).not.toContain('click x "');
  });
});

describe('causes in a terminal', () => {
  const view = { paint: makePaint(false), width: 80, now: 0 };
  const files = (project: string, amount: number): Cause => ({
    reason: {
      kind: 'dependency',
      project: project as ProjectName,
      path: ['docs', project] as readonly string[] as readonly ProjectName[],
      files: { count: amount, shown: [] },
    },
    path: ['docs', project],
    fileCount: amount,
    files: Array.from({ length: amount }, (_, number) => ({
      path: `libs/${project}/${number}.ts` as RepoPath,
      change: 'changed',
      commits: [commit as CommitId],
    })),
    commits: [commit as CommitId],
  });
  const commits = [
    {
      commit: commit as CommitId,
      author: 'Dev',
      at: 0,
      subject: 'feat: a long subject '.repeat(9),
    },
  ];
  const all = Array.from({ length: 200 }, (_, number) => files(`lib-${number}`, 15));

  it('are readable with 3,000 files, and say what is left out', () => {
    const text = renderCauses(all, commits, limitsFor(all, false), view);
    expect(text.split('\n').length).toBeLessThan(150);
    expect(text).toContain('and 13 more files');
    expect(text).toContain('190 more causes with 2850 files: --all shows every one.');
    for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(80);
  });

  it('leave out the middle of a long way, and tell files by commits', () => {
    const path = ['docs', 'a', 'b', 'c', 'd', 'e', 'ui'];
    const other = 'd'.repeat(40) as CommitId;
    const [long] = [{ ...files('ui', 40), path }];
    const mixed = {
      ...long,
      files: long.files.map((file, place) =>
        place % 2 === 0 ? { ...file, commits: [other, commit as CommitId] } : file,
      ),
    };
    const known = [{ commit: other, author: 'Ann', at: 86_400, subject: 'fix: b' }, ...commits];
    expect(renderCauses([mixed], known, limitsFor([mixed], false), view)).toBe(`ui (40 files)
  docs → a → … 3 more … → e → ui
  dddddddd 1970-01-02 Ann: fix: b
    libs/ui/0.ts and 1 earlier
    libs/ui/2.ts and 1 earlier
    and 18 more files
  cccccccc 1970-01-01 Dev: feat: a long subject feat: a long subject feat: a lo…
    libs/ui/1.ts
    libs/ui/3.ts
    and 18 more files
`);
  });

  it('are all shown where all are asked for, or where they fit a screen', () => {
    const text = renderCauses(all, commits, limitsFor(all, true), view);
    expect(text.match(/\.ts\n/g)).toHaveLength(3000);
    const few = [files('ui', 20)];
    expect(renderCauses(few, commits, limitsFor(few, false), view).match(/\.ts\n/g)).toHaveLength(
      20,
    );
  });

  it('write names with control characters so that they cannot be mistaken', () => {
    const odd = files('ui', 1);
    const [file] = odd.files;
    const evil = { ...odd, files: [{ ...file!, path: 'a\n\u001b[31mb"' as RepoPath }] };
    const text = renderCauses([evil], commits, limitsFor([evil], false), view);
    expect(text).toContain('"a\\n\\u001b[31mb\\""');
  });
});
