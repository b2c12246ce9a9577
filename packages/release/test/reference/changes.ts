import { lockFile, lockKinds, pinFiles, type FileShape, type Shape } from './shape.js';

/** What can differ between two commits: each kind must occur, or the comparison is blind for it. */
export const changeKinds = [
  'a file added',
  'a file deleted',
  'a file changed',
  'a mode changed',
  'a link changed',
  'an LFS pointer changed',
  'a submodule moved on',
  'a submodule, link or file where a folder was, or the reverse',
  'a name that is no text',
  'a name with a line break or quotes',
  'a file that only globals name',
  'a project added',
  'a project deleted',
  'a project moved',
  'a project moved with its files',
  'a project renamed',
  'a project that joins a product',
  'a project that leaves a product',
  'a build edge',
  'an implicit edge between products',
  'an implicit edge of another kind',
  'an edge by dependsOn',
  'a named input of nx.json',
  "a project's own named input",
  'sharedGlobals',
  'the inputs of targets',
  'the target that builds',
  'inputs in lanewise.yaml',
  'a package',
  'the second version of a package',
  'what a package depends on',
  'which packages a project uses',
  ...lockKinds.map((kind) => `a package locked by ${kind}` as const),
  'another kind of lockfile',
  'a lockfile that does not parse',
  'a lockfile that comes or goes',
  'a patch',
  'how packages are installed',
  'a path alias',
  'a compiler option',
  'a default of targets',
  'a plugin',
  'a setting that builds nothing',
  'a pin moved or a lock set',
  'changed and changed back',
  'a declared workspace',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** Everything in which two commits of one history differ. */
export function changesBetween(before: Shape, after: Shape): ReadonlySet<ChangeKind> {
  const found = new Set<ChangeKind>();
  const note = (differs: boolean, kind: ChangeKind): void => {
    if (differs) found.add(kind);
  };
  const moved = noteProjects(before, after, note);
  noteFiles(moved, before, after, note);
  note(before.filter !== after.filter, 'a named input of nx.json');
  note(before.sharedGlobals !== after.sharedGlobals, 'sharedGlobals');
  notePackages(before, after, note);
  note(!isSame(before.aliases, after.aliases), 'a path alias');
  note(before.options !== after.options, 'a compiler option');
  const { nx } = after;
  note(before.nx.build !== nx.build || before.nx.bundle !== nx.bundle, 'a default of targets');
  note(before.nx.plugin !== nx.plugin, 'a plugin');
  const idle = (['lint', 'eslint', 'idle'] as const).some((key) => before.nx[key] !== nx[key]);
  note(idle, 'a setting that builds nothing');
  if (found.size > 0) note(after.workspace === 'declared', 'a declared workspace');
  return found;
}

type Note = (differs: boolean, kind: ChangeKind) => void;

/** Gives the files as they were, below the new roots of projects that took theirs along. */
function noteProjects(before: Shape, after: Shape, note: Note): ReadonlyMap<string, FileShape> {
  let files = before.files;
  const renamed = new Map<string, string>();
  for (const old of before.projects) {
    const same = after.projects.find(({ name }) => name === old.name);
    const other = after.projects.find(
      ({ name }) => name === `${old.name}-app` || `${name}-app` === old.name,
    );
    if (same === undefined && other !== undefined) renamed.set(old.name, other.name);
    note(same === undefined && other !== undefined, 'a project renamed');
    note(same === undefined && other === undefined, 'a project deleted');
    const now = same ?? other;
    if (now === undefined) continue;
    if (now.root !== old.root) {
      const along = takenAlong(files, after.files, old.root, now.root);
      note(along === null, 'a project moved');
      note(along !== null, 'a project moved with its files');
      files = along ?? files;
    }
    note(old.filter !== now.filter, "a project's own named input");
    note(old.inputs !== now.inputs, 'the inputs of targets');
    note(old.target !== now.target, 'the target that builds');
    note(!isSame(old.added, now.added), 'inputs in lanewise.yaml');
    note(!isSame(old.packages, now.packages), 'which packages a project uses');
  }
  for (const now of after.projects) {
    const isOld = before.projects.some(({ name }) => (renamed.get(name) ?? name) === now.name);
    note(!isOld, 'a project added');
  }
  noteEdges(before, after, renamed, note);
  return files;
}

function noteEdges(
  before: Shape,
  after: Shape,
  renamed: ReadonlyMap<string, string>,
  note: Note,
): void {
  const list = (
    { projects, workspace }: Shape,
    name: (old: string) => string,
  ): ReadonlyMap<string, ChangeKind> =>
    new Map(
      projects.flatMap(({ name: from, product, edges }) =>
        edges.flatMap(({ to, type }) => {
          const target = projects.find((one) => one.name === to);
          if (target === undefined || to === from) return [];
          const needs = product !== null && target.product !== null;
          const kind: ChangeKind =
            workspace === 'nx' && type === 'implicit'
              ? needs
                ? 'an implicit edge between products'
                : 'an implicit edge of another kind'
              : workspace === 'nx' && type === 'declared' && product !== null
                ? 'an edge by dependsOn'
                : 'a build edge';
          return [[`${name(from)} ${name(to)} ${type}`, kind] as const];
        }),
      ),
    );
  const old = list(before, (name) => renamed.get(name) ?? name);
  const now = list(after, (name) => name);
  for (const [edge, kind] of old) note(!now.has(edge), kind);
  for (const [edge, kind] of now) note(!old.has(edge), kind);
}

/** The files with those of one root below another, where exactly that happened to them; else null. */
function takenAlong(
  before: ReadonlyMap<string, FileShape>,
  after: ReadonlyMap<string, FileShape>,
  from: string,
  to: string,
): ReadonlyMap<string, FileShape> | null {
  const [old, now] = [from, to].map((root) => `${Buffer.from(root).toString('latin1')}/`);
  if (old === undefined || now === undefined || from === '' || to === '') return null;
  const own = [...before].filter(([path]) => path.startsWith(old) && !after.has(path));
  const all = own.every(([path, file]) => {
    const there = after.get(`${now}${path.slice(old.length)}`);
    return there?.content === file.content && there.mode === file.mode;
  });
  if (own.length === 0 || !all) return null;
  const kept = [...before].filter(([path]) => !own.some(([one]) => one === path));
  return new Map([
    ...kept,
    ...own.map(([path, file]) => [`${now}${path.slice(old.length)}`, file] as const),
  ]);
}

function noteFiles(
  before: ReadonlyMap<string, FileShape>,
  old: Shape,
  { files, projects }: Shape,
  note: Note,
): void {
  // A file under a pin's name is one only where the product is there, before and after.
  const isPin = (path: string): boolean =>
    (pinFiles as readonly string[]).includes(path) &&
    [old.projects, projects].every((list) =>
      list.some(({ product }) => path === `deploy/dev/${product}.yaml`),
    );
  const isPlain = ({ mode }: FileShape): boolean => mode === '100644' || mode === '100755';
  for (const path of new Set([...before.keys(), ...files.keys()])) {
    const [was, now] = [before.get(path), files.get(path)];
    if (was?.mode === now?.mode && was?.content === now?.content) continue;
    if (path === lockFile || isPin(path)) {
      note(true, 'a pin moved or a lock set');
      continue;
    }
    const swapped = [...files.keys(), ...before.keys()].some((one) => one.startsWith(`${path}/`));
    if (swapped) note(true, 'a submodule, link or file where a folder was, or the reverse');
    else if (was === undefined) note(true, 'a file added');
    else if (now === undefined) note(true, 'a file deleted');
    else if (isPlain(was) && isPlain(now)) {
      note(was.content === now.content, 'a mode changed');
      const pointers = [was, now].every(({ content }) =>
        content.startsWith('version https://git-lfs'),
      );
      note(was.content !== now.content, pointers ? 'an LFS pointer changed' : 'a file changed');
    } else if (was.mode !== now.mode)
      note(true, 'a submodule, link or file where a folder was, or the reverse');
    else note(true, now.mode === '160000' ? 'a submodule moved on' : 'a link changed');
    note(/bytes-/.test(path), 'a name that is no text');
    note(/[\n"]/.test(path), 'a name with a line break or quotes');
    const roots = projects.map(({ root }) => Buffer.from(root).toString('latin1'));
    const isOwned = roots.some((root) => root === '' || path.startsWith(`${root}/`));
    note(
      !isOwned && /^(?:ci|tools)\/|^(?:top|more)\.json$|^libs\/stray/.test(path),
      'a file that only globals name',
    );
  }
}

function notePackages(before: Shape, after: Shape, note: Note): void {
  let versions = false;
  for (const [name, now] of after.packages) {
    const old = before.packages.get(name);
    if (old?.version !== now.version) versions = true;
    note(!isSame(old?.deps ?? [], now.deps), 'what a package depends on');
  }
  const [old, now] = [before.lock, after.lock];
  note(versions, 'a package');
  note(!isSame(before.older, after.older), 'the second version of a package');
  if (versions && old !== null && now?.kind === old.kind && !old.broken && !now.broken)
    note(true, `a package locked by ${now.kind}`);
  note((old === null) !== (now === null), 'a lockfile that comes or goes');
  if (old !== null && now !== null) {
    note(old.broken !== now.broken, 'a lockfile that does not parse');
    note(old.kind !== now.kind, 'another kind of lockfile');
  }
  note(!isSame(before.patches, after.patches), 'a patch');
  note(
    JSON.stringify(before.install) !== JSON.stringify(after.install),
    'how packages are installed',
  );
}

function isSame(
  one: ReadonlyMap<string, unknown> | readonly string[],
  other: ReadonlyMap<string, unknown> | readonly string[],
): boolean {
  const text = (of: typeof one): string =>
    JSON.stringify([...of].map((entry) => JSON.stringify(entry)).sort());
  return text(one) === text(other);
}

/** How often each kind of change was met, and how often it alone decided. */
export interface Coverage {
  readonly met: Map<ChangeKind, number>;
  /** It was all that differed in the repository, and the product was affected; or it was not. */
  readonly affected: Map<ChangeKind, number>;
  readonly equal: Map<ChangeKind, number>;
}

export function noCoverage(): Coverage {
  return { met: new Map(), affected: new Map(), equal: new Map() };
}

/** Notes one judged product. */
export function cover(coverage: Coverage, kinds: ReadonlySet<ChangeKind>, affected: boolean): void {
  const add = (counts: Map<ChangeKind, number>, kind: ChangeKind): void => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  };
  for (const kind of kinds) add(coverage.met, kind);
  const only = [...kinds].filter((kind) => !beside.has(kind));
  // What names a lockfile's kind, a file's name or the sort of workspace says more of the same change.
  const [one] = only;
  if (one === undefined || only.length > 1) return;
  for (const kind of kinds) add(affected ? coverage.affected : coverage.equal, kind);
}

const beside: ReadonlySet<ChangeKind> = new Set<ChangeKind>([
  ...lockKinds.map((kind) => `a package locked by ${kind}` as const),
  'a name that is no text',
  'a name with a line break or quotes',
  'a file that only globals name',
  'a declared workspace',
  'changed and changed back',
  'a project that joins a product',
  'a project that leaves a product',
]);

/** A table of the counts, for a log. */
export function describeCoverage({ met, affected, equal }: Coverage): string {
  const row = (kind: ChangeKind): string =>
    [met, affected, equal].map((counts) => String(counts.get(kind) ?? 0).padStart(8)).join('') +
    `  ${kind}`;
  return ['     met affected    equal  (alone: affected, equal)', ...changeKinds.map(row)].join(
    '\n',
  );
}
