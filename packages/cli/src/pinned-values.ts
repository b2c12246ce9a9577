import { isRecognising, type NamedProduct } from '@lanewise/model';
import type { Cell } from '@lanewise/promotion';
import type { PinnedValue } from '@lanewise/release';

/** The values that pins hold now, one for each cell: what its first pin with a version holds. */
export function pinnedValues(
  cells: readonly Cell[],
  products: readonly NamedProduct[],
): readonly PinnedValue[] {
  const projects = new Map(products.map(({ name, project }) => [name, project]));
  return cells.flatMap(({ product, environment, pins }): PinnedValue[] => {
    const first = pins.find(({ pin }) => isRecognising(pin));
    if (first?.value.kind !== 'value' || first.value.text === '') return [];
    return [
      {
        product,
        project: projects.get(product) ?? null,
        text: first.value.text,
        environments: [environment],
      },
    ];
  });
}
