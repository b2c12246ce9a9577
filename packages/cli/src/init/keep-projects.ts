import type { Survey } from '@lanewise/manifests';

/**
 * Where the workspace says what its products are made of, each must be one of its projects: what
 * manifests name besides (a database's image, a product that another repository builds) is left
 * out, and told with the reason.
 */
export function keepProjects(survey: Survey, projects: ReadonlySet<string>, why: string): Survey {
  const others = survey.products.filter(({ name }) => !projects.has(name));
  if (others.length === 0) return survey;
  const pins = survey.pins.filter(({ product }) => projects.has(product));
  const used = new Set(pins.map(({ environment }) => environment));
  const environments =
    pins.length === 0 ? survey.environments : keepEnvironments(survey.environments, used);
  return {
    ...survey,
    pins,
    environments,
    products: survey.products.filter(({ name }) => projects.has(name)),
    unplaced: [
      ...survey.unplaced,
      ...others.map(({ name }) => {
        const pin = survey.pins.find(({ product }) => product === name);
        return {
          what: name,
          file: pin?.file ?? null,
          line: pin?.line ?? null,
          why,
        };
      }),
    ],
  };
}

/** The order stays; what came after one that is gone comes after the one before it. */
function keepEnvironments(
  environments: Survey['environments'],
  used: ReadonlySet<string>,
): Survey['environments'] {
  const kept = environments.filter(({ name }) => used.has(name));
  const targets = new Set(
    kept.flatMap(({ name, group }) => (group === null ? [name] : [name, group])),
  );
  return kept.map((one, index) => {
    if (one.after === null || targets.has(one.after))
      return index === 0 ? { ...one, after: null } : one;
    const before = kept[index - 1];
    return { ...one, after: before?.group ?? before?.name ?? null };
  });
}
