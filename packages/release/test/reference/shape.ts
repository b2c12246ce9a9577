/** A project as one commit has it. */
export interface ProjectShape {
  readonly name: string;
  readonly root: string;
  /** Name of the product that it is, or null: it is none. */
  readonly product: string | null;
  readonly edges: readonly {
    readonly to: string;
    /** `declared`: by `dependsOn` in lanewise.yaml where the project is a product, else static. */
    readonly type: 'static' | 'dynamic' | 'implicit' | 'declared';
  }[];
  /** Number of its own filter, or null: the workspace's. */
  readonly filter: number | null;
  readonly packages: readonly string[];
  readonly targets: readonly string[];
  /** Number of the `inputs` that its targets declare, or null: none. */
  readonly inputs: number | null;
  /** The target that builds the product, as lanewise.yaml says; null: it does not. */
  readonly target: string | null;
  /** Globs that lanewise.yaml adds for it. */
  readonly added: readonly string[];
}

export const lockKinds = [
  'npm1',
  'npm3',
  'pnpm5',
  'pnpm6',
  'pnpm9',
  'yarn',
  'berry',
  'bun',
] as const;
export type LockKind = (typeof lockKinds)[number];

/** A file: paths are bytes, written as latin1. */
export interface FileShape {
  readonly mode: '100644' | '100755' | '120000' | '160000';
  readonly content: string;
}

/** A package in the lockfile. What it depends on are names, or `name older`: a second version of one. */
export interface PackageShape {
  readonly version: number;
  readonly deps: readonly string[];
}

/** All of a workspace at one commit. */
export interface Shape {
  /** Whether Nx knows the projects, or lanewise.yaml declares them. */
  readonly workspace: 'nx' | 'declared';
  readonly projects: readonly ProjectShape[];
  /** Number of the filter that nx.json gives to all. */
  readonly filter: number;
  /** Number of what nx.json says `sharedGlobals` are. */
  readonly sharedGlobals: number;
  readonly lock: { readonly kind: LockKind; readonly broken: boolean } | null;
  readonly packages: ReadonlyMap<string, PackageShape>;
  /** Versions of the older ones of packages that are there twice. */
  readonly older: ReadonlyMap<string, number>;
  /** Files in `patches/`. */
  readonly patches: ReadonlyMap<string, number>;
  /** Files that tell package managers how to install; 0: there is none. */
  readonly install: Readonly<Record<InstallFile, number>>;
  readonly aliases: ReadonlyMap<string, string>;
  readonly options: number;
  /** Values of settings in nx.json. */
  readonly nx: Readonly<Record<NxSetting, number>>;
  readonly files: ReadonlyMap<string, FileShape>;
}

export const installFiles = [
  '.npmrc',
  '.yarnrc.yml',
  'pnpm-workspace.yaml',
  'package.json',
] as const;
export type InstallFile = (typeof installFiles)[number];

export const nxSettings = ['build', 'bundle', 'lint', 'plugin', 'eslint', 'idle'] as const;
export type NxSetting = (typeof nxSettings)[number];

export const projectNames = ['api', 'docs', 'web', 'ui', 'core', '@acme/data', 'top'] as const;
export const roots = [
  'apps/api',
  'apps/docs',
  'apps/docs/inner',
  'apps/we\'b "x"',
  'libs/ui',
  'libs/ui/src/deep',
  'libs/core',
  'libs/dätä',
  'vendor/sub',
  'vendor/sub/packages/one',
] as const;
/** Names below a root: bytes that are no text, line breaks, quotes, dots, letters of other scripts. */
export const tails = [
  'index.ts',
  'main.go',
  'src/a.ts',
  'src/a.spec.ts',
  'src/.env',
  'src/li\nne/b.js',
  'docs/read "me".md',
  'bytes-\xff.txt',
  'bytes-\xfe.txt',
  'src/\xc3\xa9\xe2\x98\x83.ts',
  'we[i]rd{1}.txt',
  'package.json',
] as const;
export const pinFiles = ['deploy/dev/api.yaml', 'deploy/dev/web.yaml'] as const;
export const lockFile = '.lanewise/lock/dev/_all';
export const outside = [
  'ci/one.yml',
  'ci/two.yml',
  'top.json',
  'more.json',
  'tools/api.txt',
  'tools/ui.txt',
  'README.md',
  'libs/stray.txt',
  ...pinFiles,
  lockFile,
] as const;
export const packageNames = ['p0', 'p1', '@s/p2', 'p3', 'p4', 'p5'] as const;
/** Packages that may be there in a second version. */
export const olderNames = ['p3', 'p4'] as const;
export const patchNames = [
  'p1@1.0.0.patch',
  '@s__p2@1.0.0.patch',
  'p4+1.0.0.patch',
  'notes.txt',
] as const;

/** How many there are to choose from; `reference.ts` knows what each means. */
export const filterCount = 7;
export const inputsCount = 4;
export const sharedGlobalsCount = 3;

/** The name that a project has as a product, where it is one. */
export function plainName(name: string): string {
  return name.replace(/^.*\//, '');
}

/** Whether a name in a list of dependencies is the second version, and of which package. */
export function splitPackage(id: string): { readonly name: string; readonly isOlder: boolean } {
  const isOlder = id.endsWith(' older');
  return { name: isOlder ? id.slice(0, -' older'.length) : id, isOlder };
}
