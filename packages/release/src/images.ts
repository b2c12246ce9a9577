import {
  LanewiseError,
  parseImageReference,
  renderTemplate,
  templateWords,
  type CommitId,
  type Images,
  type ProductConfig,
  type ProductName,
  type ProjectName,
  type Timestamp,
  type Version,
} from '@lanewise/model';

/** What an image's name is made from. */
export interface ImageWords {
  readonly product: ProductName;
  readonly project: ProjectName | null;
  readonly version: Version;
  readonly commit: CommitId;
  readonly committedAt: Timestamp;
}

/** What decides an image's name: its version, its commit, or nothing that differs between releases. */
export type ImageNaming = 'version' | 'commit' | 'constant';

/** Tells by what a template names the images of different releases. */
export function imageNaming(template: string): ImageNaming {
  const words = templateWords(template);
  if (words.includes('version')) return 'version';
  return words.some((word) => ['commit', 'shortCommit', 'date'].includes(word))
    ? 'commit'
    : 'constant';
}

/** The images of a release as the configuration's templates name them. Throws CONFIG_INVALID, IMAGE_INVALID. */
export function renderImages(config: ProductConfig, words: ImageWords): Images {
  const { committedAt, product, project, version, commit } = words;
  const text = {
    ...config.vars,
    product,
    group: product,
    project: project ?? product,
    version,
    commit,
  };
  return Object.fromEntries(
    Object.entries(config.images).map(([name, template]) => [
      name,
      parseImage(renderTemplate(template, { text, committedAt }), product),
    ]),
  );
}

function parseImage(text: string, product: ProductName): Images[string] {
  try {
    return parseImageReference(text);
  } catch (cause) {
    if (!(cause instanceof LanewiseError)) throw cause;
    throw new LanewiseError(cause.code, `The image of ${product}: ${cause.message}`, {
      hint: cause.hint,
      cause,
    });
  }
}
