import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { LanewiseError, parseConfig, type Config } from '@lanewise/model';
import type { Answer, CommandModule } from '../command.js';
import { configFileName } from '../context/work-tree-config.js';
import { inspect, type Inspection } from '../init/inspect.js';
import { githubWorkflow } from '../init/github-workflow.js';
import { writeConfig } from '../init/write-config.js';
import { renderInit } from '../render/init.js';

interface Options {
  readonly gitops?: string;
  readonly branch?: string;
  readonly ci?: 'github';
  readonly dryRun?: boolean;
}

/** A file that `init` wrote, would write, or left as it is. */
export interface InitFile {
  readonly file: string;
  readonly outcome: 'written' | 'would be written' | 'kept';
  readonly text: string;
}

const workflowFile = '.github/workflows/lanewise.yml';

export const init: CommandModule = {
  help: {
    about:
      'Finds products (Nx projects, Dockerfiles), environments and the places that hold versions by looking at the files, shows what it found, and writes lanewise.yaml. A file that is there already is never changed.',
    examples: [
      ['lanewise init --dry-run', 'show what would be written'],
      [
        'lanewise init --gitops git@git.example.com:acme/deploy.git',
        'manifests in a repository of their own',
      ],
      ['lanewise init --ci github', 'write the pipelines for GitHub Actions as well'],
    ],
  },
  declare: (command: Command) => {
    command
      .option(
        '--gitops <repository>',
        'address or folder of the repository that holds the manifests; default: this one',
      )
      .option(
        '--branch <name>',
        "its branch that Argo CD or Flux follow; default: the remote's default branch",
      )
      .addOption(new Option('--ci <system>', 'also write the pipelines').choices(['github']))
      .option('--dry-run', 'write nothing, and show the configuration');
  },
  run: async (call) => {
    const options = call.options as Options;
    const found = await inspect(call, options.gitops ?? null, options.branch ?? null);
    const text = writeConfig(found.proposal, found.gitops, found.isNx);
    const config = check(text);
    const files = [
      { file: configFileName, text },
      ...(options.ci === 'github' ? [{ file: workflowFile, text: workflow(found, config) }] : []),
    ];
    const outcomes = [];
    for (const one of files) outcomes.push(await settle(found.root, one, options.dryRun === true));
    return answer(found, outcomes);
  },
};

/** What `init` wrote must be a configuration: anything else is a defect, and is not written. */
function check(text: string): Config {
  try {
    return parseConfig(text, configFileName);
  } catch (cause) {
    throw new LanewiseError(
      'INTERNAL',
      `The proposed configuration is not valid: ${cause instanceof Error ? cause.message : ''}`,
      {
        cause,
        hint: "Nothing was written. Report what 'lanewise init --dry-run' looked at, and write lanewise.yaml by hand: docs/configuration.md.",
      },
    );
  }
}

async function settle(
  root: string,
  { file, text }: { file: string; text: string },
  dryRun: boolean,
): Promise<InitFile> {
  const path = join(root, file);
  if (existsSync(path)) return { file, text, outcome: 'kept' };
  if (dryRun) return { file, text, outcome: 'would be written' };
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { flag: 'wx' });
  return { file, text, outcome: 'written' };
}

function workflow(found: Inspection, config: Config): string {
  const install = ['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml'].findIndex((name) =>
    existsSync(join(found.root, name)),
  );
  return githubWorkflow({
    branch: found.workspaceBranch,
    environments: [...config.targets.keys()],
    otherRepository: found.gitops !== null,
    install:
      ['npm ci', 'yarn install --immutable', 'corepack enable && pnpm install --frozen-lockfile'][
        install
      ] ?? null,
  });
}

function answer(found: Inspection, files: readonly InitFile[]): Answer {
  const { products, environments, pins, unplaced } = found.proposal;
  return {
    exitCode: 0,
    json: {
      schema: 'lanewise.dev/init/1',
      products: products.map(({ name, root }) => ({ name, root })),
      environments: environments.map(({ name, after, group }) => ({ name, after, group })),
      pins: pins.map(({ product, environment, file, where, text, sureness }) => ({
        product,
        environment,
        file,
        path: where,
        value: text,
        sureness,
      })),
      unplaced,
      files,
    },
    text: (view) => renderInit(found.proposal, files, view),
  };
}
