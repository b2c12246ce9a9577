import type { Random } from '@lanewise/testing';
import { outside, roots, tails, type FileShape, type Shape } from './shape.js';

export function changeFile(shape: Shape, random: Random): Shape {
  const folders = [...roots, 'libs', ''].map(latin);
  const path = random.chance(0.3)
    ? random.pick(outside)
    : [random.pick(folders), random.pick(tails)].filter((part) => part !== '').join('/');
  // The root's own package.json is a setting of the package manager.
  if (path === 'package.json') return shape;
  if (random.chance(0.07)) return changeSubmodule(shape, random);
  return setFile(shape, path, random.chance(0.25) ? null : randomFile(random));
}

/** Its content, and neither its mode nor what it is. */
export function changeSame(shape: Shape, random: Random, wanted?: FileShape['mode']): Shape {
  const there = [...shape.files].filter(([, { mode }]) =>
    wanted === undefined ? mode.startsWith('100') : mode === wanted,
  );
  if (there.length === 0) return shape;
  const [path, { mode }] = random.pick(there);
  const number = random.below(4);
  return setFile(shape, path, { mode, content: mode === '120000' ? `to-${number}` : `${number}` });
}

export function changePointer(shape: Shape, random: Random): Shape {
  const isPointer = ({ content }: FileShape): boolean => content.startsWith('version https');
  const pointers = [...shape.files].filter(([, file]) => isPointer(file));
  if (pointers.length === 0) return shape;
  const [path, { mode }] = random.pick(pointers);
  return setFile(shape, path, { mode, content: lfsPointer(random.below(4)) });
}

/** The bit of a file that runs, and nothing else of it. */
export function changeMode(shape: Shape, random: Random): Shape {
  const plain = [...shape.files].filter(([, { mode }]) => mode.startsWith('100'));
  if (plain.length === 0) return shape;
  const [path, { mode, content }] = random.pick(plain);
  return setFile(shape, path, { mode: mode === '100644' ? '100755' : '100644', content });
}

/** A submodule, a link or a plain file in the place of a folder; or the folder again. */
export function changeSubmodule(shape: Shape, random: Random): Shape {
  const places = ['vendor/sub', 'libs/ui', 'libs/core/mod'];
  const there = places.filter((place) => shape.files.has(place));
  const path = random.pick(random.chance(0.6) && there.length > 0 ? there : places);
  const mode = random.pick(['160000', '160000', '160000', '120000', '100644'] as const);
  if (shape.files.has(path) && random.chance(0.3)) return setFile(shape, path, null);
  const content =
    mode === '160000' ? `${random.below(3)}`.padStart(40, 'a') : `to ${random.below(3)}`;
  return setFile(shape, path, { mode, content });
}

export function moveSubmodule(shape: Shape, random: Random): Shape {
  const there = [...shape.files].filter(([, { mode }]) => mode === '160000');
  if (there.length === 0) return changeSubmodule(shape, random);
  const [path, { mode }] = random.pick(there);
  return setFile(shape, path, { mode, content: `${random.below(4)}`.padStart(40, 'a') });
}

export function randomFile(random: Random): FileShape {
  const mode = random.pick(['100644', '100644', '100644', '100755', '120000'] as const);
  const number = random.below(3);
  if (mode === '120000') return { mode, content: `to-${number}` };
  const content = random.chance(0.2) ? lfsPointer(number) : `${number}`;
  return { mode, content };
}

function lfsPointer(number: number): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${String(number).repeat(64)}\nsize 1\n`;
}

/** A path cannot be a file and a folder at once: the newest wins. */
export function setFile(shape: Shape, path: string, file: FileShape | null): Shape {
  const files = new Map(shape.files);
  if (file === null) files.delete(path);
  else {
    for (const other of files.keys()) if (clash(other, path)) files.delete(other);
    files.set(path, file);
  }
  return { ...shape, files };
}

export function clash(one: string, other: string): boolean {
  return one !== other && (one.startsWith(`${other}/`) || other.startsWith(`${one}/`));
}

/** Paths are bytes, written as latin1. */
export function latin(text: string): string {
  return Buffer.from(text).toString('latin1');
}
