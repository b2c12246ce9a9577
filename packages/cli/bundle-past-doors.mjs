// The bundler puts whatever a room's door names into one chunk with whoever comes in by it. For the
// bundle, imports by a door are led straight to the files behind it, so that a command loads what
// it uses: `import { show } from '@lanewise/model'` costs ids.ts, and not the YAML parser.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('..', import.meta.url));

/** An esbuild plugin. Doors are lists of names (`export { a, b } from './file.js'`), and nothing else. */
export const pastDoors = {
  name: 'past-doors',
  setup({ onLoad }) {
    const doors = new Map();
    const door = (room) => {
      if (!doors.has(room)) doors.set(room, readDoor(room));
      return doors.get(room);
    };
    onLoad({ filter: /[\\/]packages[\\/][a-z]+[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const contents = await readFile(path, 'utf8');
      return {
        contents: await leadPastDoors(contents, door),
        loader: 'ts',
        resolveDir: dirname(path),
      };
    });
  },
};

async function leadPastDoors(source, door) {
  const parts = [];
  let from = 0;
  for (const match of source.matchAll(
    /^import (type )?\{([^}]*)\} from '@lanewise\/([a-z]+)';$/gm,
  )) {
    const [whole, isType, names, room] = match;
    parts.push(
      source.slice(from, match.index),
      isType ? '' : directImports(names, await door(room)),
    );
    from = match.index + whole.length;
  }
  return [...parts, source.slice(from)].join('');
}

function directImports(names, door) {
  return specifiers(names)
    .filter(({ isType }) => !isType)
    .map(({ name, as }) => {
      const behind = door.get(name);
      if (behind === undefined) throw new Error(`No door names '${name}'.`);
      return `import { ${behind.name} as ${as} } from ${JSON.stringify(behind.file)};`;
    })
    .join(' ');
}

/** What a room's door names: by the name outside, the file behind it and the name in that file. */
async function readDoor(room) {
  const directory = join(packages, room, 'src');
  const source = await readFile(join(directory, 'index.ts'), 'utf8');
  const behind = new Map();
  for (const [, , names, file] of source.matchAll(
    /^export (type )?\{([^}]*)\} from '\.\/([^']+)\.js';$/gm,
  )) {
    for (const { name, as } of specifiers(names))
      behind.set(as, { name, file: join(directory, `${file}.ts`) });
  }
  return behind;
}

function specifiers(names) {
  return names
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const [name, as = name] = text.replace(/^type /, '').split(/ as /);
      return { name, as, isType: text.startsWith('type ') };
    });
}
