import { LanewiseError } from '@lanewise/model';
import { namedKeys, type LockedKey, type LockedPackage, type Lockfile } from './lockfile.js';

interface Entry {
  readonly package: LockedPackage;
  readonly needed: ReadonlyMap<string, string>;
  readonly wanted: ReadonlyMap<string, string>;
}

/**
 * Reads a yarn.lock of Yarn 1. It does not know who asks for what: where a name has several
 * versions, a project that uses it counts as using all of them. Throws GRAPH_INVALID.
 */
export function readClassicYarnLockfile(text: string, file = 'yarn.lock'): Lockfile {
  const entries = new Map<LockedKey, Entry>();
  /** From `react@^18.0.0` to the entry's key. */
  const patterns = new Map<string, LockedKey>();
  for (const block of blocksOf(text, file)) {
    const [key = ''] = block.patterns;
    entries.set(key, readEntry(block));
    for (const pattern of block.patterns) patterns.set(pattern, key);
  }
  const byName = namedKeys([...entries.keys()], (key) => entries.get(key)?.package.name ?? key);
  const resolve = (name: string, range: string): readonly LockedKey[] => {
    const exact = patterns.get(`${name}@${range}`);
    // With `resolutions` in package.json, the asked range itself is not written down.
    return exact === undefined ? (byName.get(name) ?? []) : [exact];
  };
  return {
    manager: 'yarn',
    find: (_folder, name) => byName.get(name) ?? [],
    declared: () => null,
    packageAt: (key) => entries.get(key)?.package ?? { name: key, version: '', integrity: '' },
    dependencies: (key) => {
      const { needed = new Map<string, string>(), wanted = new Map<string, string>() } =
        entries.get(key) ?? {};
      const keys = [...needed, ...wanted].flatMap(([name, range]) => resolve(name, range));
      const missing = [...needed].filter(([name, range]) => resolve(name, range).length === 0);
      return { keys: [...new Set(keys)], missing: missing.map(([name]) => name) };
    },
  };
}

interface Block {
  readonly patterns: readonly string[];
  readonly fields: ReadonlyMap<string, string>;
  readonly sections: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Entries begin at the margin; fields are indented by two, the content of sections by four. */
function blocksOf(text: string, file: string): Block[] {
  const blocks: (Block & {
    fields: Map<string, string>;
    sections: Map<string, Map<string, string>>;
  })[] = [];
  let section = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const body = line.trim();
    if (body === '' || body.startsWith('#')) continue;
    const indent = line.length - line.trimStart().length;
    const block = blocks.at(-1);
    if (indent === 0 && body.endsWith(':')) {
      const patterns = body
        .slice(0, -1)
        .split(/, (?=(?:[^"]*"[^"]*")*[^"]*$)/)
        .map(unquote);
      blocks.push({ patterns, fields: new Map(), sections: new Map() });
    } else if (indent === 2 && body.endsWith(':') && block !== undefined) {
      section = new Map();
      block.sections.set(body.slice(0, -1), section);
    } else if ((indent === 2 || indent === 4) && block !== undefined) {
      const [, key, value] = /^("(?:[^"\\]|\\.)*"|\S+) (.+)$/.exec(body) ?? [];
      if (key === undefined || value === undefined) throw strange(index, line, file);
      (indent === 2 ? block.fields : section).set(unquote(key), unquote(value));
    } else {
      throw strange(index, line, file);
    }
  }
  return blocks;
}

function readEntry({ patterns, fields, sections }: Block): Entry {
  const [pattern = ''] = patterns;
  const at = pattern.indexOf('@', 1);
  const name = at < 0 ? pattern : pattern.slice(0, at);
  const [, alias] = /^npm:(.+)@[^@]*$/.exec(pattern.slice(at + 1)) ?? [];
  const version = fields.get('version') ?? '';
  return {
    package: {
      name,
      version: alias === undefined ? version : `npm:${alias}@${version}`,
      integrity: fields.get('integrity') ?? fields.get('resolved') ?? '',
    },
    needed: sections.get('dependencies') ?? new Map(),
    wanted: sections.get('optionalDependencies') ?? new Map(),
  };
}

function unquote(text: string): string {
  return text.startsWith('"') && text.endsWith('"')
    ? text.slice(1, -1).replaceAll('\\"', '"')
    : text;
}

function strange(index: number, text: string, file: string): LanewiseError {
  return new LanewiseError(
    'GRAPH_INVALID',
    `The lockfile ${file} has a line that Yarn does not write.`,
    {
      hint: 'Look for the marks of an unfinished merge, or let yarn install write it anew.',
      place: { file, line: index + 1, text: text.slice(0, 200) },
    },
  );
}
