import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { openCheckout } from '@lanewise/git';
import { writeConfig } from '@lanewise/manifests';
import { isLanewiseError, LanewiseError, parseConfig, type Config } from '@lanewise/model';
import type { Answer, Call, CommandModule } from '../command.js';
import { configFileName, readTreeConfig } from '../context/work-tree-config.js';
import { inspect, type Inspection } from '../init/inspect.js';
import { reorderEnvironments } from '../init/reorder.js';
import { githubWorkflow } from '../init/github-workflow.js';
import { gitlabPipeline } from '../init/gitlab-pipeline.js';
import { askAbout } from '../init/ask.js';
import { renderInit } from '../render/init.js';

interface Options {
  readonly gitops?: string;
  readonly branch?: string;
  readonly ci?: 'github' | 'gitlab';
  readonly environments?: string;
  readonly yes?: boolean;
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
      'Looks through the workspace and the repository that holds the manifests, finds products (Nx projects, Dockerfiles, charts, compose files), environments (folders, file names, overlays) and the places that hold versions, shows them with how sure it is and what it could not place, and writes lanewise.yaml. A file that is there already is never changed. In a terminal it asks; elsewhere, and with --yes, it does not.',
    examples: [
      ['lanewise init --dry-run', 'show what would be written'],
      [
        'lanewise init --gitops git@git.example.com:acme/deploy.git',
        'manifests in a repository of their own',
      ],
      [
        'lanewise init --environments dev,staging,prod',
        'say in which order releases pass the environments',
      ],
      ['lanewise init --ci github', 'write the pipelines for GitHub Actions as well'],
      ['lanewise init --ci gitlab', 'the same for GitLab'],
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
      .addOption(
        new Option('--ci <system>', 'also write the pipelines').choices(['github', 'gitlab']),
      )
      .option(
        '--environments <names>',
        'the environments to take, in the order in which releases pass them; default: all that are found',
      )
      .option('--yes', 'ask nothing')
      .option('--dry-run', 'write nothing, and show the configuration');
  },
  run: async (call) => {
    const options = call.options as Options;
    const existing = await existingConfig(call);
    const looked = await look(call, options, existing);
    const asked = mayAsk(call, options) ? await askAbout(call, looked) : null;
    const order = options.environments ?? asked?.environments ?? null;
    const found =
      order === null ? looked : { ...looked, survey: reorderEnvironments(looked.survey, order) };
    const text = writeConfig(found.survey, {
      gitops: found.gitops,
      projects: found.isNx ? 'graph' : 'declared',
      workspace: found.files,
    });
    const config = check(text);
    const files = [
      { file: configFileName, text },
      ...(options.ci === undefined ? [] : [pipelines(options.ci, found, existing ?? config)]),
    ];
    const outcomes = [];
    for (const one of files)
      outcomes.push(
        await settle(found.root, one, options.dryRun === true || asked?.write === false),
      );
    return answer(found, outcomes);
  },
};

/** The configuration that is there already; null where none is, or where it cannot be used: `verify` says why. */
async function existingConfig(call: Call): Promise<Config | null> {
  const { environment } = call.shell;
  const { root } = await openCheckout(call.global.directory, { environment });
  try {
    return await readTreeConfig(call, root);
  } catch (error) {
    if (isLanewiseError(error)) return null;
    throw error;
  }
}

/** Looks where the configuration says, else here; where nothing is found, a person may say where the manifests are. */
async function look(call: Call, options: Options, existing: Config | null): Promise<Inspection> {
  const known = options.gitops === undefined ? (existing?.gitops ?? null) : null;
  const branch = options.branch ?? known?.branch ?? null;
  const found = await inspect(call, options.gitops ?? known?.repository ?? null, branch);
  const { ask } = call.shell;
  const isThere = existsSync(join(found.root, configFileName));
  if (found.survey.pins.length > 0 || options.gitops !== undefined || isThere) return found;
  if (!mayAsk(call, options) || ask === undefined) return found;
  const where = await ask(
    'No manifest here names a product and an environment. Which repository holds them (address or folder; empty: none)? ',
  );
  return where === '' ? found : inspect(call, where, branch);
}

function mayAsk({ shell, global }: Call, options: Options): boolean {
  return (
    shell.interactive &&
    shell.ask !== undefined &&
    !global.json &&
    options.yes !== true &&
    options.dryRun !== true
  );
}

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

/** The pipelines of a CI system, and where they stand. */
function pipelines(
  system: 'github' | 'gitlab',
  found: Inspection,
  config: Config,
): { file: string; text: string } {
  const isThere = (name: string): boolean => existsSync(join(found.root, name));
  const install = ['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml'].findIndex(isThere);
  const facts = {
    branch: found.workspaceBranch,
    environments: [...config.targets.keys()],
    otherRepository: config.gitops.repository !== null,
    install:
      ['npm ci', 'yarn install --immutable', 'corepack enable && pnpm install --frozen-lockfile'][
        install
      ] ?? null,
  };
  if (system === 'github') return { file: workflowFile, text: githubWorkflow(facts) };
  const text = gitlabPipeline(facts);
  return { file: isOthers(join(found.root, gitlabFile), text) ? besideGitlab : gitlabFile, text };
}

const gitlabFile = '.gitlab-ci.yml';
const besideGitlab = '.gitlab/lanewise.yml';

/** Whether a file is there that an earlier run did not write: by its first line. */
function isOthers(path: string, text: string): boolean {
  return existsSync(path) && readFileSync(path, 'utf8').split('\n')[0] !== text.split('\n')[0];
}

function answer(found: Inspection, files: readonly InitFile[]): Answer {
  const { products, environments, pins, unplaced } = found.survey;
  return {
    exitCode: 0,
    json: {
      schema: 'lanewise.dev/init/1',
      products: products.map(({ name, root, images, why }) => ({ name, root, images, why })),
      environments: environments.map(({ name, after, group, why }) => ({
        name,
        after,
        group,
        why,
      })),
      pins: pins.map(
        ({ product, environment, file, line, selector, text, image, sureness, why }) => ({
          product,
          environment,
          file,
          line,
          path: selector.path ?? selector.image ?? '',
          value: text,
          image,
          sureness,
          why,
        }),
      ),
      unplaced,
      files,
    },
    text: (view) => renderInit(found.survey, files, view),
  };
}
