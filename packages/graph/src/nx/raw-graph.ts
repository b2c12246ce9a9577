import { isRecord } from '../canonical.js';
import { list, record, text } from '../shape.js';

/** The part of Nx's project graph that has kept its shape over Nx's versions, as plain data. */
export interface RawNxGraph {
  readonly nodes: ReadonlyMap<string, RawNxNode>;
  readonly dependencies: ReadonlyMap<string, readonly RawNxDependency[]>;
  /** Package names by node; null in files written by `nx graph --file`, which leaves them out. */
  readonly externalNodes: ReadonlyMap<string, string> | null;
}

/** Definitions by name. A map: a project may be called `constructor`. */
export type NamedInputs = ReadonlyMap<string, readonly unknown[]>;

export interface RawNxNode {
  readonly root: string;
  readonly tags: readonly string[];
  readonly targets: readonly string[];
  /** Inputs of those targets that name some. */
  readonly targetInputs: NamedInputs;
  readonly namedInputs: NamedInputs;
}

export interface RawNxDependency {
  readonly target: string;
  readonly type: string;
}

/**
 * Takes a graph out of parsed JSON: `{graph: {nodes, dependencies}}` as `nx graph --file` writes
 * it, or the graph itself. Nothing is believed: a wrong part throws GRAPH_INVALID with its path.
 */
export function parseRawNxGraph(value: unknown): RawNxGraph {
  const outer = record(value, '');
  const inner = 'graph' in outer ? record(outer['graph'], 'graph') : outer;
  const at = 'graph' in outer ? 'graph.' : '';
  const external = inner['externalNodes'];
  return {
    nodes: entries(inner['nodes'], `${at}nodes`, parseNode),
    dependencies: entries(inner['dependencies'], `${at}dependencies`, parseDependencies),
    externalNodes:
      external === undefined ? null : entries(external, `${at}externalNodes`, parseExternalNode),
  };
}

function parseNode(value: unknown, path: string): RawNxNode {
  const data = record(record(value, path)['data'], `${path}.data`);
  const targets =
    data['targets'] === undefined ? {} : record(data['targets'], `${path}.data.targets`);
  return {
    root: text(data['root'], `${path}.data.root`),
    tags: list(data['tags'], `${path}.data.tags`).map((tag, i) =>
      text(tag, `${path}.data.tags[${i}]`),
    ),
    targets: Object.keys(targets),
    targetInputs: parseTargetInputs(targets),
    namedInputs: parseNamedInputs(data['namedInputs'], `${path}.data.namedInputs`),
  };
}

function parseTargetInputs(targets: Record<string, unknown>): NamedInputs {
  return new Map(
    Object.entries(targets).flatMap(([name, target]) => {
      const inputs = isRecord(target) ? target['inputs'] : undefined;
      return Array.isArray(inputs) ? [[name, inputs as readonly unknown[]] as const] : [];
    }),
  );
}

/** Reads `namedInputs` of nx.json or of a project. Throws GRAPH_INVALID. */
export function parseNamedInputs(value: unknown, path: string): NamedInputs {
  return value === undefined || value === null ? new Map() : entries(value, path, list);
}

function parseDependencies(value: unknown, path: string): RawNxDependency[] {
  return list(value, path).map((item, index) => {
    const dependency = record(item, `${path}[${index}]`);
    return {
      target: text(dependency['target'], `${path}[${index}].target`),
      type: text(dependency['type'] ?? 'static', `${path}[${index}].type`),
    };
  });
}

function parseExternalNode(value: unknown, path: string): string {
  const data = record(record(value, path)['data'], `${path}.data`);
  return text(data['packageName'], `${path}.data.packageName`);
}

function entries<T>(
  value: unknown,
  path: string,
  parse: (value: unknown, path: string) => T,
): Map<string, T> {
  const parsed = Object.entries(record(value, path)).map(
    ([key, inner]) => [key, parse(inner, `${path}[${JSON.stringify(key)}]`)] as const,
  );
  return new Map(parsed);
}
