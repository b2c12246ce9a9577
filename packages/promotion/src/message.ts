import {
  formatImageReference,
  oneLine,
  renderTemplate,
  type Config,
  type Release,
} from '@lanewise/model';
import { showPlace } from './lock-places.js';
import type { LockIntent, PromoteIntent } from './plan.js';
import { formatTrailers } from './trailers.js';

/** Message of a promotion's commit: a subject from the configuration's template, and what it did as trailers. */
export function promotionMessage(config: Config, intent: PromoteIntent, release: Release): string {
  const { product, environment, origin, from, to, source, builtFrom, forced, reason, request } =
    intent;
  const text = {
    env: environment,
    product,
    project: release.project ?? product,
    version: to,
    commit: source,
    from: from ?? '',
    origin,
  };
  const subject = oneLine(
    renderTemplate(config.gitops.subject, { text, committedAt: release.committedAt }),
  );
  const images = Object.entries(intent.images ?? release.images);
  const trailers = formatTrailers([
    ['Product', product],
    ['Environment', environment],
    ['From', from],
    ['To', to],
    ['Source', source],
    ...images.map(([name, image]) => ['Image', `${name}=${formatImageReference(image)}`] as const),
    ['Built-From', builtFrom],
    ['Origin', origin],
    ['Request', request],
    ...forced.map((force) => ['Forced', `${force.gate}: ${force.reason}`] as const),
    ['Reason', reason],
  ]);
  const body = origin === 'rollback' && from !== null ? [`Rolled back from ${from}.`, ''] : [];
  return [subject === '' ? `${product} ${to}` : subject, '', ...body, trailers, ''].join('\n');
}

/** Message of a commit that changes locks only. */
export function lockMessage({ word, product, environment, reason }: LockIntent): string {
  const why = reason === null ? '' : `: ${oneLine(reason)}`;
  const trailers = formatTrailers([
    ['Product', product],
    ['Environment', environment],
    ['Lock', word],
    ['Reason', reason],
  ]);
  return [
    `${word} ${showPlace({ product, environment })}${why}`.slice(0, 160),
    '',
    trailers,
    '',
  ].join('\n');
}

/** Message of the tag that records a promotion. Only its last line is read. */
export function recordMessage(record: {
  readonly product: string;
  readonly environment: string;
  readonly version: string;
  readonly landed: string;
}): string {
  const { product, environment, version, landed } = record;
  return `${product} ${version} in ${environment}\n\nLanewise-Commit: ${landed}\n`;
}
