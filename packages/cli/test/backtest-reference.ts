import { parseDocument, isScalar } from 'yaml';
import type { Remote } from '@lanewise/testing';

/** A deployment as the reference tells it: what the answer in JSON says of one, without names of people. */
export interface ReferenceDeployment {
  readonly product: string;
  readonly environment: string;
  readonly commit: string;
  readonly at: number;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly source: string | null;
  readonly direction: string;
  readonly inputs: string | null;
  readonly leadTime: number | null;
  readonly beyond: {
    readonly bytes: boolean;
    readonly files: number;
    readonly products: number;
  };
}

export interface ReferenceWorld {
  readonly gitops: Remote;
  readonly workspace: Remote;
  readonly environments: readonly string[];
  /** The folders that each product is built from. */
  readonly products: Readonly<Record<string, readonly string[]>>;
  readonly fileOf: (environment: string, product: string) => string;
  /** The source commit that a value was made from, as the test that wrote it knows. */
  readonly sourceOf: (value: string) => string | null;
}

interface Moved {
  readonly product: string;
  readonly environment: string;
  readonly before: string | null;
  readonly after: string;
}

/**
 * The deployments of a history, found in the slow and obvious way: every commit's files are read as a
 * whole, and each question is asked of git anew.
 */
export function referenceDeployments(world: ReferenceWorld): readonly ReferenceDeployment[] {
  const { gitops } = world;
  const line = lines(gitops.git('rev-list', '--first-parent', '--reverse', 'main'));
  const last = new Map<string, { readonly value: string; readonly sources: Set<string> }>();
  const found: ReferenceDeployment[] = [];
  let before: string | null = null;
  for (const commit of line) {
    const moved = movedBy(world, before, commit);
    const changed = lines(
      before === null
        ? gitops.git('ls-tree', '-r', '--name-only', commit)
        : gitops.git('diff-tree', '-r', '--name-only', before, commit),
    );
    const movedFiles = new Set(
      moved.map(({ environment, product }) => world.fileOf(environment, product)),
    );
    for (const one of moved) {
      const cell = `${one.environment} ${one.product}`;
      const earlier = last.get(cell) ?? null;
      found.push({
        ...describe(world, one, earlier, landedAt(gitops, commit)),
        commit,
        beyond: {
          bytes: restDiffers(world, before, commit, one),
          files: changed.length - movedFiles.size,
          products: new Set(moved.map(({ product }) => product)).size - 1,
        },
      });
      const sources = earlier?.sources ?? new Set();
      const source = world.sourceOf(one.after);
      if (source !== null) sources.add(source);
      last.set(cell, { value: one.after, sources });
    }
    before = commit;
  }
  return found;
}

function movedBy(world: ReferenceWorld, before: string | null, commit: string): readonly Moved[] {
  return world.environments.flatMap((environment) =>
    Object.keys(world.products).flatMap((product) => {
      const file = world.fileOf(environment, product);
      const was = before === null ? null : valueIn(textAt(world.gitops, before, file));
      const is = valueIn(textAt(world.gitops, commit, file));
      return is === null || is === was ? [] : [{ product, environment, before: was, after: is }];
    }),
  );
}

function describe(
  world: ReferenceWorld,
  { product, environment, before, after }: Moved,
  earlier: { readonly value: string; readonly sources: ReadonlySet<string> } | null,
  at: number,
): Omit<ReferenceDeployment, 'commit' | 'beyond'> {
  const { workspace } = world;
  const source = world.sourceOf(after);
  const old = earlier === null ? null : world.sourceOf(earlier.value);
  const direction =
    earlier === null
      ? 'first'
      : source === null || old === null
        ? 'untold'
        : directionOf(workspace, old, source);
  const inputs =
    earlier === null
      ? null
      : source === null || old === null
        ? 'unknown'
        : contentOf(world, product, old) === contentOf(world, product, source)
          ? 'equal'
          : 'different';
  const isNew = source !== null && earlier?.sources.has(source) !== true;
  const made = source === null ? 0 : dateOf(workspace, source);
  const counts = isNew && direction !== 'first' && direction !== 'back' && at >= made;
  return {
    product,
    environment,
    at,
    from: before === null ? [] : [before],
    to: [after],
    source,
    direction,
    inputs,
    leadTime: counts ? at - made : null,
  };
}

function directionOf(workspace: Remote, old: string, source: string): string {
  if (old === source) return 'same';
  if (contains(workspace, source, old)) return 'forward';
  return contains(workspace, old, source) ? 'back' : 'sideways';
}

function contains(repository: Remote, newer: string, older: string): boolean {
  return lines(ask(repository, 'rev-list', newer)).includes(older);
}

/** All files that a product is built from, by mode, id and path. */
function contentOf(
  { workspace, products }: ReferenceWorld,
  product: string,
  commit: string,
): string {
  return ask(workspace, 'ls-tree', '-r', commit, '--', ...(products[product] ?? []));
}

function landedAt(repository: Remote, commit: string): number {
  const [, ...parents] = repository.git('rev-list', '--parents', '-1', commit).trim().split(' ');
  return Math.max(...[commit, ...parents].map((one) => dateOf(repository, one)));
}

function dateOf(repository: Remote, commit: string): number {
  return Number(ask(repository, 'show', '-s', '--format=%ct', commit).trim());
}

/** What git said once: a reference may be slow, but a test must not be for ever. */
const told = new WeakMap<Remote, Map<string, string>>();

function ask(repository: Remote, ...args: string[]): string {
  let known = told.get(repository);
  if (known === undefined) told.set(repository, (known = new Map()));
  const key = args.join(' ');
  let text = known.get(key);
  if (text === undefined) known.set(key, (text = repository.git(...args)));
  return text;
}

function textAt(repository: Remote, commit: string, file: string): string | null {
  const entry = lines(ask(repository, 'ls-tree', '-r', commit)).find((line) =>
    line.endsWith(`\t${file}`),
  );
  const id = entry?.split(/[ \t]/)[2];
  return id === undefined ? null : ask(repository, 'cat-file', '-p', id);
}

function scalarIn(
  text: string,
): { readonly value: string; readonly range: [number, number] } | null {
  const node = parseDocument(text).getIn(['image', 'tag'], true);
  if (!isScalar(node) || node.range === null || node.range === undefined) return null;
  const value = typeof node.value === 'string' ? node.value : (node.source ?? '');
  return value === '' ? null : { value, range: [node.range[0], node.range[1]] };
}

function valueIn(text: string | null): string | null {
  return text === null ? null : (scalarIn(text)?.value ?? null);
}

function restDiffers(
  world: ReferenceWorld,
  before: string | null,
  commit: string,
  { environment, product }: Moved,
): boolean {
  const file = world.fileOf(environment, product);
  const was = before === null ? null : textAt(world.gitops, before, file);
  const is = textAt(world.gitops, commit, file);
  return was === null || is === null || restOf(was) !== restOf(is);
}

function restOf(text: string): string {
  const [start, end] = scalarIn(text)?.range ?? [0, 0];
  return `${text.slice(0, start)}\0${text.slice(end)}`;
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
