import {
  isImageDigest,
  isImageTag,
  parseImageReference,
  show,
  type ImageReference,
} from '@lanewise/model';

/**
 * How the text of a scalar holds the pinned value: as a whole, or as a part of it. `read` gives the
 * part that a value stands for; `write` the scalar's new text, or why the value cannot go there.
 */
export interface Holding {
  readonly read: (text: string) => string;
  /** What a value that says everything is compared with: the text, without what never changes. */
  readonly readWhole?: (text: string) => string;
  readonly write: (text: string, value: string) => HeldText;
}

export type HeldText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'refused'; readonly why: string; readonly hint: string };

/** The scalar is the value. */
export const whole: Holding = {
  read: (text) => text,
  write: (text, value) => keepsDigest(splitTag(text), value) ?? written(value),
};

/** The scalar is the tag of an image, where nothing else can be meant. */
export const imageTag: Holding = {
  read: whole.read,
  write: (text, value) =>
    value === text || isImageTag(splitTag(value).tag ?? '')
      ? whole.write(text, value)
      : noTag(value),
};

/** The scalar is the digest of an image. */
export const imageDigest: Holding = {
  read: whole.read,
  write: (text, value) =>
    value === text || isImageDigest(value)
      ? written(value)
      : {
          kind: 'refused',
          why: `${show(value)} is no digest`,
          hint: "Write value: '{digest}' on the pin.",
        },
};

/**
 * The scalar is an image reference, and the value what stands behind the image's name: `1.4.2`,
 * `1.4.2@sha256:…` or `sha256:…`. A value that is itself a reference replaces the whole.
 */
export const imageSuffix: Holding = {
  read: (text) => {
    const image = tryParseImage(text);
    return image === null ? text : suffixValue(image);
  },
  write: (text, value) => {
    const image = tryParseImage(text);
    if (image === null) return whole.write(text, value);
    const lost = keepsDigest(image, value);
    if (lost) return lost;
    if (isReference(value)) return written(value);
    const suffix = imageSuffixOf(value);
    return suffix === null ? noTag(value) : written(`${image.repository}${suffix}`);
  },
};

/** `name=reference`, as Kustomize's image overrides are written: the value goes into the reference. */
export const imageOverride: Holding = {
  read: (text) => imageSuffix.read(text.slice(text.indexOf('=') + 1)),
  readWhole: (text) => text.slice(text.indexOf('=') + 1),
  write: (text, value) => {
    const at = text.indexOf('=') + 1;
    const held = imageSuffix.write(text.slice(at), value);
    return held.kind === 'text' ? written(text.slice(0, at) + held.text) : held;
  },
};

/**
 * Chooses how a scalar at a path of anybody's making holds its value. It is an image reference if it
 * has a tag or digest behind a name (`repo:1.2`, `host:5000/repo@sha256:…`), or, where it has
 * neither, if it has the shape of a name and its key ends in `image`. `1.2@sha256:…` without `/` and
 * `:` is a tag with its digest, unless the key ends in `image`. All else is the value as a whole.
 */
export function holdingOf(text: string, key: string | null): Holding {
  if (isImageDigest(text)) return whole;
  const image = tryParseImage(text);
  if (image === null) return whole;
  const named = key !== null && /image$/i.test(key);
  if (image.tag !== undefined || image.repository.includes('/')) {
    return image.tag !== undefined || image.digest !== undefined || named ? imageSuffix : whole;
  }
  return named ? imageSuffix : whole;
}

/** Tells whether a text is an image reference and can be no mere tag. */
export function isReference(text: string): boolean {
  if (isImageDigest(text)) return false;
  const image = tryParseImage(text);
  return image !== null && (image.tag !== undefined || image.repository.includes('/'));
}

/** Splits an image reference, or null where it is none. */
export function tryParseImage(text: string): ImageReference | null {
  try {
    return parseImageReference(text);
  } catch {
    return null;
  }
}

function noTag(value: string): HeldText {
  return {
    kind: 'refused',
    why: `${show(value)} is no tag and no digest of an image`,
    hint: 'A tag has letters, digits, "_", "." and "-", at most 128 of them.',
  };
}

function suffixValue(image: ImageReference): string {
  return [image.tag, image.digest].filter((part) => part !== undefined).join('@');
}

function imageSuffixOf(value: string): string | null {
  if (isImageDigest(value)) return `@${value}`;
  const { tag, digest } = splitTag(value);
  if (tag === undefined || !isImageTag(tag)) return null;
  return digest === undefined ? `:${tag}` : `:${tag}@${digest}`;
}

function splitTag(text: string): { tag?: string; digest?: string } {
  const at = text.indexOf('@');
  const digest = text.slice(at + 1);
  return at < 0 || !isImageDigest(digest) ? { tag: text } : { tag: text.slice(0, at), digest };
}

/** A digest decides alone what runs: writing only a tag would silently unpin the image. */
function keepsDigest(before: { digest?: string }, value: string): HeldText | null {
  if (before.digest === undefined || isImageDigest(value) || value.includes('@')) return null;
  return {
    kind: 'refused',
    why: 'it is pinned by digest, and the new value has none',
    hint: "Write value: '{tag}@{digest}', or take the digest out by hand once.",
  };
}

function written(text: string): HeldText {
  return { kind: 'text', text };
}
