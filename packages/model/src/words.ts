import type { EnvironmentName } from './ids.js';
import { LanewiseError } from './errors.js';
import type { Pin } from './pin.js';
import type { Release } from './release.js';
import { renderTemplate, type Words } from './template.js';

export interface WordContext {
  readonly environment?: EnvironmentName;
  readonly vars: Readonly<Record<string, string>>;
}

/**
 * The words a release gives to templates: `product project version commit image tag digest`,
 * `group` (the product itself, which may be one), `env` and the `vars` of the context. `image`, `tag` and `digest` are those of the image called
 * `of`; a release without that image, or an image without a digest, has no such word.
 */
export function releaseWords(release: Release, of: string, context: WordContext): Words {
  const image = release.images[of];
  return {
    committedAt: release.committedAt,
    text: {
      ...context.vars,
      ...(context.environment !== undefined && { env: context.environment }),
      product: release.product,
      group: release.product,
      project: release.project ?? release.product,
      version: release.version,
      commit: release.commit,
      ...(image !== undefined && {
        image: image.repository,
        ...(image.tag !== undefined && { tag: image.tag }),
        ...(image.digest !== undefined && { digest: image.digest }),
      }),
    },
  };
}

/**
 * What a release writes at a pin: the text, or the constant of a switch. An adopted release that
 * knows only the text its pins had writes that text where the template asks for the tag alone.
 * Throws CONFIG_INVALID where the template needs what the release does not have.
 */
export function renderPin(pin: Pin, release: Release): string | number | boolean {
  if (typeof pin.value !== 'string') return pin.value;
  if (release.pinText !== null && isWholeTag(pin.value)) return release.pinText;
  const words = releaseWords(release, pin.of, { environment: pin.environment, vars: pin.vars });
  try {
    return renderTemplate(pin.value, words, pin.place);
  } catch (cause) {
    throw new LanewiseError(
      'CONFIG_INVALID',
      `${release.product} ${release.version} cannot be written into ${pin.file}: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        place: pin.place,
        cause,
        hint: `Its images are: ${Object.keys(release.images).join(', ') || 'none'}. See 'of' and 'value' of the pin.`,
      },
    );
  }
}

/** Whether a pin takes part in recognising a release: a constant is written, never read as a version. */
export function isRecognising(pin: Pin): boolean {
  return typeof pin.value === 'string' && /\{(?!\{)/.test(pin.value);
}

function isWholeTag(value: string): boolean {
  return value === '{tag}' || value === '{version}';
}
