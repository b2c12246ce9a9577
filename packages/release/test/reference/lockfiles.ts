import { splitPackage, type LockKind, type ProjectShape, type Shape } from './shape.js';

/** The lockfile of a workspace as its package manager would have written it. */
export function lockfile(shape: Shape, kind: LockKind): string {
  switch (kind) {
    case 'npm1':
      return npmFirst(shape);
    case 'npm3':
      return npm(shape);
    case 'pnpm5':
    case 'pnpm6':
    case 'pnpm9':
      return pnpm(shape, Number(kind.slice(4)));
    case 'yarn':
      return yarn(shape);
    case 'berry':
      return berry(shape);
    case 'bun':
      return bun(shape);
    default:
      return kind satisfies never;
  }
}

/** One version of a package as a lockfile lists it. */
interface Locked {
  readonly name: string;
  readonly version: string;
  readonly range: string;
  readonly deps: readonly Locked[];
}

function locked({ packages, older }: Shape, id: string): Locked {
  const { name, isOlder } = splitPackage(id);
  // What it depends on itself is listed on its own: circles exist.
  if (isOlder) return { name, version: `0.${older.get(name) ?? 0}.0`, range: '^0.1.0', deps: [] };
  const { version = 0 } = packages.get(name) ?? {};
  return { name, version: `1.${version}.0`, range: '^1.0.0', deps: [] };
}

/** Every package, and what it takes. */
function hoisted(shape: Shape): readonly Locked[] {
  return [...shape.packages].map(([name, { deps }]) => ({
    ...locked(shape, name),
    deps: deps.map((id) => locked(shape, id)),
  }));
}

/** Older versions that some package takes. */
function taken(shape: Shape): readonly Locked[] {
  const ids = new Set([...shape.packages.values()].flatMap(({ deps }) => deps));
  return [...ids].filter((id) => splitPackage(id).isOlder).map((id) => locked(shape, id));
}

function isOlder({ range }: Locked): boolean {
  return range === '^0.1.0';
}

const sum = ({ name, version }: Locked): string =>
  `sha512-${Buffer.from(`${name}@${version}`).toString('base64')}`;
const ranges = (deps: readonly Locked[]): Record<string, string> =>
  Object.fromEntries(deps.map(({ name, range }) => [name, range]));

function npmEntry(one: Locked, key: 'requires' | 'dependencies'): Record<string, unknown> {
  return {
    version: one.version,
    resolved: `https://registry.example.com/${one.name}/-/${one.version}.tgz`,
    integrity: sum(one),
    [key]: ranges(one.deps),
  };
}

function npm(shape: Shape): string {
  const entries = hoisted(shape).flatMap((one) => [
    [`node_modules/${one.name}`, npmEntry(one, 'dependencies')],
    ...one.deps
      .filter(isOlder)
      .map((dep) => [
        `node_modules/${one.name}/node_modules/${dep.name}`,
        npmEntry(dep, 'dependencies'),
      ]),
  ]);
  const packages = { '': {}, ...(Object.fromEntries(entries) as object) };
  return JSON.stringify({ lockfileVersion: 3, packages }, null, 2);
}

/** Nests packages instead of naming their places. */
function npmFirst(shape: Shape): string {
  const entries = hoisted(shape).map((one) => {
    const nested = one.deps.filter(isOlder).map((dep) => [dep.name, npmEntry(dep, 'requires')]);
    const dependencies = Object.fromEntries(nested) as object;
    return [one.name, { ...npmEntry(one, 'requires'), ...(nested.length > 0 && { dependencies }) }];
  });
  const dependencies = Object.fromEntries(entries) as object;
  return JSON.stringify({ lockfileVersion: 1, dependencies }, null, 2);
}

function pnpm(shape: Shape, major: number): string {
  const separator = major === 5 ? '/' : '@';
  const key = ({ name, version }: Locked): string =>
    `${major === 9 ? '' : '/'}${name}${separator}${version}`;
  const all = [...hoisted(shape), ...taken(shape)];
  const body = ({ deps }: Locked): string => {
    const lines = deps.map(({ name, version }) => `      '${name}': ${version}\n`).join('');
    return lines === '' ? '' : `    dependencies:\n${lines}`;
  };
  const packages = all
    .map((one) => {
      const resolution = `    resolution: {integrity: ${sum(one)}}\n`;
      return `  '${key(one)}':\n${resolution}${major === 9 ? '' : body(one)}`;
    })
    .join('');
  const snapshots = all
    .map((one) => (body(one) === '' ? `  '${key(one)}': {}\n` : `  '${key(one)}':\n${body(one)}`))
    .join('');
  const quoted = major === 5 ? '5.4' : `'${major}.0'`;
  return `lockfileVersion: ${quoted}\n\nimporters:\n${importers(shape, major)}\npackages:\n${packages}${major === 9 ? `\nsnapshots:\n${snapshots}` : ''}`;
}

/** The root asks for all packages, and one project for its own. */
function importers(shape: Shape, major: number): string {
  const listed = (names: readonly string[]): string =>
    names
      .map((name) => {
        const { version } = locked(shape, name);
        return major === 5
          ? `      '${name}': ${version}\n`
          : `      '${name}':\n        specifier: ^1.0.0\n        version: ${version}\n`;
      })
      .join('');
  const some: readonly ProjectShape[] = shape.projects.slice(0, 1);
  return [
    ['.', [...shape.packages.keys()]] as const,
    ...some.map(({ root, packages }) => [root, packages] as const),
  ]
    .filter(([root, names]) => root !== '' && names.length > 0)
    .map(([root, names]) => `  ${JSON.stringify(root)}:\n    dependencies:\n${listed(names)}`)
    .join('');
}

function yarn(shape: Shape): string {
  const blocks = [...hoisted(shape), ...taken(shape)].map((one) => {
    const lines = one.deps.map(({ name, range }) => `    "${name}" "${range}"\n`).join('');
    return `"${one.name}@${one.range}":\n  version "${one.version}"\n  resolved "https://registry.example.com/${one.name}.tgz#${one.version}"\n  integrity ${sum(one)}\n${lines === '' ? '' : `  dependencies:\n${lines}`}`;
  });
  return `# yarn lockfile v1\n\n\n${blocks.join('\n')}`;
}

function berry(shape: Shape): string {
  const blocks = [...hoisted(shape), ...taken(shape)].map((one) => {
    const lines = one.deps.map(({ name, range }) => `    "${name}": "npm:${range}"\n`).join('');
    return `"${one.name}@npm:${one.range}":\n  version: ${one.version}\n  resolution: "${one.name}@npm:${one.version}"\n${lines === '' ? '' : `  dependencies:\n${lines}`}  checksum: 10/${Buffer.from(sum(one)).toString('hex')}\n  languageName: node\n  linkType: hard\n`;
  });
  const asked = [...shape.packages.keys()].map((name) => `    "${name}": "npm:^1.0.0"\n`).join('');
  return `__metadata:\n  version: 8\n\n"acme@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "acme@workspace:."\n  dependencies:\n${asked}  languageName: unknown\n  linkType: soft\n\n${blocks.join('\n')}`;
}

function bun(shape: Shape): string {
  const asked = Object.fromEntries([...shape.packages.keys()].map((name) => [name, '^1.0.0']));
  const line = (key: string, one: Locked): string => {
    const details = one.deps.length === 0 ? {} : { dependencies: ranges(one.deps) };
    return `    ${JSON.stringify(key)}: [${JSON.stringify(`${one.name}@${one.version}`)}, "", ${JSON.stringify(details)}, ${JSON.stringify(sum(one))}],\n`;
  };
  const lines = hoisted(shape).flatMap((one) => [
    line(one.name, one),
    ...one.deps.filter(isOlder).map((dep) => line(`${one.name}/${dep.name}`, dep)),
  ]);
  return `{\n  "lockfileVersion": 1,\n  "workspaces": {\n    "": { "name": "acme", "dependencies": ${JSON.stringify(asked)} },\n  },\n  "packages": {\n${lines.join('')}  }\n}\n`;
}
