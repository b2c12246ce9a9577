import { Option, type Command } from 'commander';
import { LanewiseError, parsePrereleaseIdentifier, parseProductName } from '@lanewise/model';
import {
  affectedEntries,
  applyRelease,
  explainProduct,
  observeRelease,
  planRelease,
  type MatrixEntry,
  type ReleasePlan,
  type ReleaseRequest,
  type ReleaseState,
} from '@lanewise/release';
import {
  checkProjectsOptions,
  projectsOfProducts,
  projectsSince,
  type ProjectsOptions,
} from '../affected-projects-answer.js';
import type { Answer, Call, CommandModule } from '../command.js';
import { openReleaseSources, type OpenedRelease } from '../context/release-sources.js';
import { withWorkspace, type Workspace } from '../context/workspace.js';
import { lookingRequest } from '../looking-request.js';
import {
  affectedNames,
  affectedOutputs,
  plannedJobs,
  reservedJobs,
} from '../render/affected-formats.js';
import { separated } from '../render/affected-projects.js';
import { limitOf, renderForCi } from '../render/ci-formats.js';
import { explanationsJson, renderExplanations } from '../render/explain.js';
import { planJson } from '../render/plan-json.js';
import { renderAffected, renderPlanRemarks } from '../render/release-plan.js';
import { affectedSummary } from '../render/summary.js';

const formats = [
  'table',
  'names',
  'json',
  'github-matrix',
  'gitlab',
  'circleci',
  'buildkite',
  'dotenv',
  'any',
] as const;

type Format = (typeof formats)[number];

interface Options extends ProjectsOptions {
  readonly format: Format;
  readonly first?: boolean;
  readonly prerelease?: string;
  readonly reserve?: boolean;
  readonly explain?: boolean;
  readonly all?: boolean;
  readonly projects?: boolean;
  readonly command?: string;
}

export const affected: CommandModule = {
  help: {
    about:
      'A product is affected if the inputs at its own last release and at HEAD differ: its files, those of the projects it is built from, and the packages it resolves to. A change that was reverted affects nothing.',
    examples: [
      ['lanewise affected', 'what would be released, and why'],
      ['lanewise affected --explain', 'with the ways and commits, shared causes first'],
      ['lanewise affected --format names | xargs -n1 ./build.sh', 'names alone, one a line'],
      [
        'lanewise affected --reserve --format github-matrix',
        'keep the versions, and print a build matrix for GitHub',
      ],
      [
        'lanewise affected --reserve --format gitlab > build.yml',
        'a child pipeline for GitLab, with a job for each product',
      ],
      [
        'lanewise affected --projects --base origin/main --format names --separator ,',
        "the projects that a branch affects, for 'nx run-many -p'",
      ],
    ],
  },
  declare: (command: Command) => {
    command
      .argument('[products...]', 'only these')
      .addOption(
        new Option('--format <format>', 'how it is written').choices(formats).default('table'),
      )
      .option('--explain', 'tell the ways and commits too, what several products share first')
      .option('--all', 'with --explain: every cause and product, however many')
      .option(
        '--reserve',
        'keep the versions for this commit, so that images can be built with them',
      )
      .option('--first', 'named products that were never released count as affected')
      .option(
        '--prerelease <line>',
        'as release --prerelease would do it, such as rc',
        parsePrereleaseIdentifier,
      )
      .option(
        '--command <line>',
        'what a job runs for its product (gitlab: else it extends .lanewise-build; buildkite: else .buildkite/lanewise-build)',
      )
      .option(
        '--projects',
        'list projects in place of products: those that make products affected, or with --base those that nx affected would name',
      )
      .option('--base <rev>', 'compare all projects with where HEAD left this branch or commit')
      .option('--head <rev>', 'compare up to this commit; default HEAD and the work tree')
      .option('--separator <text>', 'what stands between names; default a line feed')
      .option(
        '--graph <file>',
        'read the graph from this file (nx graph --file=…) instead of asking Nx',
      );
  },
  run: (call) => withWorkspace(call, (workspace) => runAffected(call, workspace)),
};

async function runAffected(call: Call, workspace: Workspace): Promise<Answer> {
  const options = call.options as unknown as Options;
  checkOptions(options);
  checkProjectsOptions(options, {
    projects: options.projects === true,
    products: call.arguments,
  });
  const { base } = options;
  if (base !== undefined) return projectsSince(call, workspace, { ...options, base });
  const purpose = options.reserve === true ? 'writing' : 'looking';
  const opened = await openReleaseSources(call, workspace, purpose, options.graph ?? null);
  const request = affectedRequest(call);
  if (options.reserve === true) return reserve(call, workspace, opened, request, options);
  const state = await observeRelease(opened.sources, request);
  const plan = planRelease(state, request);
  if (options.projects === true) return projectsOfProducts(plan, opened, options);
  const answer = affectedAnswer(plan, plannedJobs(plan), opened, options);
  return options.explain === true ? explained(answer, state, plan, options) : answer;
}

/** Keeps the versions, and answers with the plan as it was when they were kept. */
async function reserve(
  call: Call,
  workspace: Workspace,
  opened: OpenedRelease,
  request: ReleaseRequest,
  options: Options,
): Promise<Answer> {
  const { now, random, sleep } = call.shell;
  const effects = { build: null, now, random, sleep, tagger: workspace.checkout.identity };
  const outcome = await applyRelease(opened.sources, request, effects);
  return {
    ...affectedAnswer(outcome.plan, reservedJobs(outcome), opened, options),
    exitCode: outcome.exitCode,
  };
}

function affectedRequest(call: Call): ReleaseRequest {
  const options = call.options as unknown as Options;
  const products = call.arguments.map(parseProductName);
  return {
    ...lookingRequest(products.length === 0 ? null : products),
    first: options.first === true,
    ...(options.prerelease !== undefined && { prerelease: options.prerelease }),
    dryRun: options.reserve !== true,
    ...(options.explain === true && { detail: 'causes' }),
  };
}

/** Throws USAGE for options that would say nothing. */
function checkOptions({ explain, all, reserve, projects, command, format }: Options): void {
  const wrong = (message: string, hint: string): LanewiseError =>
    new LanewiseError('USAGE', message, { hint });
  if (all === true && explain !== true)
    throw wrong('--all shows all of an explanation.', 'Add --explain.');
  if (explain === true && (reserve === true || projects === true)) {
    throw wrong(
      `--explain and ${reserve === true ? '--reserve' : '--projects'} do not go together.`,
      'Run the command twice.',
    );
  }
  if (explain === true && format !== 'table' && format !== 'json') {
    throw wrong(
      `--explain is for people, and --format ${format} is read by a program.`,
      'Leave one of them out, or add --json for the explanation as data.',
    );
  }
  if (reserve === true && projects === true)
    throw wrong('--reserve keeps versions of products.', 'Leave --projects out.');
  if (command !== undefined && format !== 'gitlab' && format !== 'buildkite') {
    throw wrong(
      `--command is what the jobs of a pipeline run, and --format ${format} has no jobs.`,
      'Add --format gitlab or --format buildkite.',
    );
  }
}

function affectedAnswer(
  plan: ReleasePlan,
  jobs: readonly MatrixEntry[],
  { sources, products }: OpenedRelease,
  { format, command, separator }: Options,
): Answer {
  const outputs = affectedOutputs(plan, jobs);
  const json = {
    schema: 'lanewise.dev/affected/1',
    any: jobs.length > 0,
    products: affectedNames(plan),
    matrix: { include: jobs },
    plan: planJson(plan),
  };
  const limit = limitOf(format, jobs);
  return {
    exitCode: plan.exitCode,
    json,
    outputs,
    summary: affectedSummary(plan, { graph: sources.graph, products }),
    remarks: (view) =>
      renderPlanRemarks(plan, view) +
      (limit === null ? '' : `${view.paint.quiet('note:')} ${limit}\n`),
    text: (view) => {
      switch (format) {
        case 'table':
          return renderAffected(plan, view);
        case 'names':
          return separated(affectedNames(plan), separator ?? '\n');
        case 'json':
          return `${JSON.stringify(json, null, 2)}\n`;
        case 'github-matrix':
          return `matrix=${outputs.matrix}\nany=${outputs.any}\n`;
        case 'any':
          return `${outputs.any}\n`;
        default:
          return renderForCi(format, jobs, command ?? null);
      }
    },
  };
}

function explained(
  answer: Answer,
  state: ReleaseState,
  plan: ReleasePlan,
  { format, all }: Options,
): Answer {
  const explanations = affectedEntries(plan).map((entry) => explainProduct(state, entry));
  const json = { ...answer.json, ...explanationsJson(explanations) };
  return {
    ...answer,
    json,
    text: (view) =>
      format === 'json'
        ? `${JSON.stringify(json, null, 2)}\n`
        : explanations.length === 0
          ? answer.text(view)
          : renderExplanations(explanations, plan.entries.length, { all: all === true }, view),
  };
}
