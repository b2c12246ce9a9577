import { Option, type Command } from 'commander';
import { parseProductName } from '@lanewise/model';
import {
  applyRelease,
  observeRelease,
  planRelease,
  type MatrixEntry,
  type ReleasePlan,
  type ReleaseRequest,
  type ReleaseSources,
} from '@lanewise/release';
import {
  checkProjectsOptions,
  projectsOfProducts,
  projectsSince,
} from '../affected-projects-answer.js';
import type { Answer, Call, CommandModule } from '../command.js';
import { openReleaseSources } from '../context/release-sources.js';
import { lookingRequest } from '../looking-request.js';
import { withWorkspace, type Workspace } from '../context/workspace.js';
import { planJson } from '../render/plan-json.js';
import {
  affectedNames,
  affectedOutputs,
  plannedJobs,
  reservedJobs,
} from '../render/affected-formats.js';
import { renderAffected, renderPlanRemarks } from '../render/release-plan.js';
import { affectedSummary } from '../render/summary.js';

type Format = 'table' | 'names' | 'json' | 'github-matrix' | 'any';

interface Options {
  readonly format: Format;
  readonly first?: boolean;
  readonly reserve?: boolean;
  readonly graph?: string;
  readonly projects?: boolean;
  readonly base?: string;
  readonly head?: string;
  readonly separator?: string;
}

export const affected: CommandModule = {
  help: {
    about:
      'A product is affected if the inputs at its own last release and at HEAD differ: its files, those of the projects it is built from, and the packages it resolves to. A change that was reverted affects nothing.',
    examples: [
      ['lanewise affected', 'what would be released, and why'],
      ['lanewise affected --format names | xargs -n1 ./build.sh', 'names alone, one a line'],
      [
        'lanewise affected --reserve --format github-matrix',
        'keep the versions, and print a build matrix for GitHub',
      ],
    ],
  },
  declare: (command: Command) => {
    command
      .argument('[products...]', 'only these')
      .addOption(
        new Option('--format <format>', 'how it is written')
          .choices(['table', 'names', 'json', 'github-matrix', 'any'])
          .default('table'),
      )
      .option(
        '--reserve',
        'keep the versions for this commit, so that images can be built with them',
      )
      .option('--first', 'named products that were never released count as affected')
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
  run: (call) =>
    withWorkspace(call, async (workspace) => {
      const options = call.options as unknown as Options;
      checkProjectsOptions(options, {
        projects: options.projects === true,
        products: call.arguments,
      });
      const { base } = options;
      if (base !== undefined) return projectsSince(call, workspace, { ...options, base });
      const opened = await openReleaseSources(
        call,
        workspace,
        options.reserve === true ? 'writing' : 'looking',
        options.graph ?? null,
      );
      const { sources } = opened;
      const request = affectedRequest(call);
      if (options.reserve === true)
        return reserve(call, workspace, sources, request, options.format);
      const plan = planRelease(await observeRelease(sources, request), request);
      if (options.projects === true) return projectsOfProducts(plan, opened, options);
      return affectedAnswer(plan, plannedJobs(plan), options.format);
    }),
};

/** Keeps the versions, and answers with the plan as it was when they were kept. */
async function reserve(
  call: Call,
  workspace: Workspace,
  sources: ReleaseSources,
  request: ReleaseRequest,
  format: Format,
): Promise<Answer> {
  const { now, random, sleep } = call.shell;
  const effects = { build: null, now, random, sleep, tagger: workspace.checkout.identity };
  const outcome = await applyRelease(sources, request, effects);
  return {
    ...affectedAnswer(outcome.plan, reservedJobs(outcome), format),
    exitCode: outcome.exitCode,
  };
}

function affectedRequest(call: Call): ReleaseRequest {
  const options = call.options as unknown as Options;
  const products = call.arguments.map(parseProductName);
  return {
    ...lookingRequest(products.length === 0 ? null : products),
    first: options.first === true,
    dryRun: options.reserve !== true,
  };
}

function affectedAnswer(plan: ReleasePlan, jobs: readonly MatrixEntry[], format: Format): Answer {
  const outputs = affectedOutputs(plan, jobs);
  const json = {
    schema: 'lanewise.dev/affected/1',
    any: jobs.length > 0,
    products: affectedNames(plan),
    matrix: { include: jobs },
    plan: planJson(plan),
  };
  return {
    exitCode: plan.exitCode,
    json,
    outputs,
    summary: affectedSummary(plan),
    remarks: (view) => renderPlanRemarks(plan, view),
    text: (view) => {
      switch (format) {
        case 'table':
          return renderAffected(plan, view);
        case 'names':
          return affectedNames(plan)
            .map((name) => `${name}\n`)
            .join('');
        case 'json':
          return `${JSON.stringify(json, null, 2)}\n`;
        case 'github-matrix':
          return `matrix=${outputs.matrix}\nany=${outputs.any}\n`;
        case 'any':
          return `${outputs.any}\n`;
        default:
          return format satisfies never;
      }
    },
  };
}
