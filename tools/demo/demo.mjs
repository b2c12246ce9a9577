// The main job, for real: a monorepo and a GitOps repository as bare remotes on disk, real Git,
// real Nx, the real command.   npm run demo [-- --keep]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gitopsFiles, monorepoFiles } from './sample.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const lanewiseCommand = join(repository, 'packages/cli/bin/lanewise.js');

/**
 * Runs the demo in `directory` and gives every command with its output, by the step's name.
 * `print` receives the text as it comes. Throws where a command ends with another exit code
 * than it should.
 */
export function runDemo(directory, print) {
  const world = makeWorld(directory);
  const steps = {};
  const step = (name, title, actions) => {
    print(`\n\u2501\u2501 ${title}\n`);
    steps[name] = actions.map((action) => show(action(), print));
  };
  const { lanewise, git, commit } = world;

  step('adopt', 'First day: tell Lanewise that 1.0.0 runs everywhere', [
    () => lanewise('adopt', '--at', 'HEAD'),
    () => lanewise('status'),
  ]);
  step('affected', 'A library changes: whom does it concern, and why?', [
    () =>
      commit(
        'libs/logging/index.js',
        'export const log = (line) => `[info] ${new Date().toISOString()} ${line}`;\n',
        'feat(logging): write the time',
      ),
    () => lanewise('affected'),
    () => lanewise('why', 'billing'),
  ]);
  step('release', 'Release what changed: version, build, tag, and dev gets it', [
    () => lanewise('release', '--target', 'container'),
    () => lanewise('status'),
  ]);
  step('nothing', 'Again: nothing to do, because nothing changed', [
    () => lanewise('release', '--target', 'container'),
  ]);
  step('promote', 'Bring api, alone, to prod by pushing an environment tag', [
    () => lanewise('promote', '--ready'),
    () => git(world.workspace, 'tag', 'prod/api@1.0.1', 'HEAD'),
    () => git(world.workspace, 'push', '--quiet', 'origin', 'prod/api@1.0.1'),
    () => lanewise('promote', '--tag', 'prod/api@1.0.1'),
  ]);
  step('diff', "What changed in the GitOps repository: one line of api's, nothing of the others", [
    () => git(world.gitops, 'pull', '--quiet'),
    () => git(world.gitops, 'diff', '--stat', 'HEAD~1', 'HEAD'),
    () => git(world.gitops, 'diff', '--unified=1', 'HEAD~1', 'HEAD'),
  ]);
  step('rollback', 'It was bad: take it back', [
    () =>
      lanewise('rollback', 'api', '--env', 'prod', '--reason', 'timestamps break the log parser'),
  ]);
  step('rerun', 'Every schedule and retry that comes now leaves it taken back', [
    () => lanewise('promote', '--ready'),
    () => world.heldLanewise('promote', '--tag', 'prod/api@1.0.1'),
    () => lanewise('status'),
  ]);
  step('history', 'Who did what, from Git alone', [() => lanewise('history', 'api')]);
  return { steps, world };
}

/** Remotes, clones and a clean environment below one directory. */
function makeWorld(directory) {
  const at = (name) => join(directory, name);
  const env = cleanEnvironment(directory);
  const run = (cwd, command, args, expected = [0]) =>
    runCommand({ cwd, env, command, args, expected });
  const git = (cwd, ...args) => run(cwd, 'git', args);
  const world = {
    directory,
    env,
    workspace: at('acme'),
    gitops: at('deploy'),
    registry: at('registry.txt'),
    git,
  };

  for (const remote of ['acme.git', 'deploy.git'])
    git(directory, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
  makeClone(git, at('acme.git'), world.workspace, monorepoFiles(at('deploy.git')));
  makeClone(git, at('deploy.git'), world.gitops, gitopsFiles('1.0.0'));
  // The sample workspace uses the dependencies of this checkout: nothing more is installed.
  symlinkSync(join(repository, 'node_modules'), join(world.workspace, 'node_modules'), 'junction');

  const lanewise = (args, expected) => {
    const shown = `lanewise ${args.map(quoted).join(' ')}`;
    const all = [lanewiseCommand, ...args];
    return runCommand({
      cwd: world.workspace,
      env,
      command: process.execPath,
      args: all,
      shown,
      expected,
    });
  };
  world.lanewise = (...args) => lanewise(args, [0]);
  world.heldLanewise = (...args) => lanewise(args, [3]);
  world.commit = (file, content, message) => {
    writeFileSync(join(world.workspace, file), content);
    git(world.workspace, 'commit', '--quiet', '--all', '--message', message);
    git(world.workspace, 'push', '--quiet', 'origin', 'main');
    return {
      ...git(world.workspace, 'show', '--stat', '--format=%h %s'),
      shown: `git commit -a -m ${quoted(message)} && git push`,
    };
  };
  return world;
}

function makeClone(git, remote, directory, files) {
  git(dirname(directory), 'clone', '--quiet', remote, directory);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  git(directory, 'add', '--all');
  git(directory, 'commit', '--quiet', '--message', 'chore: begin');
  git(directory, 'push', '--quiet', 'origin', 'HEAD:main');
}

/** The user's own Git settings (signing, hooks) stay out of the demo. */
function cleanEnvironment(directory) {
  const config = join(directory, 'gitconfig');
  writeFileSync(
    config,
    '[user]\n\tname = Dev\n\temail = dev@example.com\n[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n',
  );
  const { PATH, SystemRoot, TERM } = process.env;
  return {
    PATH,
    ...(SystemRoot && { SystemRoot }),
    ...(TERM && { TERM }),
    HOME: directory,
    GIT_CONFIG_GLOBAL: config,
    GIT_CONFIG_NOSYSTEM: '1',
    NX_DAEMON: 'false',
    LANEWISE_CACHE: join(directory, 'cache'),
    DEMO_REGISTRY: join(directory, 'registry.txt'),
    ...(process.stdout.isTTY && !process.env.NO_COLOR && { FORCE_COLOR: '1' }),
  };
}

function runCommand({ cwd, env, command, args, expected, shown }) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
  });
  const text = shown ?? [command, ...args.map(quoted)].join(' ');
  if (error) throw error;
  if (!expected.includes(status))
    throw new Error(`'${text}' ended with ${status}:\n${stdout}${stderr}`);
  return { shown: text, status, stdout, stderr };
}

function show(result, print) {
  print(`\n$ ${result.shown}\n`);
  const output = result.stderr + result.stdout;
  if (output.trim() !== '') print(output.replace(/^(?=.)/gm, '  '));
  return result;
}

function quoted(argument) {
  return /^[\w./@:=,+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

function main() {
  const keep = process.argv.includes('--keep');
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'lanewise-demo-')));
  const print = (text) => process.stdout.write(text);
  const began = Date.now();
  try {
    runDemo(directory, print);
  } catch (error) {
    process.stderr.write(`\n${error.message}\nThe demo's repositories are kept in ${directory}\n`);
    process.exitCode = 1;
    return;
  }
  print(`\nDone in ${Math.round((Date.now() - began) / 1000)} s.\n`);
  if (keep) print(`Kept in ${directory}: the monorepo is 'acme', the GitOps clone 'deploy'.\n`);
  else rmSync(directory, { recursive: true, force: true });
  print(`\nWhat to try next:
  npm run demo -- --keep                  keep the repositories and play with them
  npx lanewise init                       look at your own monorepo, and write a first lanewise.yaml
  npx lanewise verify                     check it against your repositories; nothing is written
  docs/quickstart.md                      the same in your own CI\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
