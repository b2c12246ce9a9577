import { environmentRank } from './environment-words.js';
import type { SurveyedEnvironment } from './survey.js';

/** Environments in the order in which releases usually pass them; those that stand side by side form a group. */
export function orderEnvironments(found: ReadonlyMap<string, string>): SurveyedEnvironment[] {
  const names = [...found.keys()].sort(
    (a, b) => environmentRank(a) - environmentRank(b) || (a < b ? -1 : 1),
  );
  const ranks = new Map<number, string[]>();
  for (const name of names)
    ranks.set(environmentRank(name), [...(ranks.get(environmentRank(name)) ?? []), name]);
  const levels = [...ranks.values()];
  return levels.flatMap((members, index) => {
    const before = levels[index - 1] ?? [];
    const group = groupName(members, names);
    const after = groupName(before, names) ?? before[0] ?? null;
    return members.map((name) => ({ name, after, group, why: found.get(name) ?? '' }));
  });
}

/** `prod-eu` and `prod-us` are `prod`, unless an environment is called so. */
function groupName(members: readonly string[], names: readonly string[]): string | null {
  if (members.length < 2) return null;
  const shared = (members[0] ?? '')
    .split('-')
    .find((part) => members.every((name) => name.split('-').includes(part)));
  return shared === undefined || names.includes(shared) ? null : shared;
}
