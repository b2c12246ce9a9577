import { join } from 'node:path';
import { makeWorld, type Clone, type Remote, type World } from '@lanewise/testing';
import type { Shell } from '../src/shell.js';
import { runIn, type Said } from './run-in.js';

export type { Said } from './run-in.js';

/** A small company: three products, a library, a GitOps repository, and a clone of the workspace. */
export interface Sample {
  readonly world: World;
  readonly workspace: Remote;
  readonly gitops: Remote;
  readonly clone: Clone;
  /** Runs a command line in the clone. */
  lanewise(...args: string[]): Promise<Said>;
  /** The same with other variables, width or directory. */
  lanewiseWith(options: Partial<Shell>, ...args: string[]): Promise<Said>;
  /** Changes a file, commits and pushes. */
  push(files: Readonly<Record<string, string>>, message: string): void;
  /** Every ref of both remotes: what a command that must not write leaves as it was. */
  refs(): string;
}

export const sampleConfig = (
  gitops: string,
): string => `gitops: { repository: ${JSON.stringify(gitops)}, branch: main }
products:
  image: registry.example.com/acme/{product}
  pins: [{ file: "apps/{env}/{product}/values.yaml", path: image.tag }]
  each:
    api: { root: apps/api, dependsOn: [logging] }
    docs: { root: apps/docs }
    web: { root: apps/web, dependsOn: [logging] }
projects:
  logging: { root: libs/logging }
environments:
  dev: {}
  staging: { after: dev, on: ready }
  prod: { after: staging }
`;

const values = (product: string, version: string): string =>
  `image:\n  repository: registry.example.com/acme/${product} # by hand\n  tag: "${version}"\n`;

export function makeSample(config = sampleConfig): Sample {
  const world = makeWorld();
  const workspace = world.makeRemote('acme');
  const gitops = world.makeRemote('deploy');
  gitops.commit(
    Object.fromEntries(
      ['dev', 'staging', 'prod'].flatMap((environment) =>
        ['api', 'docs', 'web'].map((product) => [
          `apps/${environment}/${product}/values.yaml`,
          values(product, '1.0.0'),
        ]),
      ),
    ),
    'chore: begin',
  );
  workspace.commit(
    {
      'lanewise.yaml': config(gitops.path),
      'apps/api/main.js': '1\n',
      'apps/docs/main.js': '1\n',
      'apps/web/main.js': '1\n',
      'libs/logging/index.js': '1\n',
    },
    'chore: begin',
  );
  const clone = world.clone(workspace);
  const lanewiseWith = (options: Partial<Shell>, ...args: string[]): Promise<Said> =>
    runIn(world, clone.root, args, options);
  return {
    world,
    workspace,
    gitops,
    clone,
    lanewiseWith,
    lanewise: (...args) => lanewiseWith({}, ...args),
    push: (files, message) => {
      clone.write(files);
      world.advance(60);
      clone.git('add', '--all');
      clone.git('commit', '-q', '-m', message);
      clone.git('push', '-q', 'origin', 'HEAD:main');
    },
    refs: () => JSON.stringify([[...workspace.refs()], [...gitops.refs()]]),
  };
}

/** A command line with all that came of it; what differs from machine to machine is named. */
export function transcript(sample: Sample, args: readonly string[], said: Said): string {
  if (said.stderr.includes('unforeseen')) throw new Error(`A defect is no answer: ${said.stderr}`);
  const text = `$ lanewise ${args.join(' ')}\n${said.stderr.replace(/^(?=.)/gm, '! ')}${said.stdout}exit code ${said.exitCode}\n`;
  return text
    .replaceAll(join(sample.world.directory), '<world>')
    .replace(/\b[0-9a-f]{40}\b/g, '<id>')
    .replace(/\b[0-9a-f]{8}\b/g, '<commit>');
}
