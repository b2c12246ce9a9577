import { LanewiseError } from './errors.js';
import { show } from './ids.js';

/**
 * An image reference in its parts, as the OCI distribution specification and Docker write it:
 * `registry.example.com:5000/acme/docs:1.4.2@sha256:…`. `repository` holds the registry too.
 */
export interface ImageReference {
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** Tells whether a text is a tag by the OCI grammar: `[A-Za-z0-9_][A-Za-z0-9._-]{0,127}`. */
export function isImageTag(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(text);
}

/** Tells whether a text is a digest: `sha256:` and 64 digits, or `sha512:` and 128. */
export function isImageDigest(text: string): boolean {
  return /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(text);
}

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const host = '(?:[a-zA-Z0-9-]+(?:\\.[a-zA-Z0-9-]+)*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?';
const repositoryShape = new RegExp(`^(?:${host}/)?${component}(?:/${component})*$`);

/** Splits an image reference. Throws IMAGE_INVALID where it is none, or its tag is no OCI tag. */
export function parseImageReference(text: string): ImageReference {
  const at = text.indexOf('@');
  const named = at < 0 ? text : text.slice(0, at);
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const repository = hasTag ? named.slice(0, colon) : named;
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  if (text.length > 512 || !repositoryShape.test(repository)) throw invalid(text, 'its name');
  if (tag !== undefined && !isImageTag(tag)) throw invalid(text, `the tag ${show(tag)}`);
  if (digest !== undefined && !isImageDigest(digest))
    throw invalid(text, `the digest ${show(digest)}`);
  return { repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** The reference as one text: `repository[:tag][@digest]`. */
export function formatImageReference(image: ImageReference): string {
  const tag = image.tag === undefined ? '' : `:${image.tag}`;
  const digest = image.digest === undefined ? '' : `@${image.digest}`;
  return `${image.repository}${tag}${digest}`;
}

function invalid(text: string, what: string): LanewiseError {
  return new LanewiseError(
    'IMAGE_INVALID',
    `${show(text)} is no image reference: ${what} is not what the OCI grammar allows.`,
    {
      hint: 'Write registry/name:tag, with @sha256:… behind it where the digest is known.',
    },
  );
}
