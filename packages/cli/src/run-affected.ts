import { LanewiseError, parseProductName } from '@lanewise/model';
import type { ReleaseRequest } from '@lanewise/release';
import { affectedAnswer } from './affected-answer.js';
import type { AffectedOptions } from './affected-options.js';
import { checkProjectsOptions } from './check-projects-options.js';
import type { Answer, Call } from './command.js';
import { openKeptPlan } from './context/kept-plan.js';
import type { Workspace } from './context/workspace.js';
import { lookingRequest } from './looking-request.js';

/** Answers what is affected: as planned before where nothing moved, else anew. */
export async function runAffected(call: Call, workspace: Workspace): Promise<Answer> {
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
  const { affectedAnew } = await import('./affected-anew.js');
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
  const showsWhole = call.global.json || options.format === 'json';
  return {
    ...lookingRequest(products.length === 0 ? null : products),
    first: options.first === true,
    ...(options.prerelease !== undefined && { prerelease: options.prerelease }),
    dryRun: options.reserve !== true,
    ...(options.reserve !== true && !showsWhole && { outline: true }),
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
