import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declaredGraph, productInputs, selectProducts, type ProductInputs } from '@lanewise/graph';
import type { Repository } from '@lanewise/git';
import {
  parseConfig,
  type CommitId,
  type Config,
  type ProductName,
  type Release,
} from '@lanewise/model';
import { compareInputs, type InputsSources } from '@lanewise/release';
import { makeMemoryRemote } from '@lanewise/testing';

const roots = ['a', 'a/inner', 'b', 'c', 'lib/x', 'lib/y'] as const;
const names = ['pa', 'pi', 'pb', 'pc', 'lx', 'ly'] as const;
const paths = [
  'a/1.ts',
  'a/inner/1.ts',
  'a/inner/2.ts',
  'b/1.ts',
  'c/1.ts',
  'c/deep/er/1.ts',
  'lib/x/1.ts',
  'lib/y/1.ts',
  'lib/other.ts',
  'ci/one.yml',
  'ci/two.yml',
  'top.json',
] as const;

/** A workspace at one commit: what exists, who is built from whom, which globs count beside. */
interface Shape {
  readonly declared: readonly boolean[];
  readonly edges: readonly (readonly [number, number])[];
  readonly globs: readonly (readonly [number, string])[];
  readonly files: readonly number[];
}

const shape: fc.Arbitrary<Shape> = fc.record({
  declared: fc.tuple(
    ...names.map((_, index) => (index % 2 === 0 ? fc.constant(true) : fc.boolean())),
  ),
  edges: fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 5 }),
  globs: fc.array(
    fc.tuple(
      fc.nat(5),
      fc.constantFrom('ci/*.yml', 'ci/one.yml', '**/1.ts', 'top.json', '!ci/two.yml'),
    ),
    {
      maxLength: 3,
    },
  ),
  files: fc.array(fc.nat(2), { minLength: paths.length, maxLength: paths.length }),
});

function configOf({ declared, edges, globs }: Shape): Config {
  const products = names.flatMap((name, index) => {
    if (declared[index] !== true) return [];
    const dependsOn = edges.flatMap(([from, to]) =>
      from === index && to !== index && declared[to] === true ? [names[to]] : [],
    );
    const inputs = globs.flatMap(([of, glob]) => (of === index ? [glob] : []));
    return [[name, { root: roots[index], dependsOn: [...new Set(dependsOn)], inputs }]];
  });
  return parseConfig(
    JSON.stringify({
      products: { image: 'x/{product}', each: Object.fromEntries(products) },
      environments: { dev: {} },
    }),
    'lanewise.yaml',
  );
}

function inputsOf(config: Config): {
  graph: InputsSources['graph'];
  inputs: readonly ProductInputs[];
} {
  const graph = declaredGraph(config);
  const products = selectProducts(graph, config, []);
  return {
    graph,
    inputs: products.map((product) => productInputs(graph, product, config, products)),
  };
}

/**
 * The slow, obvious reference: lists every file of every product with its content, by what the
 * shape says, without trees, digests or filters' code.
 */
function fullInputs(one: Shape, index: number): string {
  const members = new Set<number>();
  const open = [index];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (members.has(next) || one.declared[next] !== true) continue;
    members.add(next);
    for (const [from, to] of one.edges) if (from === next && to !== next) open.push(to);
  }
  const owner = (path: string): number => {
    const above = roots.map((root, at) =>
      one.declared[at] === true && path.startsWith(`${root}/`) ? root : '',
    );
    const deepest = above.reduce((best, root) => (root.length > best.length ? root : best), '');
    return deepest === '' ? -1 : roots.indexOf(deepest as (typeof roots)[number]);
  };
  const globs = one.globs.flatMap(([of, glob]) => (of === index ? [glob] : []));
  const matches = (glob: string, path: string): boolean => {
    if (glob === 'ci/*.yml') return path.startsWith('ci/');
    return glob === '**/1.ts' ? path.endsWith('/1.ts') : glob === path;
  };
  const global = (path: string): boolean => {
    let counts = false;
    for (const glob of globs) {
      if (matches(glob.replace('!', ''), path)) counts = !glob.startsWith('!');
    }
    return counts;
  };
  const lines: string[] = [];
  paths.forEach((path, at) => {
    const content = one.files[at];
    if (content === 0) return;
    if (members.has(owner(path))) lines.push(`${owner(path)} ${path} ${content}`);
    if (global(path)) lines.push(`global ${path} ${content}`);
  });
  return [[...members].sort().join(), ...lines.sort()].join('\n');
}

async function compare(
  before: Shape,
  after: Shape,
  recorded: boolean,
): Promise<Map<string, boolean>> {
  const remote = makeMemoryRemote();
  const write = (one: Shape, old: Shape | null): CommitId => {
    const changed: Record<string, string | null> = { always: 'x' };
    paths.forEach((path, at) => {
      const content = one.files[at] ?? 0;
      if (content !== 0) changed[path] = String(content);
      else if (old !== null && old.files[at] !== 0) changed[path] = null;
    });
    return remote.commit(changed);
  };
  const base = write(before, null);
  const head = write(after, before);
  const repository: Repository = remote.open();
  const [old, now] = [configOf(before), configOf(after)];
  const atBase = inputsOf(old);
  const made = await compareInputs(
    { repository, head: base, graph: atBase.graph, config: old, pins: [] },
    atBase.inputs.map((inputs) => ({ inputs, base: null })),
  );
  const atHead = inputsOf(now);
  const known = atHead.inputs.filter(({ product }) => made.has(product.name));
  const answers = await compareInputs(
    { repository, head, graph: atHead.graph, config: now, pins: [] },
    known.map((inputs) => ({
      inputs,
      base: {
        product: inputs.product.name,
        commit: base,
        inputs: recorded ? (made.get(inputs.product.name)?.digest ?? null) : null,
      } as unknown as Release,
    })),
  );
  return new Map(
    [...answers].map(([name, { comparison }]): [ProductName, boolean] => [
      name,
      comparison?.kind === 'different',
    ]),
  );
}

describe('what is affected', () => {
  it('is what a full listing of all inputs at both commits says', async () => {
    await fc.assert(
      fc.asyncProperty(shape, shape, fc.nat(3), async (before, other, kept) => {
        // Mostly small steps: parts of the second shape are the first's.
        const after: Shape = {
          ...other,
          ...(kept !== 0 && {
            declared: before.declared,
            edges: before.edges,
            globs: before.globs,
          }),
          ...(kept === 2 && {
            files: before.files.map((file, at) => (at % 4 === 0 ? (other.files[at] ?? 0) : file)),
          }),
          ...(kept === 3 && { files: before.files }),
        };
        const affected = await compare(before, after, true);
        for (const [name, found] of affected) {
          const index = names.indexOf(name as (typeof names)[number]);
          const differs = fullInputs(before, index) !== fullInputs(after, index);
          // Declared globs are a part of how inputs are declared: another list is a reason of its own.
          if (differs) expect(found, name).toBe(true);
          else if (kept !== 0) expect(found, name).toBe(false);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('is found without a record too, where the set of projects is the same', async () => {
    await fc.assert(
      fc.asyncProperty(shape, shape, async (before, other) => {
        const after: Shape = { ...before, files: other.files };
        const full: Shape = {
          ...before,
          files: before.files.map((file) => (file === 0 ? 1 : file)),
        };
        const affected = await compare(full, after, false);
        for (const [name, found] of affected) {
          const index = names.indexOf(name as (typeof names)[number]);
          expect(found, name).toBe(fullInputs(full, index) !== fullInputs(after, index));
        }
      }),
      { numRuns: 200 },
    );
  });
});
