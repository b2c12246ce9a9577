import type { Config } from './config.js';
import { LanewiseError, type Place } from './errors.js';
import { show, tagRef, type ProductName } from './ids.js';
import { renderTemplate, templateWords } from './template.js';

/** What stands in a product's tags before and behind the version. */
export interface TagShape {
  readonly prefix: string;
  readonly suffix: string;
}

const mark = '\u0000';
/** Words that nx.json uses for the same. */
const sameWords: Readonly<Record<string, string>> = {
  projectName: 'project',
  releaseGroupName: 'product',
};

/** The template of release tags where nothing says another. */
export const usualTag = '{product}@{version}';

/**
 * Checks the template of a release tag: `{version}` once, `{product}` or `{project}` where they are
 * used, nothing that git refuses in a tag. Gives it with our words. Throws CONFIG_INVALID.
 */
export function understandTagTemplate(template: string): string {
  const plain = template.replace(
    /\{\s*(projectName|releaseGroupName)\s*\}/g,
    (_, word: string) => `{${sameWords[word] ?? word}}`,
  );
  const words = templateWords(plain);
  const strange = words.find((word) => !['version', 'product', 'project'].includes(word));
  if (strange !== undefined) throw invalid(template, `it does not know the word '{${strange}}'`);
  if (plain.split('{version}').length !== 2) throw invalid(template, "it has '{version}' not once");
  const { prefix, suffix } = fillTag(plain, { product: 'a', project: 'a' });
  try {
    tagRef(`${prefix}1.0.0${suffix}`);
  } catch (cause) {
    throw invalid(template, 'git takes no such tag', cause);
  }
  return plain;
}

/** What of a configuration says how tags are called. */
export type TagRules = Pick<Config, 'versioning' | 'groups' | 'products' | 'nxProjects'>;

/**
 * What a product's tags are called: by the template of its group, of the group of nx.json that its
 * project is in, or of all. `{project}` is the project's name as Nx writes it into a tag; a group
 * has no project, and there it is the group's name.
 */
export function tagShape(config: TagRules, product: ProductName): TagShape {
  const group = config.groups.get(product);
  const known = config.nxProjects.get(product);
  const template = group === undefined ? known?.tag : group.tag;
  const project =
    group === undefined
      ? (known?.project ?? config.products.get(product)?.project ?? product)
      : product;
  return fillTag(template ?? config.versioning.tag, { product, project: nameInTag(project) });
}

/** Whether all tags are called `product@version`: then nothing has to be asked of each. */
export function hasUsualTags({ versioning, groups, nxProjects }: TagRules): boolean {
  return (
    versioning.tag === usualTag &&
    [...groups.values(), ...nxProjects.values()].every(({ tag }) => tag === null)
  );
}

/** All templates by which tags are called, each once. */
export function tagTemplates({ versioning, groups, nxProjects }: TagRules): readonly string[] {
  const own = [...groups.values(), ...nxProjects.values()].flatMap(({ tag }) => tag ?? []);
  return [...new Set([versioning.tag, ...own])];
}

/** A project's name as `nx release` writes it: a colon parts like a slash, and what git takes in no tag is a dash. */
function nameInTag(project: string): string {
  const parts = project.split(/[:/]+/).filter((part) => part !== '');
  return parts
    .join('/')
    .replace(/[\p{Cc} ~^?*[\\]/gu, '-')
    .replace(/\.{2,}/g, '.');
}

/**
 * Refuses templates whose tags stand below an environment's or group's name: `prod/docs@1.4.2` is a
 * request for a promotion, and must not be a release as well. Throws CONFIG_COLLISION.
 */
export function refuseEnvironmentTags(
  rules: TagRules,
  targets: Config['targets'],
  place: Place,
): void {
  for (const template of tagTemplates(rules)) {
    const first = template.split('/', 1)[0] ?? '';
    if (!targets.has(first)) continue;
    throw new LanewiseError(
      'CONFIG_COLLISION',
      `Release tags called ${show(template)} would stand among the tags that ask for promotions to '${first}'.`,
      {
        place,
        hint: "Begin the template with something that is no environment's or group's name: 'release/{product}/{version}'.",
      },
    );
  }
}

function fillTag(
  template: string,
  words: { readonly product: string; readonly project: string },
): TagShape {
  const text = renderTemplate(template, { text: { ...words, version: mark } });
  const [prefix = '', suffix = ''] = text.split(mark);
  return { prefix, suffix };
}

function invalid(template: string, what: string, cause?: unknown): LanewiseError {
  return new LanewiseError(
    'CONFIG_INVALID',
    `${show(template)} is no template of release tags: ${what}.`,
    {
      hint: "Write '{product}@{version}', 'release/{product}/{version}', or 'v{version}' for a single product.",
      cause,
    },
  );
}
