import { parseConfig, type Config, type ProjectName, type RepoPath } from '@lanewise/model';
import { graphFromNx, type EdgeType, type Product, type WorkspaceGraph } from '@lanewise/graph';

/** Written as people would draw it: `{ web: ['shared', 'implicit api'] }`. */
export type Drawing = Readonly<Record<string, readonly string[]>>;

export interface Drawn {
  readonly roots?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, readonly string[]>>;
  readonly nxJson?: unknown;
  readonly lockfile?: string;
}

export function drawGraph(drawing: Drawing, drawn: Drawn = {}): WorkspaceGraph {
  const names = Object.keys(drawing);
  const nodes = names.map((name) => {
    const data = { root: drawn.roots?.[name] ?? `at/${name}`, tags: drawn.tags?.[name] ?? [] };
    return [name, { data }] as const;
  });
  const dependencies = names.map((name) => {
    const edges = (drawing[name] ?? []).map((text) => {
      const [first = '', second] = text.split(' ');
      const type: EdgeType = second === undefined ? 'static' : (first as EdgeType);
      return { source: name, target: second ?? first, type };
    });
    return [name, edges] as const;
  });
  const raw = {
    nodes: Object.fromEntries(nodes),
    dependencies: Object.fromEntries(dependencies),
    externalNodes: {},
  };
  return graphFromNx(raw, drawn.nxJson ?? {}, {
    lockfile: (drawn.lockfile ?? null) as RepoPath | null,
  });
}

export function config(text = ''): Config {
  return parseConfig(`environments: { dev: {}, prod: { after: dev } }\n${text}`, 'lanewise.yaml');
}

export function product(name: string, project = name): Product {
  return { name: name as Product['name'], project: project as ProjectName };
}
