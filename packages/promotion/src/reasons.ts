import type { LanewiseError } from '@lanewise/model';
import type { Cell } from './cell.js';
import type { Reason, ReasonCode } from './plan.js';

export function reason(code: ReasonCode, text: string, hint: string | null = null): Reason {
  return { code, text, hint };
}

/**
 * Why automation and requests wait in a cell, whatever the release: only a person can tell what a
 * state means that no record explains. Null: they need not.
 */
export function reasonToWait(cell: Cell): Reason | null {
  const { state, product, environment } = cell;
  const byName = `lanewise promote ${product}@VERSION --to ${environment}`;
  switch (state.kind) {
    case 'release':
    case 'empty':
      return null;
    case 'image':
      return reason(
        'image',
        `the pins hold '${state.text}', which no release writes`,
        `${byName}, or lanewise adopt`,
      );
    case 'mixed':
      return reason(
        'mixed',
        'the pins disagree',
        `lanewise status ${product} shows them; ${byName} repairs them`,
      );
    case 'outside':
      return reason('outside', `${product} is not in ${environment}`);
    default:
      return reasonNotToWrite(cell);
  }
}

/** Why nothing can be written in a cell, whoever asks; null: it can. */
export function reasonNotToWrite({ state, pins, product, environment }: Cell): Reason | null {
  if (state.kind === 'missing') {
    const told = pins.flatMap(({ value }) => (value.kind === 'missing' ? [value.message] : []));
    const files = `a pin is missing: ${state.files.join(', ')}`;
    const text = told.map((message) => message.replace(/\.$/, '')).join('; ');
    const hint = `Add the pin, or say with 'environments:' of ${product} that it left ${environment}.`;
    return reason('missing', text === '' ? files : text, hint);
  }
  if (state.kind === 'unreadable') {
    const look = `Write a plain value there, or choose another place for the pin of ${product}; lanewise verify shows what is found.`;
    return reason('unreadable', state.message.replace(/\.$/, ''), state.hint ?? look);
  }
  if (state.kind === 'outside') return reason('outside', `${product} is not in ${environment}`);
  return null;
}

/** The reason of an error that was thrown for one product only. */
export function reasonOf(error: LanewiseError, code: ReasonCode): Reason {
  return reason(code, error.message.replace(/\.$/, ''), error.hint ?? null);
}
