import {
  LanewiseError,
  parseProjectName,
  parseRepoPath,
  type ProjectName,
  type RepoPath,
} from '@lanewise/model';
import { isRecord } from '../canonical.js';
import { locateJsonError } from '../config-files/jsonc.js';
import { findCycles } from '../cycles.js';
import { graphSchema } from '../render/json.js';
import { list, record, text } from '../shape.js';
import type {
  DeclaredInputs,
  Edge,
  InputLists,
  Project,
  WorkspaceGraph,
} from '../workspace-graph.js';
import { graphFromNx } from './graph-from-nx.js';

export interface GraphFileContext {
  /** Name of the file, for messages. */
  readonly file: string;
  /** The parsed nx.json of the workspace: `nx graph --file` leaves its named inputs out. */
  readonly nxJson?: unknown;
  readonly lockfile?: RepoPath | null;
}

/**
 * Reads a saved graph as data, never as code: what `nx graph --file=graph.json` or `lanewise graph
 * --format json` writes. Throws GRAPH_INVALID with the place where it is neither.
 */
export function readGraphFile(content: string, context: GraphFileContext): WorkspaceGraph {
  const value = parseJson(content, context.file);
  if (isRecord(value) && typeof value['schema'] === 'string') return readOwnGraph(value);
  return graphFromNx(value, context.nxJson ?? {}, { lockfile: context.lockfile ?? null });
}

function parseJson(content: string, file: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch (cause) {
    throw new LanewiseError('GRAPH_INVALID', `The graph in ${file} is no JSON.`, {
      hint: "Write it with 'nx graph --file=graph.json'.",
      place: locateJsonError(content, file),
      cause,
    });
  }
}

function readOwnGraph(value: Record<string, unknown>): WorkspaceGraph {
  if (value['schema'] !== graphSchema) {
    throw new LanewiseError(
      'GRAPH_INVALID',
      `The graph has the schema ${JSON.stringify(value['schema'])}, where ${graphSchema} is known.`,
      {
        hint: "Write it anew with 'lanewise graph --format json'.",
      },
    );
  }
  const projects = new Map<ProjectName, Project>();
  for (const [number, item] of list(value['projects'], 'projects').entries()) {
    const project = readProject(item, `projects[${number}]`);
    projects.set(project.name, project);
  }
  const edges = list(value['edges'], 'edges').map((item, number) =>
    readEdge(item, `edges[${number}]`),
  );
  const known = edges.filter(({ source, target }) => projects.has(source) && projects.has(target));
  return {
    kind: value['kind'] === 'declared' ? 'declared' : 'nx',
    projects,
    edges: known,
    packagesKnown: value['packagesKnown'] === true,
    lockfile: typeof value['lockfile'] === 'string' ? parseRepoPath(value['lockfile']) : null,
    ...(isRecord(value['namedInputs']) && { namedInputs: inputLists(value['namedInputs']) }),
    ...(Array.isArray(value['inputLists']) && {
      inputLists: value['inputLists'].map((item, number) => list(item, `inputLists[${number}]`)),
    }),
    cycles: findCycles(known),
  };
}

function readProject(value: unknown, path: string): Project {
  const project = record(value, path);
  const filter = record(project['filter'], `${path}.filter`);
  return {
    name: parseProjectName(text(project['name'], `${path}.name`)),
    root: parseRepoPath(text(project['root'], `${path}.root`)),
    tags: texts(project['tags'], () => `${path}.tags`),
    filter: {
      patterns: texts(filter['patterns'], () => `${path}.filter.patterns`),
      globals: texts(filter['globals'], () => `${path}.filter.globals`),
      digest: text(filter['digest'], `${path}.filter.digest`),
      unseen: texts(filter['unseen'], () => `${path}.filter.unseen`),
    },
    packages: texts(project['packages'], () => `${path}.packages`),
    targets: texts(project['targets'], () => `${path}.targets`),
    ...(isRecord(project['declares']) && { declares: readDeclares(project['declares']) }),
    ...(project['linked'] === true && { linked: true }),
  };
}

function readDeclares({ named, targets }: Record<string, unknown>): DeclaredInputs {
  const numbers = Object.entries(isRecord(targets) ? targets : {}).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return {
    ...(isRecord(named) && { named: inputLists(named) }),
    ...(numbers.length > 0 && { targets: Object.fromEntries(numbers) }),
  };
}

function inputLists(value: Record<string, unknown>): InputLists {
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, list(item, `namedInputs.${name}`)]),
  );
}

/** Thousands of lists are read where no error is ever told: the path is made for an error only. */
function texts(value: unknown, path: () => string): readonly string[] {
  const isText = (item: unknown): item is string => typeof item === 'string';
  if (Array.isArray(value) && value.every(isText)) return value;
  return list(value, path()).map((item, number) => text(item, `${path()}[${number}]`));
}

function readEdge(value: unknown, path: string): Edge {
  const edge = record(value, path);
  const type = text(edge['type'], `${path}.type`);
  return {
    source: parseProjectName(text(edge['source'], `${path}.source`)),
    target: parseProjectName(text(edge['target'], `${path}.target`)),
    type: type === 'dynamic' || type === 'implicit' ? type : 'static',
  };
}
