import { isRecognising, type NamedProduct } from '@lanewise/model';
import type { Cell } from '@lanewise/promotion';
import type { PinnedValue } from '@lanewise/release';

/** The values that pins hold now, one for each cell: what its first pin with a version holds. */
export function pinnedValues(
  cells: readonly Cell[],
  products: readonly NamedProduct[],
): readonly PinnedValue[] {
  const known = new Map(products.map((one) => [one.name, one]));
  return cells.flatMap(({ product, environment, pins }): PinnedValue[] => {
    const first = pins.find(({ pin }) => isRecognising(pin));
    if (first?.value.kind !== 'value' || first.value.text === '') return [];
    const { project = null, members } = known.get(product) ?? {};
    return [
      {
        product,
        project,
        ...(members !== undefined && { members }),
        text: first.value.text,
        environments: [environment],
      },
    ];
  });
}
