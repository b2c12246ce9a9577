import {
  isRecognising,
  productConfig,
  type Config,
  type Pin,
  type ProductName,
} from '@lanewise/model';
import type { Cell, PinState } from '@lanewise/promotion';
import type { Finding } from './finding.js';

/** What is wrong with the pins of one product in one environment. */
export function checkCell(cell: Cell): readonly Finding[] {
  const where = `${cell.product} in ${cell.environment}`;
  const missing = cell.placement.missing.map((pin): Finding => ({
    severity: 'problem',
    code: 'pin-missing',
    message: `${where}: the file ${pin.file} is not there.`,
    hint: "Add it, or say 'optional: true' on the pin.",
    place: pin.place,
  }));
  const unreadable = cell.pins.flatMap((pin) => checkPin(pin, where));
  const mixed = cell.state.kind === 'mixed' ? [mixedFinding(cell, where)] : [];
  return [...missing, ...unreadable, ...mixed];
}

/** What is wrong with the pins as the configuration writes them. */
export function checkTemplates(config: Config, cells: readonly Cell[]): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const { product, pins } of cells) {
    if (pins.length === 0 || findings.has(product)) continue;
    const templates = pins.filter(({ pin }) => isRecognising(pin));
    if (templates.some(({ pin }) => tellsRelease(pin, config))) continue;
    const [first] = templates;
    findings.set(product, {
      severity: 'problem',
      code: 'pin-without-words',
      message:
        first === undefined
          ? `No pin of ${product} holds a version: each value is a constant, so no release could ever be recognised there.`
          : `The value '${String(first.pin.value)}' of ${product} may be the same for different releases, so none could be recognised by it.`,
      hint: "Give one of its pins a value with '{tag}', '{version}', '{commit}' or '{digest}', and its image a tag with one of these.",
      place: (first ?? pins[0])?.pin.place ?? null,
    });
  }
  return [...findings.values()];
}

/** Whether each release writes something else there: a shortened id must be long enough, a date never is. */
function tellsRelease({ value, of, product }: Pin, config: Config): boolean {
  // An image that is told for each release may have any tag.
  const image = productConfig(config, product).images[of] ?? ':{version}';
  const tag = image.slice(image.lastIndexOf('/') + 1).replace(/^[^:]*/, '');
  const tells = (template: string, ofImage: boolean): boolean =>
    [...template.matchAll(/(?<!\{)\{(\w+)(?::(\d+))?\}/g)].some(([, word, length]) => {
      if (word === 'tag') return length === undefined && (ofImage || tells(tag, true));
      if (word === 'version') return length === undefined;
      return word === 'shortCommit' || (isId(word) && Number(length ?? 40) >= shortest);
    });
  return tells(String(value), false);
}

const shortest = 7;

function isId(word: string | undefined): boolean {
  return word === 'commit' || word === 'digest';
}

/** Products that nothing could ever be promoted of. */
export function checkPlacement(
  config: Config,
  products: readonly ProductName[],
  cells: readonly Cell[],
): readonly Finding[] {
  const placed = new Set(
    cells.filter(({ state }) => state.kind !== 'outside').map(({ product }) => product),
  );
  return products.flatMap((product): Finding[] => {
    const configured = productConfig(config, product);
    if (configured.pins.length === 0) {
      return [
        {
          severity: 'problem',
          code: 'no-pins',
          message: `${product} has no pins: nothing says where its version is written.`,
          hint: 'Add pins under products, or under products.each.',
          place: configured.place,
        },
      ];
    }
    if (placed.has(product)) return [];
    const files = configured.pins.map(({ file }) => file).join(', ');
    return [
      {
        severity: 'problem',
        code: 'no-environment',
        message: `${product} is in no environment: no file is named ${files}.`,
        hint: `Add the manifest, or give ${product} pins of its own under products.each.`,
        place: configured.place ?? configured.pins[0]?.place ?? null,
      },
    ];
  });
}

function checkPin({ pin, value }: PinState, where: string): Finding[] {
  if (value.kind === 'value') {
    if (!/^(?:latest|main|master|develop|edge|nightly|stable)$/.test(value.text)) return [];
    const place = { file: pin.file, line: value.line, column: value.column };
    return [
      {
        severity: 'problem',
        code: 'pin-mutable',
        message: `${where}: '${value.text}' names another image every day, so what runs cannot be told.`,
        hint: 'Pin a version; the next promotion by name writes one.',
        place,
      },
    ];
  }
  const code = value.kind === 'missing' ? 'pin-missing' : 'pin-unreadable';
  return [
    {
      severity: 'problem',
      code,
      message: `${where}: ${value.message}`,
      hint: null,
      place: value.place,
    },
  ];
}

function mixedFinding(cell: Cell, where: string): Finding {
  const values = cell.pins.map(
    ({ pin, value }) =>
      `${pin.file} ${pin.selector.path ?? pin.selector.image ?? ''}: ${value.kind === 'value' ? `'${value.text}'` : value.kind}`,
  );
  return {
    severity: 'problem',
    code: 'pins-mixed',
    message: `${where}: its pins disagree (${values.join('; ')}).`,
    hint: `A promotion by name makes them agree: lanewise promote ${cell.product}@VERSION --to ${cell.environment}.`,
    place: cell.pins[0]?.pin.place ?? null,
  };
}
