import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { builtCommand, makeWorld, type Clone, type Remote, type World } from '@lanewise/testing';

const program = builtCommand();
const config = `products:
  image: registry.example.com/acme/{product}
  build: external
  each: { api: {}, docs: {} }
environments: {}
`;
type Files = Readonly<Record<string, string>>;

/** What stands in for Nx: the real one in trouble is asked in the graph's own tests, and takes seconds. */
function devkit(body: string, version = '23.2.1'): Files {
  const manifest = (name: string): string => JSON.stringify({ name, version, main: 'index.js' });
  return {
    'node_modules/nx/package.json': manifest('nx'),
    'node_modules/@nx/devkit/package.json': manifest('@nx/devkit'),
    'node_modules/@nx/devkit/index.js': `exports.NX_VERSION = '${version}';
exports.workspaceRoot = process.cwd();
exports.readNxJson = () => ({});
exports.createProjectGraphAsync = async () => { ${body} };`,
  };
}

const api = 'apps/api';
function graph(...projects: readonly (readonly [name: string, root: string])[]): string {
  const nodes = projects.map(([name, root]) => [name, { name, type: 'app', data: { root } }]);
  return `return ${JSON.stringify({ nodes: Object.fromEntries(nodes) as object, dependencies: {}, externalNodes: {} })};`;
}

const throwing = (name: string): string => `
  const inner = new Error('The "${name}" plugin threw an error while creating nodes from apps/api/project.json:\\n  TypeError: Cannot read properties of undefined (reading \\'sourceRoot\\')\\n    at read (/srv/plugin.js:3:5)');
  throw Object.assign(new Error('Failed to process project graph.'), { cause: inner });`;

interface Case {
  readonly what: string;
  readonly files: Files;
  readonly exitCode: number;
  readonly environment?: Readonly<Record<string, string>>;
}

const cases: readonly Case[] = [
  { what: 'Nx is not installed', files: {}, exitCode: 2 },
  {
    what: 'Nx is not installed in a workspace of pnpm',
    files: { 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" },
    exitCode: 2,
  },
  { what: 'a plugin throws', files: devkit(throwing('@acme/plugin')), exitCode: 1 },
  { what: 'a plugin ends the process', files: devkit('process.exit(7);'), exitCode: 1 },
  {
    what: 'TypeScript 7 is installed',
    files: {
      ...devkit(
        "const tsModule = require('typescript'); tsModule.readConfigFile('tsconfig.json');",
      ),
      'node_modules/typescript/package.json':
        '{"name":"typescript","version":"7.0.2","main":"version.js"}',
      'node_modules/typescript/version.js': "exports.version = '7.0.2';",
    },
    exitCode: 1,
  },
  {
    what: 'an Nx fails that is older than what is tested',
    files: devkit("throw new Error('Not in this version.');", '19.8.0'),
    exitCode: 1,
  },
  {
    what: 'the daemon hangs',
    files: devkit('await new Promise((resolve) => setTimeout(resolve, 1e9));'),
    exitCode: 1,
    environment: { LANEWISE_NX_TIMEOUT: '1' },
  },
  {
    what: 'two projects share a folder',
    files: devkit(graph(['api', api], ['docs', api])),
    exitCode: 2,
  },
  {
    what: 'two projects have one name but for the scope',
    files: devkit(graph(['@acme/api', api], ['@other/api', 'apps/docs'], ['docs', 'libs/docs'])),
    exitCode: 2,
  },
  {
    what: 'two projects have one name, as Nx says it',
    files: devkit(
      "throw new Error('The following projects are defined in multiple locations:\\n- api: \\n  - apps/api\\n  - apps/docs');",
    ),
    exitCode: 1,
  },
  { what: 'a product is no project', files: devkit(graph(['api', api])), exitCode: 2 },
];

describe('a workspace whose graph cannot be had, by the built command', () => {
  let world: World;
  let remote: Remote;
  let clone: Clone;
  beforeAll(() => {
    world = makeWorld();
    remote = world.makeRemote();
    remote.commit({
      'lanewise.yaml': config,
      'nx.json': '{}',
      'package.json': '{"name":"acme","private":true}',
      '.gitignore': 'node_modules\npnpm-lock.yaml\n',
      'apps/api/main.go': '1',
      'apps/docs/index.md': '1',
    });
    clone = world.clone(remote);
  });
  afterEach(() => {
    rmSync(`${clone.root}/node_modules`, { recursive: true, force: true });
    rmSync(`${clone.root}/pnpm-lock.yaml`, { force: true });
  });
  afterAll(() => world.dispose());

  /** Both streams and the exit code of a command, as a terminal shows them. */
  const transcript = (args: readonly string[], variables: Files = {}): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: clone.root,
      encoding: 'utf8',
      env: {
        ...world.environment,
        LANEWISE_CACHE: world.cacheDirectory,
        NO_COLOR: '1',
        ...variables,
      },
    });
    expect(stderr).not.toMatch(/unforeseen|INTERNAL|^ {4}at /m);
    const text = `$ lanewise ${args.join(' ')}\n${stderr.replace(/^(?=.)/gm, '! ')}${stdout}exit code ${status}\n`;
    return text.replaceAll(world.directory, '<world>');
  };

  it.each(cases)('$what', ({ files, exitCode, environment }) => {
    clone.write(files);
    const before = [...remote.refs()];
    const released = transcript(['release', 'api', 'docs', '--first'], environment);
    expect(released).toMatchSnapshot();
    expect(released).toContain(`\nexit code ${exitCode}\n`);
    // Who only looks is told the same, and what it is about stays out of the answer.
    const asked = transcript(['affected', '--format', 'names'], environment);
    const told = (text: string): string => text.slice(text.indexOf('! error: '));
    expect(told(asked)).toBe(told(released));
    expect([...remote.refs()]).toEqual(before);
  });

  it('an Nx that is not tested and works: it is said, and the answer is given', () => {
    clone.write(devkit(graph(['api', api], ['docs', 'apps/docs']), '25.1.0'));
    expect(transcript(['graph'])).toMatchSnapshot();
  });

  it('a saved graph is the way out that is named', () => {
    clone.write({ ...devkit(throwing('@acme/plugin')), 'node_modules/graph.json': savedGraph });
    expect(transcript(['graph', '--graph', 'node_modules/graph.json'])).toMatchSnapshot();
  });

  it('a product without files is found by verify, with its folder', () => {
    clone.write(devkit(graph(['api', api], ['docs', 'apps/gone'])));
    expect(transcript(['verify'])).toMatchSnapshot();
  });
});

const savedGraph = JSON.stringify({
  graph: {
    nodes: {
      api: { name: 'api', type: 'app', data: { root: api } },
      docs: { name: 'docs', type: 'app', data: { root: 'apps/docs' } },
    },
    dependencies: {},
  },
});
