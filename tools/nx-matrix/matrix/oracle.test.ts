import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { changeModel } from '../src/change-model.js';
import { expectAffected, type Rule } from '../src/expect-affected.js';
import { makeModel, modelFiles, type Model, type ModelProject } from '../src/model.js';
import { makeRandom } from '@lanewise/testing';
import { must, run } from '../src/run.js';
import { chosenVersions } from '../src/versions.js';

const { installed } = inject('prepared');
const lanewise = fileURLToPath(new URL('../../../packages/cli/bin/lanewise.js', import.meta.url));
const seed = Number(process.env['LANEWISE_NX_SEED'] ?? Date.now() % 1_000_000);
const worlds = 3;
const commits = 5;

// One change for each rule, that shows it alone.
const rules: readonly (readonly [Rule, (model: Model) => Model])[] = [
  [
    'the lockfile counts by what is resolved',
    (model) => ({ ...model, packages: { ...model.packages, alpha: '2.0.0' } }),
  ],
  [
    'nx.json counts by what decides something',
    (model) => ({ ...model, parallel: model.parallel + 1 }),
  ],
  [
    'a file counts whatever signs its name has',
    (model) => {
      const projects = [...model.projects.values()].map((one) => ({
        ...one,
        files: { 'naïve name.md': 'y\n' },
      }));
      return { ...model, projects: new Map(projects.map((one) => [one.name, one])) };
    },
  ],
];

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

describe.each(chosenVersions().run)(`Nx $nx, seed ${seed}`, ({ major }) => {
  const home = installed[major] ?? '';
  const seen = new Map<Rule | 'same', number>();
  const count = (what: Rule | 'same'): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1);
  };

  it.each(Array.from({ length: worlds }, (_, world) => world))(
    'names the same projects as Lanewise, but for what a rule says: workspace %i',
    async (world) => {
      const random = makeRandom(seed * 31 + world);
      const root = await makeRoot(home);
      const past: { readonly model: Model; readonly commit: string }[] = [];
      let model = makeModel(random);
      past.push({ model, commit: await commit(root, model, 'the workspace') });
      for (let number = 1; number <= commits; number += 1) {
        const changed = changeModel(model, random, number);
        model = changed.model;
        const head = await commit(root, model, changed.what.join(', '));
        const base = random.pick(past);
        past.push({ model, commit: head });
        const expected = expectAffected(base.model, model, major);
        const about = `seed ${seed}, workspace ${world}, commit ${number}: ${changed.what.join(', ')}`;
        const ours = await affectedByLanewise(root, base.commit);
        expect(ours, about).toEqual([...expected.lanewise].sort());
        const nx = await affectedByNx(root, base.commit, home);
        const allowed = expected.nx.find(({ names }) => [...names].sort().join() === nx.join());
        // No rule explains it: show it beside what Lanewise says.
        if (allowed === undefined) expect(nx, about).toEqual(ours);
        count(allowed?.rule ?? 'same');
      }
    },
  );

  it.each(rules)(
    'differs by this rule in the versions that it is said of, and in no other: %s',
    async (rule, change) => {
      const root = await makeRoot(home);
      const before = fixedModel();
      const base = await commit(root, before, 'the workspace');
      const after = change(before);
      await commit(root, after, rule);
      const { lanewise, nx } = expectAffected(before, after, major);
      expect(await affectedByLanewise(root, base)).toEqual([...lanewise].sort());
      const other = nx.find((one) => one.rule === rule);
      const wanted = [...(other?.names ?? lanewise)].sort();
      // A rule that is gone in a later version is gone from what is expected of it, too.
      if (other !== undefined) expect(wanted).not.toEqual([...lanewise].sort());
      expect(await affectedByNx(root, base, home)).toEqual(wanted);
    },
  );

  it('was the same often enough to mean something', () => {
    console.log(`Nx ${major}:`, Object.fromEntries(seen));
    expect(seen.get('same') ?? 0).toBeGreaterThanOrEqual((worlds * commits) / 4);
  });
});

/** Two projects that share nothing, one of them with a package. */
function fixedModel(): Model {
  const model = makeModel(makeRandom(1));
  const plain = { needs: new Set<string>(), files: { 'naïve name.md': 'x\n' } };
  const projects: ModelProject[] = [
    { ...plain, name: 'p0', root: 'libs/p0', kind: 'project.json', packages: new Set() },
    {
      ...plain,
      name: '@acme/p1',
      root: 'packages/p1',
      kind: 'package.json',
      packages: new Set(['beta']),
    },
  ];
  return { ...model, projects: new Map(projects.map((project) => [project.name, project])) };
}

/** A folder with Nx beside it, for one workspace. */
async function makeRoot(home: string): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'lanewise-nx-oracle-'));
  made.push(root);
  symlinkSync(join(home, 'node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, '.gitignore'), 'node_modules\n.nx\n');
  await must('git', ['init', '-q', '-b', 'main'], root);
  return root;
}

async function commit(root: string, model: Model, message: string): Promise<string> {
  for (const name of readdirSync(root))
    if (!name.startsWith('.') && name !== 'node_modules')
      rmSync(join(root, name), { recursive: true });
  for (const [file, text] of Object.entries(modelFiles(model))) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  await must('git', ['add', '-A'], root);
  await must('git', ['commit', '-q', '--allow-empty', '-m', message], root);
  return (await must('git', ['rev-parse', 'HEAD'], root)).trim();
}

async function affectedByNx(root: string, base: string, home: string): Promise<readonly string[]> {
  const program = join(home, 'node_modules', '.bin', 'nx');
  const args = ['show', 'projects', '--affected', `--base=${base}`, '--head=HEAD', '--json'];
  return (JSON.parse(await must(program, args, root)) as string[]).sort();
}

async function affectedByLanewise(root: string, base: string): Promise<readonly string[]> {
  const args = ['affected', '--projects', '--base', base, '--head', 'HEAD', '--format', 'names'];
  const { stdout, exitCode, output } = await run(process.execPath, [lanewise, ...args], root);
  if (exitCode !== 0) throw new Error(output);
  return stdout.split('\n').filter(Boolean).sort();
}
