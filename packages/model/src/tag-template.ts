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
  projectName: 'product',
  releaseGroupName: 'product',
};

/**
 * Checks the template of a release tag: `{version}` once, `{product}` where it is used, nothing
 * that git refuses in a tag. Gives it with our words. Throws CONFIG_INVALID.
 */
export function understandTagTemplate(template: string): string {
  const plain = template.replace(
    /\{(projectName|releaseGroupName)\}/g,
    (_, word: string) => `{${sameWords[word] ?? word}}`,
  );
  const words = templateWords(plain);
  const strange = words.find((word) => word !== 'version' && word !== 'product');
  if (strange !== undefined) throw invalid(template, `it does not know the word '{${strange}}'`);
  if (plain.split('{version}').length !== 2) throw invalid(template, "it has '{version}' not once");
  const { prefix, suffix } = tagShape(plain, 'a' as ProductName);
  try {
    tagRef(`${prefix}1.0.0${suffix}`);
  } catch (cause) {
    throw invalid(template, 'git takes no such tag', cause);
  }
  return plain;
}

/** The template of a product's tags: its group's own, or that of all. */
export function tagTemplate(
  config: Pick<Config, 'versioning' | 'groups'>,
  product: ProductName,
): string {
  return config.groups.get(product)?.tag ?? config.versioning.tag;
}

/**
 * Refuses templates whose tags stand below an environment's or group's name: `prod/docs@1.4.2` is a
 * request for a promotion, and must not be a release as well. Throws CONFIG_COLLISION.
 */
export function refuseEnvironmentTags(
  { versioning, groups, targets }: Pick<Config, 'versioning' | 'groups' | 'targets'>,
  place: Place,
): void {
  const templates = [versioning.tag, ...[...groups.values()].map(({ tag }) => tag)];
  for (const template of templates) {
    const first = template?.split('/', 1)[0] ?? '';
    if (template === null || !targets.has(first)) continue;
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

/** What a template makes of a product. The template has been understood before. */
export function tagShape(template: string, product: ProductName): TagShape {
  const text = renderTemplate(template, { text: { product, version: mark } });
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
