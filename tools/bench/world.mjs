// A large estate on disk: 2,000 products in 4 environments, 8,000 values files, 5,000 commits, and
// the workspace whose tags and records say which releases there are. Made with git fast-import in
// seconds; the releases are adopted by the real command.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const environments = ['dev', 'test', 'staging', 'prod'];
const start = 1_700_000_000;

/** A clean environment for git and for lanewise: nothing of the user's settings, a cache of its own. */
export function cleanEnvironment(directory) {
  const config = join(directory, 'gitconfig');
  writeFileSync(
    config,
    '[user]\n\tname = Dev\n\temail = dev@example.com\n[init]\n\tdefaultBranch = main\n',
  );
  return {
    PATH: process.env.PATH,
    HOME: directory,
    GIT_CONFIG_GLOBAL: config,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    LANEWISE_CACHE: join(directory, 'cache'),
  };
}

/** Makes the two remotes below `directory` and a clone of the workspace; gives their paths and the products' names. */
export function makeEstate(directory, { products = 2000, commits = 5000 } = {}) {
  mkdirSync(directory, { recursive: true });
  const env = cleanEnvironment(directory);
  const names = Array.from(
    { length: products },
    (_, index) => `p${String(index).padStart(4, '0')}`,
  );
  const gitops = join(directory, 'deploy.git');
  const workspace = join(directory, 'acme.git');
  fastImport(gitops, env, gitopsStream(names, commits));
  fastImport(workspace, env, workspaceStream(gitops, names));
  const checkout = join(directory, 'acme');
  git(directory, env, 'clone', '--quiet', workspace, checkout);
  return { directory, env, gitops, workspace, checkout, products: names };
}

export function git(cwd, env, ...args) {
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Path of a product's manifest in an environment. */
export function manifestOf(product, environment) {
  return `apps/${environment}/${product}/values.yaml`;
}

/** 1.6 KB of values as teams write them, with the tag among them. */
export function manifest(product, environment, tag, memory = 256) {
  const head = `# ${product} in ${environment}\nreplicaCount: 2\nimage:\n  repository: registry.example.com/acme/${product}\n  tag: "${tag}" # written by the release\n  pullPolicy: IfNotPresent\nresources:\n  limits: { memory: ${memory}Mi }\n  requests: { cpu: 100m, memory: 128Mi }\nenv:\n`;
  let text = head;
  for (let line = 0; text.length < 1600; line++)
    text += `  SETTING_${line}: "value of setting ${line}" # kept by hand\n`;
  return text;
}

function fastImport(repository, env, stream) {
  git('/', env, 'init', '--quiet', '--bare', '--initial-branch=main', repository);
  const { status, stderr } = spawnSync('git', ['fast-import', '--quiet', '--force'], {
    cwd: repository,
    env,
    input: stream,
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(String(stderr));
  git(repository, env, 'repack', '-adq');
}

function gitopsStream(names, commits) {
  const parts = [];
  const commit = (number, message, changes) => {
    const who = `Dev <dev@example.com> ${start + number * 600} +0000`;
    parts.push(
      `commit refs/heads/main\nmark :${number + 1}\nauthor ${who}\ncommitter ${who}\n${data(message)}`,
    );
    if (number > 0) parts.push(`from :${number}\n`);
    for (const [path, content] of changes) parts.push(`M 100644 inline ${path}\n${data(content)}`);
    parts.push('\n');
  };
  const all = (tagOf) =>
    environments.flatMap((environment) =>
      names.map((name) => [
        manifestOf(name, environment),
        manifest(name, environment, tagOf(environment)),
      ]),
    );
  commit(
    0,
    'chore: begin',
    all(() => '0.1.0'),
  );
  for (let number = 1; number < commits - 2; number++) {
    const name = names[(number * 7919) % names.length];
    const environment = environments[number % environments.length];
    const change = [
      manifestOf(name, environment),
      manifest(name, environment, `0.${1 + (number % 9)}.0`, 256 + (number % 5)),
    ];
    commit(number, `deploy(${environment}): ${name}`, [change]);
  }
  commit(
    commits - 2,
    'deploy: 1.0.0 everywhere',
    all(() => '1.0.0'),
  );
  commit(
    commits - 1,
    'deploy(dev): 1.1.0',
    all((environment) => (environment === 'dev' ? '1.1.0' : '1.0.0')),
  );
  return parts.join('');
}

function workspaceStream(gitops, names) {
  const config = `gitops: { repository: ${JSON.stringify(gitops)}, branch: main }
products:
  image: registry.example.com/acme/{product}
  build: external
  pins: [{ file: "apps/{env}/{product}/values.yaml", path: image.tag }]
environments:
  dev: {}
  test: { after: dev, on: command, tags: false }
  staging: { after: test, on: command, tags: false }
  prod: { after: staging, on: command, tags: false }
`;
  const who = (at) => `Dev <dev@example.com> ${start + at} +0000`;
  const files = names
    .map((name) => `M 100644 inline services/${name}/main.txt\n${data(`${name}\n`)}`)
    .join('');
  const tag = (name, mark, at) => `tag ${name}\nfrom :${mark}\ntagger ${who(at)}\n${data(name)}`;
  return (
    `commit refs/heads/main\nmark :1\nauthor ${who(0)}\ncommitter ${who(0)}\n${data('feat: everything')}M 100644 inline lanewise.yaml\n${data(config)}${files}\n` +
    `commit refs/heads/main\nmark :2\nauthor ${who(600)}\ncommitter ${who(600)}\n${data('feat: more')}from :1\n` +
    names.map((name) => `M 100644 inline services/${name}/more.txt\n${data('more\n')}`).join('') +
    `\n${tag('v1.0.0', 1, 0)}${tag('v1.1.0', 2, 600)}`
  );
}

function data(text) {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
