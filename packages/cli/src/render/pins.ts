import type { PinState } from '@lanewise/promotion';
import type { View } from '../command.js';
import { renderTable } from '../output/table.js';

/** Every pin with what stands there. */
export function renderPinTable(pins: readonly PinState[], view: View): string {
  const { paint } = view;
  if (pins.length === 0) return 'No pin: no manifest is named by the configuration.\n';
  const columns = [
    { title: 'product' },
    { title: 'environment' },
    { title: 'file', narrow: 'cut-start' },
    { title: 'path', narrow: 'cut' },
    { title: 'value', narrow: 'cut' },
  ] as const;
  const rows = pins.map(({ pin, value }) => [
    { text: pin.product as string, paint: paint.name },
    pin.environment,
    value.kind === 'value' ? `${pin.file}:${value.line}` : pin.file,
    pin.selector.path ?? pin.selector.image ?? '',
    value.kind === 'value'
      ? { text: value.text === '' ? '(empty)' : value.text, paint: paint.id }
      : { text: value.kind, paint: paint.bad },
  ]);
  return renderTable(columns, rows, view);
}
