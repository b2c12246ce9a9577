import type { Survey, SurveyedEnvironment } from '@lanewise/manifests';
import { didYouMean, LanewiseError, show } from '@lanewise/model';

/**
 * The same survey with its environments in the order that a person gave: `dev,staging,prod`. Those
 * that are not named are left out with their pins. Throws ENVIRONMENT_UNKNOWN for one that was not found.
 */
export function reorderEnvironments(survey: Survey, order: string): Survey {
  const wanted = order.split(/[\s,]+/).filter((name) => name !== '');
  const known = new Map(survey.environments.map((one) => [one.name, one]));
  for (const name of wanted) {
    if (known.has(name)) continue;
    throw new LanewiseError(
      'ENVIRONMENT_UNKNOWN',
      `No manifest was found for an environment ${show(name)}.`,
      { hint: didYouMean(name, known.keys(), `Found are: ${[...known.keys()].join(', ')}.`) },
    );
  }
  const environments: SurveyedEnvironment[] = [];
  for (const one of wanted.flatMap((name) => known.get(name) ?? [])) {
    const before = environments.at(-1);
    const isBeside = one.group !== null && one.group === before?.group;
    const after = isBeside ? before.after : (before?.group ?? before?.name ?? null);
    environments.push({ ...one, after });
  }
  const used = new Set(wanted);
  return {
    ...survey,
    environments,
    pins: survey.pins.filter(({ environment }) => used.has(environment)),
  };
}
