import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { promoteArguments, promoteExecutor } from '../src/executors/promote.js';
import { releaseArguments, releaseExecutor } from '../src/executors/release.js';
import { withoutTask } from '../src/executors/run-command.js';

let root = '';
const told = (): readonly string[] =>
  JSON.parse(readFileSync(join(root, 'told.json'), 'utf8')) as string[];
const context = (projectName: string): ExecutorContext =>
  ({ root, projectName, projectsConfigurations: { projects: {} } }) as unknown as ExecutorContext;

// A command that writes down what it was asked, and ends as its product's name says.
const program = `
require('node:fs').writeFileSync('told.json', JSON.stringify(process.argv.slice(2)));
process.exit(Number(/exit-(\\d+)/.exec(process.argv[3])?.[1] ?? 0));
`;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'lanewise-executor-'));
  writeFileSync(join(root, 'package.json'), '{ "name": "acme" }');
  const home = join(root, 'node_modules', 'lanewise');
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(home, 'package.json'),
    '{ "name": "lanewise", "bin": { "lanewise": "./run.cjs" } }',
  );
  writeFileSync(join(home, 'run.cjs'), program);
  const config =
    'products: { each: { "@acme/web": { name: shop }, pair: { projects: [left, right] } } }\nenvironments: { dev: {} }\n';
  writeFileSync(join(root, 'lanewise.yaml'), config);
  writeFileSync(join(root, 'nx.json'), '{} // as Nx allows');
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('an executor', () => {
  it("runs the workspace's own command for the product that the project is", async () => {
    expect(await releaseExecutor({ dryRun: true }, context('@acme/docs'))).toEqual({
      success: true,
    });
    expect(told()).toEqual(['release', 'docs', '--dry-run']);
    await promoteExecutor({ to: 'dev' }, context('@acme/web'));
    expect(told()).toEqual(['promote', 'shop', '--to=dev']);
    await releaseExecutor({}, context('@acme/left'));
    expect(told()).toEqual(['release', 'pair']);
  });

  it.each([1, 2, 3, 5])('fails where the command ends with %i', async (code) => {
    const options = { products: [`exit-${code}`] };
    expect(await releaseExecutor(options, context('docs'))).toEqual({ success: false });
  });

  it('fails, and runs nothing, where something is asked that cannot be', async () => {
    await releaseExecutor({ products: ['before'] }, context('docs'));
    expect(await promoteExecutor({}, context('docs'))).toEqual({ success: false });
    expect(await releaseExecutor({ products: ['--all'] }, context('docs'))).toEqual({
      success: false,
    });
    expect(told()).toEqual(['release', 'before']);
  });
});

describe('the words of a command line', () => {
  it('hold a value in the word of its option, so that none is read as an option', () => {
    const options = { image: ['docs=-x', 'docs:b=y'], maxAffected: 3, json: true };
    expect(releaseArguments(options, ['docs'])).toEqual([
      ...['release', 'docs', '--image=docs=-x', '--image=docs:b=y', '--max-affected=3', '--json'],
    ]);
  });

  it('name the version behind the product, and only of one', () => {
    const options = { to: 'prod', version: '1.4.2', force: ['soak'], reason: 'a b' };
    expect(promoteArguments(options, ['docs'])).toEqual([
      ...['promote', 'docs@1.4.2', '--to=prod', '--force=soak', '--reason=a b'],
    ]);
    expect(() => promoteArguments(options, ['docs', 'api'])).toThrow(/One version/);
  });
});

it('a command sees the environment without what Nx tells its task', () => {
  const task = { NX_TASK_TARGET_PROJECT: 'docs', NX_TASK_HASH: '1', NX_DAEMON: 'false', HOME: '/' };
  expect(withoutTask(task)).toEqual({ NX_DAEMON: 'false', HOME: '/' });
});
