import type { Manifest } from '../format.js';
import { tryParseImage } from '../edit/holding.js';
import type { FoundPin } from './found-pin.js';

/** `image: registry.example.com/acme/api:${API_TAG:-latest}`, as compose files write it. */
const filled =
  /^\s*(?:-\s+)?image:\s*["']?(?<image>[a-z0-9][\w.:/-]*[\w-]):\$\{?(?<name>[A-Za-z_]\w*)[^\n]*$/gm;
const sign = Buffer.from('image:');

/**
 * The images whose tags are filled in from variables: by the variable's name. One that several
 * images take belongs to none.
 */
export function imagesOfVariables(manifests: Iterable<Manifest>): ReadonlyMap<string, string> {
  const images = new Map<string, Set<string>>();
  for (const { file, bytes } of manifests) {
    if (!/(?:^|\/)(?:docker-)?(?:compose|stack)[\w.-]*\.ya?ml$/.test(file)) continue;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!buffer.includes(sign)) continue;
    for (const { groups } of buffer.toString().matchAll(filled)) {
      const { image = '', name = '' } = groups ?? {};
      if (tryParseImage(image) !== null)
        images.set(name, (images.get(name) ?? new Set<string>()).add(image));
    }
  }
  return new Map(
    [...images].flatMap(([name, [image = '', other]]) =>
      other === undefined ? [[name, image] as const] : [],
    ),
  );
}

/** A variable of an `.env` file with the image that it is for. */
export function withImage(images: ReadonlyMap<string, string>): (pin: FoundPin) => FoundPin {
  return (pin) => {
    const [, name = ''] = /^\^(?:export\\s\+)?(\w+)=/.exec(pin.selector.path ?? '') ?? [];
    const image =
      pin.selector.format === 'text' && pin.image === null ? images.get(name) : undefined;
    if (image === undefined) return pin;
    return { ...pin, image, sureness: 'sure', why: `the tag of ${image} in a compose file` };
  };
}
