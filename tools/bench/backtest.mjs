// Looking back over a long history, beside what git alone needs to list it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alternate, peakFileIn, row, run } from './measure.mjs';

const command = fileURLToPath(new URL('../../packages/cli/bin/lanewise.js', import.meta.url));
const products = 200;
const libraries = 20;
const environments = ['dev', 'staging', 'prod'];

/** 35,000 commits of a GitOps repository whose values name 10,000 commits of a workspace. */
export async function measureBacktest({ directory, runs }) {
  const at = makePast(join(directory, 'past'), 35_000, 10_000);
  const args = [command, 'backtest', '--json'];
  const look = (peakFile) =>
    run({ command: process.execPath, args, cwd: at.workspace, env: at.env, peakFile });
  const taken = alternate(Math.min(runs, 5), { ours: () => look(), floor: () => listHistory(at) });
  taken.peak = look(peakFileIn(directory)).mib;
  const { total, commits } = JSON.parse(look().stdout);
  const told = `${commits.all.toLocaleString('en')} commits, ${total.deployments.toLocaleString('en')} deployments, ${total.unchanged.toLocaleString('en')} unchanged`;
  const made = row(`backtest, ${told}; floor: git log --raw of both`, taken);
  rmSync(at.directory, { recursive: true, force: true });
  return [made];
}

/** `git log --raw` over the same paths of both repositories, with the same fields. */
function listHistory({ workspace, gitops, env }) {
  const args = ['log', '--raw', '-z', '--no-renames', '--no-abbrev', '--diff-merges=first-parent'];
  const format = '--format=tformat:%H%n%T%n%P%n%an%n%ae%n%at%n%ct%n%B';
  const one = run({
    command: 'git',
    args: [...args, format, '--first-parent', 'main', '--', 'apps'],
    cwd: gitops,
    env,
  });
  const other = run({ command: 'git', args: [...args, format, 'main'], cwd: workspace, env });
  return { ms: one.ms + other.ms };
}

function makePast(directory, deployments, sources) {
  mkdirSync(directory, { recursive: true });
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    LANEWISE_CACHE: join(directory, 'cache'),
  };
  const at = {
    directory,
    env,
    workspace: join(directory, 'acme'),
    gitops: join(directory, 'deploy'),
  };
  const random = makeRandom(7);
  const ids = importHistory(at.workspace, env, workspaceStream(sources, random));
  importHistory(at.gitops, env, gitopsStream(deployments, ids, random));
  return at;
}

function makeRandom(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return (state >>> 8) % below;
  };
}

/** Imports a stream into a new repository, packed as a clone is, and gives the ids by mark. */
function importHistory(repository, env, stream) {
  const marks = `${repository}.marks`;
  const git = (args, input) => {
    const { status, stderr } = spawnSync('git', args, { env, input, maxBuffer: 2 ** 30 });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  };
  git(['init', '--quiet', '--initial-branch=main', repository]);
  git(['-C', repository, 'fast-import', '--quiet', `--export-marks=${marks}`], stream);
  git(['-C', repository, 'repack', '-a', '-d', '--quiet']);
  git(['-C', repository, 'reset', '--quiet', '--hard']);
  const lines = readFileSync(marks, 'utf8').trim().split('\n');
  return new Map(
    lines.map((line) => [
      Number(line.slice(1, line.indexOf(' '))),
      line.slice(line.indexOf(' ') + 1),
    ]),
  );
}

const begins = 1_700_000_000;
const data = (text) => `data ${Buffer.byteLength(text)}\n${text}\n`;
const file = (path, text) => `M 100644 inline ${path}\n${data(text)}`;
const nameOf = (index) => `svc-${String(index).padStart(3, '0')}`;

function commit(mark, at, message) {
  const who = `Dev <dev@example.com> ${at} +0000`;
  return `commit refs/heads/main\nmark :${mark}\nauthor ${who}\ncommitter ${who}\n${data(message)}`;
}

function workspaceStream(count, random) {
  const each = range(products).map(
    (index) =>
      `    ${nameOf(index)}: { root: services/${nameOf(index)}, dependsOn: [lib-${index % libraries}] }`,
  );
  const declared = range(libraries).map((index) => `  lib-${index}: { root: libs/lib-${index} }`);
  const config = `gitops: { repository: ../deploy, branch: main }
products:
  image: registry.example.com/acme/{product}
  pins: [{ file: "apps/{env}/{product}/values.yaml", path: image.tag }]
  each:
${each.join('\n')}
projects:
${declared.join('\n')}
environments: { dev: {}, staging: { after: dev, on: ready }, prod: { after: staging } }
`;
  const source = (folder, number, text) =>
    file(`${folder}/src/file-${number}.ts`, `export const x = ${text};\n`);
  const parts = [commit(1, begins, 'begin'), file('lanewise.yaml', config)];
  for (const number of range(5)) {
    parts.push(...range(products).map((index) => source(`services/${nameOf(index)}`, number, 0)));
    parts.push(...range(libraries).map((index) => source(`libs/lib-${index}`, number, 0)));
  }
  for (let mark = 2; mark <= count; mark++) {
    const kind = random(10);
    const folder =
      kind < 7 ? `services/${nameOf(random(products))}` : `libs/lib-${random(libraries)}`;
    parts.push(commit(mark, begins + 600 * mark, `feat: change ${mark}`));
    parts.push(kind < 9 ? source(folder, random(5), mark) : file('README.md', `${mark}\n`));
  }
  return parts.join('');
}

/** Every version goes from dev on; now and then one goes back. */
function gitopsStream(count, sources, random) {
  const tag = (mark) => `main-${sources.get(mark).slice(0, 10)}`;
  const present = environments.map(() => range(products).map(() => 1));
  const parts = [commit(1, begins + 10, 'begin')];
  const write = (environment, index, mark) =>
    parts.push(
      file(
        `apps/${environments[environment]}/${nameOf(index)}/values.yaml`,
        values(nameOf(index), environments[environment], tag(mark)),
      ),
    );
  for (const environment of range(environments.length))
    for (const index of range(products)) write(environment, index, 1);
  for (let number = 2; number <= count; number++) {
    const newest = Math.max(1, Math.floor((number / count) * sources.size));
    const [environment, index] = [random(environments.length), random(products)];
    const own = present[environment];
    const wanted = environment === 0 ? newest : present[environment - 1][index];
    own[index] = wanted === own[index] ? Math.max(1, wanted - random(30)) : wanted;
    parts.push(
      commit(
        number,
        begins + 600 * newest + (number % 7) + 5,
        `deploy(${environments[environment]}): ${nameOf(index)}`,
      ),
    );
    write(environment, index, own[index]);
  }
  return parts.join('');
}

function values(name, environment, tag) {
  const settings = range(24).map(
    (number) => `  - name: SETTING_${number}\n    value: "of ${name}" # as agreed\n`,
  );
  return `# What runs in ${environment}.\nreplicaCount: 2\n\nimage:\n  repository: registry.example.com/acme/${name}\n  tag: "${tag}" # by CI\n  pullPolicy: IfNotPresent\n\nenv:\n${settings.join('')}resources:\n  limits: { cpu: 100m, memory: 128Mi }\n`;
}

function range(count) {
  return Array.from({ length: count }, (_, index) => index);
}
