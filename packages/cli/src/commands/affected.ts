import { Option, type Command } from 'commander';
import { LanewiseError, parsePrereleaseIdentifier, parseProductName } from '@lanewise/model';
import type { ReleaseRequest } from '@lanewise/release';
import { affectedAnswer, type AffectedOptions } from '../affected-answer.js';
import { checkProjectsOptions } from '../check-projects-options.js';
import type { Answer, Call, CommandModule } from '../command.js';
import { openKeptPlan } from '../context/kept-plan.js';
import { withWorkspace, type Workspace } from '../context/workspace.js';
import { lookingRequest } from '../looking-request.js';
import { affectedFormats } from '../render/affected-formats.js';

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
        new Option('--format <format>', 'how it is written')
          .choices(affectedFormats)
          .default('table'),
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
  const options = call.options as unknown as AffectedOptions;
  checkOptions(options);
  checkProjectsOptions(options, {
    projects: options.projects === true,
    products: call.arguments,
  });
  const request = affectedRequest(call);
  const kept = mayBeKept(call, options) ? await openKeptPlan(call, workspace, request) : null;
  if (kept !== null && kept.plan !== null) return affectedAnswer(kept.plan, options);
  // What only a new look needs is loaded for it alone.
  const { affectedAnew } = await import('../affected-anew.js');
  return affectedAnew(call, workspace, request, options, kept?.keep ?? null);
}

/** Whether the plan alone is the answer, and nothing but looking is asked. */
function mayBeKept({ shell }: Call, options: AffectedOptions): boolean {
  const { reserve, explain, projects, base, graph } = options;
  const looks = reserve !== true && explain !== true && projects !== true;
  return (
    looks && base === undefined && graph === undefined && !shell.environment['GITHUB_STEP_SUMMARY']
  );
}

function affectedRequest(call: Call): ReleaseRequest {
  const options = call.options as unknown as AffectedOptions;
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
function checkOptions({ explain, all, reserve, projects, command, format }: AffectedOptions): void {
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
