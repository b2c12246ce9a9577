import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeWorld, type Clone, type Files, type Remote, type World } from '@lanewise/testing';
import type { Binary, Ended, Kill } from './binary.js';

/** Where the manifests are. */
export type Layout = 'own' | 'same';

export const layouts: readonly Layout[] = ['own', 'same'];
export const estateProducts = ['docs', 'mail', 'shop'] as const;
export const estateEnvironments = ['dev', 'staging', 'prod'] as const;

/** A monorepo of declared products with its GitOps repository, both real, and a clone as CI has it. */
export interface Estate {
  readonly world: World;
  readonly mono: Remote;
  /** The same as `mono` where the manifests are in the workspace. */
  readonly deploy: Remote;
  readonly clone: Clone;
  readonly environment: Readonly<Record<string, string>>;
  /** Commits files to the monorepo's main branch. */
  change(files: Files, message: string): string;
  /** Brings the clone to the tip of main, or to a commit. */
  checkout(revision?: string): void;
  /** Runs the command in the clone. */
  run(...args: string[]): Promise<Ended>;
  runIn(environment: Readonly<Record<string, string>>, ...args: string[]): Promise<Ended>;
  /** As `run`, and killed on the way. */
  runKilled(kill: Kill, ...args: readonly string[]): Promise<Ended>;
  /** As `run`; throws with what the command said where it ends otherwise than with 0. */
  succeed(...args: string[]): Promise<Ended>;
  /** Pinned texts of a product in an environment, in the order of its pins. */
  pins(environment: string, product: string): readonly string[];
  /** All refs of both remotes as text. */
  refs(): string;
  /** Keeps everything as it is now, under a name; `restore` brings it back to the same place. */
  keep(name?: string): void;
  restore(name?: string): void;
  dispose(): Promise<void>;
}

export interface EstateOptions {
  readonly layout: Layout;
  /** Text of `environments:` below the key; default dev, staging (ready), prod. */
  readonly environments?: string;
  /** More lines for `products:`; default `build: external`. */
  readonly build?: 'external' | 'release';
  readonly image?: string;
  /** More of the configuration, at its top level. */
  readonly more?: string;
}

/** Makes the two repositories with every product in every environment, its pins still empty. */
export function makeEstate(binary: Binary, options: EstateOptions): Estate {
  const world = makeWorld();
  const mono = world.makeRemote('mono');
  const deploy = options.layout === 'own' ? world.makeRemote('deploy') : mono;
  const manifests = manifestFiles();
  mono.commit(
    {
      'lanewise.yaml': configText(options, deploy),
      ...sources(),
      ...(options.layout === 'same' && manifests),
    },
    'feat: begin',
  );
  if (options.layout === 'own') deploy.commit(manifests, 'manifests');
  const clone = world.clone(mono, { name: 'clone' });
  const environment = { ...world.environment, LANEWISE_CACHE: world.cacheDirectory };
  const runIn: Estate['runIn'] = (variables, ...args) => binary.run(clone.root, variables, args);
  const kept = `${world.directory}-kept`;
  return {
    world,
    mono,
    deploy,
    clone,
    environment,
    change: (files, message) => mono.commit(files, message),
    checkout: (revision = 'origin/main') => {
      clone.git('fetch', '-q', '--tags', '--force', 'origin');
      clone.git('checkout', '-q', '-f', '-B', 'main', revision);
    },
    runIn,
    run: (...args) => runIn(environment, ...args),
    runKilled: (kill, ...args) => binary.run(clone.root, environment, args, kill),
    succeed: async (...args) => {
      const ended = await runIn(environment, ...args);
      if (ended.code !== 0)
        throw new Error(`lanewise ${args.join(' ')} ended with ${ended.code}\n${told(ended)}`);
      return ended;
    },
    pins: (env, product) => [
      /tag: "?([^"\n]*)"?/.exec(deploy.read(`deploy/${env}/${product}/values.yaml`))?.[1] ?? '',
      /tag: "?([^"\n]*)"?/.exec(deploy.read(`deploy/${env}/${product}/job.yaml`))?.[1] ?? '',
    ],
    refs: () => [mono, ...(deploy === mono ? [] : [deploy])].map(describeRefs).join('\n--\n'),
    keep: (name = 'last') => {
      rmSync(join(kept, name), { recursive: true, force: true });
      mkdirSync(kept, { recursive: true });
      copyFolder(world.directory, join(kept, name));
    },
    restore: (name = 'last') => {
      const gone = `${world.directory}-gone`;
      renameSync(world.directory, gone);
      copyFolder(join(kept, name), world.directory);
      rmSync(gone, { recursive: true, force: true, maxRetries: 5 });
    },
    dispose: async () => {
      rmSync(kept, { recursive: true, force: true });
      await world.dispose();
    },
  };
}

/** By `cp`: Node's own copy takes several times as long, and this is done before every kill. */
function copyFolder(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}

/** What the command said, for messages of failed tests. */
export function told({ stdout, stderr }: Ended): string {
  return `${stdout}${stderr}`;
}

export function describeRefs(remote: Remote): string {
  return [...remote.refs()].map(([ref, id]) => `${ref} ${id}`).join('\n');
}

const defaultEnvironments = `
  dev: {}
  staging: { after: dev, on: ready }
  prod: { after: staging }`;

function configText(options: EstateOptions, deploy: Remote): string {
  const { layout, build = 'external', image = 'registry.example.com/acme/{product}' } = options;
  return `${layout === 'own' ? `gitops: { repository: "${deploy.url}" }\n` : ''}products:
  image: "${image}"
  build: ${build}
  pins:
    - { file: "deploy/{env}/{product}/values.yaml", path: image.tag }
    - { file: "deploy/{env}/{product}/job.yaml", path: job.tag }
  each:
    docs: { root: apps/docs, dependsOn: [ui] }
    mail: { root: apps/mail }
    shop: { root: apps/shop, dependsOn: [ui] }
projects:
  ui: { root: libs/ui }
${options.more ?? ''}environments:${options.environments ?? defaultEnvironments}
`;
}

function sources(): Record<string, string> {
  return {
    'README.md': '# Acme\n',
    'libs/ui/button.txt': 'button\n',
    'apps/docs/main.txt': 'docs\n',
    'apps/mail/main.txt': 'mail\n',
    'apps/shop/main.txt': 'shop\n',
  };
}

/** Two files with one pin each for every product and environment; what stands beside the pins must never change. */
export function manifestFiles(tag = ''): Record<string, string> {
  const files: Record<string, string> = {};
  for (const env of estateEnvironments) {
    for (const product of estateProducts) {
      files[`deploy/${env}/${product}/values.yaml`] = valuesText(env, product, tag);
      files[`deploy/${env}/${product}/job.yaml`] = jobText(product, tag);
    }
  }
  return files;
}

export function valuesText(env: string, product: string, tag: string): string {
  return `# ${product} in ${env}, by hand
memory:   256Mi
image:
    repository: registry.example.com/acme/${product}   # mirror
    tag: "${tag}"   # pinned
`;
}

export function jobText(product: string, tag: string): string {
  return `job:\r\n  name: ${product}-nightly\r\n  tag: "${tag}"\r\n`;
}
