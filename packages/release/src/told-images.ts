import {
  formatImageReference,
  isLanewiseError,
  isProductName,
  LanewiseError,
  parseImageReference,
  show,
  type ImageReference,
  type ProductName,
} from '@lanewise/model';

/** Images that were built elsewhere, by product and by the image's name (`main` where there is one). */
export type ToldImages = ReadonlyMap<ProductName, ReadonlyMap<string, ImageReference>>;

/** One image as told: `docs=registry.example.com/docs:1.4.2`, `docs:worker=…`. */
interface Told {
  readonly product: ProductName;
  readonly image: string;
  readonly reference: ImageReference;
}

/**
 * Reads told images: the values of `--image`, and the content of an images file, which holds one
 * such value a line (`#` begins a comment) or a JSON object. No values at all is an answer too:
 * nothing was built. Throws USAGE, IMAGE_INVALID.
 */
export function parseToldImages(values: readonly string[], file: string | null = null): ToldImages {
  const written = [...values, ...(file === null ? [] : readImagesFile(file))];
  const images = new Map<ProductName, Map<string, ImageReference>>();
  for (const value of written) {
    const { product, image, reference } = parseTold(value);
    const known = images.get(product) ?? new Map<string, ImageReference>();
    const before = known.get(image);
    if (before !== undefined && formatImageReference(before) !== formatImageReference(reference)) {
      throw new LanewiseError(
        'USAGE',
        `Two different images are told for ${product}${image === 'main' ? '' : `:${image}`}: ${formatImageReference(before)} and ${formatImageReference(reference)}.`,
        { hint: 'Tell one image for each.' },
      );
    }
    images.set(product, known.set(image, reference));
  }
  return images;
}

function readImagesFile(content: string): readonly string[] {
  const text = content.replace(/^\uFEFF/, '').trim();
  if (!text.startsWith('{')) {
    const lines = text.split(/\r?\n/).map((line) => line.replace(/(?:^|\s)#.*$/, '').trim());
    return lines.filter((line) => line !== '');
  }
  const value = parseJson(text);
  return Object.entries(value).map(([product, reference]) => {
    if (typeof reference === 'string') return `${product}=${reference}`;
    throw new LanewiseError('USAGE', `The images file tells no image for ${show(product)}.`, {
      hint: 'Write {"docs": "registry.example.com/docs:1.4.2"}.',
    });
  });
}

function parseJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new LanewiseError('USAGE', 'The images file begins like JSON and is none.', {
      hint: 'Write {"docs": "registry.example.com/docs:1.4.2"}, or one docs=registry.example.com/docs:1.4.2 a line.',
      cause,
    });
  }
}

function parseTold(value: string): Told {
  const equals = value.indexOf('=');
  const [name, text] = [value.slice(0, Math.max(0, equals)), value.slice(equals + 1)];
  const colon = name.indexOf(':');
  const product = colon < 0 ? name : name.slice(0, colon);
  const image = colon < 0 ? 'main' : name.slice(colon + 1);
  if (equals < 0 || !isProductName(product) || image === '') {
    throw new LanewiseError('USAGE', `${show(value)} tells no image.`, {
      hint: 'Write --image docs=registry.example.com/docs:1.4.2, or docs:worker=… for one of several images.',
    });
  }
  return { product, image, reference: parseReference(text, name) };
}

function parseReference(text: string, name: string): ImageReference {
  try {
    const reference = parseImageReference(text);
    if (reference.tag !== undefined || reference.digest !== undefined) return reference;
  } catch (cause) {
    if (!isLanewiseError(cause)) throw cause;
    throw new LanewiseError(cause.code, `The image told for ${name}: ${cause.message}`, {
      hint: cause.hint,
      cause,
    });
  }
  throw new LanewiseError(
    'IMAGE_INVALID',
    `The image told for ${name} has neither tag nor digest: ${show(text)}.`,
    {
      hint: 'Tell which one was built: registry.example.com/docs:1.4.2, with @sha256:… where it is known.',
    },
  );
}
