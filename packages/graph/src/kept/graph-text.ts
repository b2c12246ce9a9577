import type { ProjectName, RepoPath } from '@lanewise/model';
import { openSealedText, sealText } from './sealed-text.js';
import type { Edge, EdgeType, Project, WorkspaceGraph } from '../workspace-graph.js';

/**
 * A graph as a text of our own, made to be read fast: projects as lists, edges as numbers, and
 * lists of texts that several projects share written once. The first line is a digest of the rest:
 * with it the text is whole and was written by us, so nothing else is checked again.
 */
export function encodeGraph(graph: WorkspaceGraph): string {
  const lists = new Map<string, number>();
  const share = (texts: readonly string[]): number => {
    const key = JSON.stringify(texts);
    const number = lists.get(key) ?? lists.size;
    lists.set(key, number);
    return number;
  };
  const numbers = new Map([...graph.projects.keys()].map((name, number) => [name, number]));
  const projects = [...graph.projects.values()].map(
    ({ name, root, tags, filter, packages, targets, ...rest }): Row => {
      const { patterns, globals, unseen, digest, ...restOfFilter } = filter;
      const lists: Lists = [
        share(tags),
        share(packages),
        share(targets),
        share(patterns),
        share(globals),
        share(unseen),
      ];
      return [name, root, digest, ...lists, notEmpty(rest), notEmpty(restOfFilter)];
    },
  );
  const edges = graph.edges.flatMap(({ source, target, type }) => [
    numbers.get(source) ?? -1,
    numbers.get(target) ?? -1,
    types.indexOf(type),
  ]);
  const { projects: _projects, edges: _edges, ...whole } = graph;
  const shared = `[${[...lists.keys()].join(',')}]`;
  const rest = JSON.stringify({ ...whole, projects, edges } satisfies KeptText);
  return sealText(`${shared}\n${rest}`);
}

/** Reads such a text; null where it is cut off or was changed. */
export function decodeGraph(text: string): WorkspaceGraph | null {
  const body = openSealedText(text);
  if (body === null) return null;
  const line = body.indexOf('\n');
  const lists = JSON.parse(body.slice(0, line)) as readonly (readonly string[])[];
  const kept = JSON.parse(body.slice(line + 1)) as KeptText;
  const projects = kept.projects.map((row) => readProject(row, lists));
  return {
    ...kept,
    projects: new Map(projects.map((project) => [project.name, project])),
    edges: readEdges(kept.edges, projects),
  };
}

const types: readonly EdgeType[] = ['static', 'dynamic', 'implicit'];

type Lists = readonly [
  tags: number,
  packages: number,
  targets: number,
  patterns: number,
  globals: number,
  unseen: number,
];

/** What a project has besides stands at the end as it is. */
type Row = readonly [
  name: ProjectName,
  root: RepoPath,
  digest: string,
  ...Lists,
  rest: object | 0,
  restOfFilter: object | 0,
];

interface KeptText extends Omit<WorkspaceGraph, 'projects' | 'edges'> {
  readonly projects: readonly Row[];
  /** Source, target and type of each edge, by their numbers, one after the other. */
  readonly edges: readonly number[];
}

function notEmpty(rest: object): object | 0 {
  return Object.keys(rest).length === 0 ? 0 : rest;
}

function readProject(row: Row, lists: readonly (readonly string[])[]): Project {
  const [name, root, digest, tags, packages, targets, patterns, globals, unseen] = row;
  const [rest, restOfFilter] = row.slice(9) as [object | 0, object | 0];
  const at = (number: number): readonly string[] => lists[number] ?? [];
  const filter = { patterns: at(patterns), globals: at(globals), unseen: at(unseen), digest };
  return {
    name,
    root,
    tags: at(tags),
    filter: restOfFilter === 0 ? filter : { ...filter, ...restOfFilter },
    packages: at(packages),
    targets: at(targets),
    ...(rest !== 0 && rest),
  };
}

function readEdges(numbers: readonly number[], projects: readonly Project[]): readonly Edge[] {
  const edges: Edge[] = [];
  for (let at = 0; at + 2 < numbers.length; at += 3) {
    const [source, target] = [projects[numbers[at] ?? -1], projects[numbers[at + 1] ?? -1]];
    const type = types[numbers[at + 2] ?? -1];
    if (source === undefined || target === undefined || type === undefined) continue;
    edges.push({ source: source.name, target: target.name, type });
  }
  return edges;
}
