import type { EnvironmentName, PinSelector, ProductName, RepoPath } from '@lanewise/model';

/** A place in a manifest that decided, at some time, what ran: by the configuration, or found by looking. */
export interface PastPin {
  readonly product: ProductName;
  readonly environment: EnvironmentName;
  readonly file: RepoPath;
  readonly selector: PinSelector;
}

/** All pins of one file, of whatever product and environment. */
export interface PinnedFile {
  readonly file: RepoPath;
  readonly pins: readonly PastPin[];
  readonly selectors: readonly PinSelector[];
  /** Names of the images of its only product, for pins that stood at another place of the file in the past; null: it has several. */
  readonly images: readonly string[] | null;
}

/** Pins by file, each once. */
export function groupByFile(
  pins: readonly PastPin[],
  imagesOf: (product: ProductName) => readonly string[],
): ReadonlyMap<RepoPath, PinnedFile> {
  const groups = new Map<RepoPath, PastPin[]>();
  for (const pin of pins) {
    const known = groups.get(pin.file);
    if (known === undefined) groups.set(pin.file, [pin]);
    else known.push(pin);
  }
  return new Map(
    [...groups].map(([file, own]) => {
      const [first] = own;
      const isOne = own.every(
        ({ product, environment }) =>
          product === first?.product && environment === first.environment,
      );
      const images = isOne && first !== undefined ? imagesOf(first.product) : null;
      return [file, { file, pins: own, selectors: own.map(({ selector }) => selector), images }];
    }),
  );
}
