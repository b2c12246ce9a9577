import type { MatrixEntry, ReleasePlan } from '@lanewise/release';
import type { AffectedOptions } from './affected-options.js';
import type { Answer } from './command.js';
import { affectedNames, affectedOutputs, plannedJobs } from './render/affected-formats.js';
import { separated } from './render/separated.js';
import { limitOf, renderForCi } from './render/ci-formats.js';
import { planJson } from './render/plan-json.js';
import { renderAffected, renderPlanRemarks } from './render/release-plan.js';

/** What a plan says of the affected products, with the jobs that would build them. */
export function affectedAnswer(
  plan: ReleasePlan,
  { format, command, separator }: AffectedOptions,
  jobs: readonly MatrixEntry[] = plannedJobs(plan),
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
