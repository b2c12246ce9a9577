import { findPins, readPins, type FoundPin, type PinReading } from '@lanewise/manifests';
import {
  productConfig,
  renderTemplate,
  type Config,
  type Pin,
  type ProductName,
  type RepoPath,
} from '@lanewise/model';
import type { Cell } from '@lanewise/promotion';
import type { Finding } from './finding.js';

/** The manifests that hold pins, by path. */
export type Manifests = ReadonlyMap<RepoPath, Uint8Array>;

interface PlacedPin {
  readonly pin: Pin;
  readonly where: string;
  readonly reading: PinReading;
}

/**
 * What only the manifests themselves show: two pins on one place, a file that something else
 * writes, an image that the configuration does not name.
 */
export function checkManifests(
  config: Config,
  cells: readonly Cell[],
  manifests: Manifests,
): readonly Finding[] {
  const images = new Map<string, Finding>();
  const findings: Finding[] = [];
  for (const [file, pins] of pinsByFile(cells)) {
    const bytes = manifests.get(file);
    if (bytes === undefined) continue;
    const placed = readAll(file, bytes, pins);
    findings.push(
      ...checkShared(file, placed),
      ...checkAmbiguous(placed),
      ...checkGenerated(file, bytes, placed),
    );
    const found = findPins({ file, bytes });
    for (const one of placed) {
      const finding = checkImage(config, one, found);
      // One sentence a product: its environments have the same image.
      if (finding !== null && !images.has(`${one.pin.product} ${one.pin.of}`))
        images.set(`${one.pin.product} ${one.pin.of}`, finding);
    }
  }
  return [...findings, ...images.values()];
}

function pinsByFile(cells: readonly Cell[]): Map<RepoPath, Pin[]> {
  const files = new Map<RepoPath, Pin[]>();
  for (const { pin } of cells.flatMap(({ pins }) => pins))
    files.set(pin.file, [...(files.get(pin.file) ?? []), pin]);
  return files;
}

function readAll(file: RepoPath, bytes: Uint8Array, pins: readonly Pin[]): PlacedPin[] {
  const readings = readPins(
    { file, bytes },
    pins.map(({ selector }) => selector),
  );
  return pins.flatMap((pin, index) => {
    const reading = readings[index];
    const where = `${pin.product} in ${pin.environment}`;
    return reading === undefined ? [] : [{ pin, where, reading }];
  });
}

/** Two paths may be written differently and lead to one scalar: then the last writer wins. */
function checkShared(file: RepoPath, placed: readonly PlacedPin[]): Finding[] {
  const owners = new Map<string, PlacedPin>();
  return placed.flatMap((one): Finding[] => {
    const { reading, where } = one;
    if (reading.kind !== 'value') return [];
    const at = `${reading.line}:${reading.column}`;
    const owner = owners.get(at);
    if (owner === undefined) {
      owners.set(at, one);
      return [];
    }
    return [
      {
        severity: 'problem',
        code: 'pin-shared',
        message:
          owner.where === where
            ? `Two pins of ${where} stand on the same value.`
            : `${owner.where} and ${where} have a pin on the same value.`,
        hint:
          owner.where === where
            ? 'Remove one of them: a pin with all: true has every use already.'
            : 'Each pin belongs to one product and one environment: correct the path of one of them.',
        place: { file, line: reading.line, column: reading.column },
      },
    ];
  });
}

function checkAmbiguous(placed: readonly PlacedPin[]): Finding[] {
  return placed.flatMap(({ reading, where, pin }): Finding[] => {
    if (reading.kind !== 'refused' || reading.error.code !== 'PIN_AMBIGUOUS') return [];
    return [
      {
        severity: 'problem',
        code: 'pin-ambiguous',
        message: `${where}: ${reading.error.message}`,
        hint: reading.error.hint ?? null,
        place: reading.error.place ?? { file: pin.file },
      },
    ];
  });
}

/** Words at the head of a file that something else writes, as Go, Helm, Kustomize and others put them. */
const generated =
  /^(?:#|\/\/)[^\n]*(?:\bdo not edit\b|\bDO NOT EDIT\b|\b(?:auto-?)?generated (?:by|from)\b|@generated\b)/im;

function checkGenerated(
  file: RepoPath,
  bytes: Uint8Array,
  placed: readonly PlacedPin[],
): Finding[] {
  const head = new TextDecoder().decode(bytes.subarray(0, 2048));
  const line = head.split('\n').findIndex((text) => generated.test(text));
  const [first] = placed;
  if (line < 0 || first === undefined) return [];
  return [
    {
      severity: 'problem',
      code: 'pin-generated',
      message: `${first.where}: the file says that something else writes it, so what is pinned there is lost when it is made anew.`,
      hint: 'Pin the value in what the file is made from, or remove that line.',
      place: { file, line: line + 1 },
    },
  ];
}

/** The manifest names an image beside the pin; the configuration says which is released. */
function checkImage(
  config: Config,
  { pin, where, reading }: PlacedPin,
  found: readonly FoundPin[],
): Finding | null {
  if (reading.kind !== 'value') return null;
  const beside = found.find(({ line, text }) => line === reading.line && text === reading.text);
  const configured = repositoryOf(config, pin);
  const image = beside?.image ?? null;
  if (image === null || configured === null) return null;
  const isSame = configured.includes('/')
    ? withoutHub(image) === withoutHub(configured)
    : image.split('/').at(-1) === configured;
  if (isSame) return null;
  return {
    severity: 'note',
    code: 'image-differs',
    message: `${where}: the manifest runs the image ${image}, the configuration releases ${configured}.`,
    hint: `Correct the one or the other: products.each.${pin.product}.image is what release tags name.`,
    place: { file: pin.file, line: reading.line, column: reading.column },
  };
}

function withoutHub(image: string): string {
  return image.replace(/^(?:docker\.io\/)?(?:library\/)?/, '');
}

/** The image's name without tag, as far as words known before a release go. */
function repositoryOf(config: Config, pin: Pin): string | null {
  const { images, vars, project } = productConfig(config, pin.product);
  const template = images[pin.of];
  if (template === undefined) return null;
  const end = /:[^/]*$/.exec(template.replace(/\{[^}]*\}/g, (word) => '_'.repeat(word.length)));
  const repository = end === null ? template : template.slice(0, end.index);
  const text = {
    ...vars,
    product: pin.product,
    project: project ?? pin.product,
    env: pin.environment,
  };
  try {
    return renderTemplate(repository, { text });
  } catch {
    return null;
  }
}

/** Products that one environment lacks while those around it have them. */
export function checkGaps(config: Config, cells: readonly Cell[]): readonly Finding[] {
  const inside = new Map<ProductName, Set<string>>();
  for (const { product, environment, state } of cells) {
    if (state.kind === 'outside') continue;
    inside.set(product, (inside.get(product) ?? new Set()).add(environment));
  }
  return [...inside].flatMap(([product, environments]): Finding[] => {
    const configured = productConfig(config, product);
    const lacking = [...config.environments.keys()].filter((name) => !environments.has(name));
    if (configured.environments !== null || lacking.length === 0) return [];
    return [
      {
        severity: 'note',
        code: 'environment-without-pin',
        message: `${product} has no pin in ${lacking.join(', ')}: its first manifest is not there.`,
        hint: `If that is meant, say so: products.each.${product}.environments: [${[...environments].join(', ')}].`,
        place: configured.place ?? configured.pins[0]?.place ?? null,
      },
    ];
  });
}

/** A tag that is called like a branch moves with it. */
export function checkBranchNames(
  cells: readonly Cell[],
  branches: ReadonlySet<string>,
): readonly Finding[] {
  return cells
    .flatMap(({ pins }) => pins)
    .flatMap(({ pin, value }): Finding[] => {
      if (value.kind !== 'value' || !branches.has(value.text)) return [];
      return [
        {
          severity: 'problem',
          code: 'pin-mutable',
          message: `${pin.product} in ${pin.environment}: '${value.text}' is the name of a branch, so what runs changes with it.`,
          hint: 'Pin a version; the next promotion by name writes one.',
          place: { file: pin.file, line: value.line, column: value.column },
        },
      ];
    });
}
