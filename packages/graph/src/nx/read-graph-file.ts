import { LanewiseError, type RepoPath } from '@lanewise/model';
import { isRecord } from '../canonical.js';
import { locateJsonError } from '../config-files/jsonc.js';
import type { WorkspaceGraph } from '../workspace-graph.js';
import { graphFromNx } from './graph-from-nx.js';

export interface GraphFileContext {
  /** Name of the file, for messages. */
  readonly file: string;
  /** The parsed nx.json of the workspace: `nx graph --file` leaves its named inputs out. */
  readonly nxJson?: unknown;
  readonly lockfile?: RepoPath | null;
}

/**
 * Reads a saved graph as data, never as code: what `nx graph --file=graph.json` writes, or
 * `{graph, nxJson}` as `lanewise graph --format nx` does. Throws GRAPH_INVALID with the place.
 */
export function readGraphFile(text: string, context: GraphFileContext): WorkspaceGraph {
  const value = parseJson(text, context.file);
  const kept = isRecord(value) ? value['nxJson'] : undefined;
  return graphFromNx(value, kept ?? context.nxJson ?? {}, { lockfile: context.lockfile ?? null });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new LanewiseError('GRAPH_INVALID', `The graph in ${file} is no JSON.`, {
      hint: "Write it with 'nx graph --file=graph.json'.",
      place: locateJsonError(text, file),
      cause,
    });
  }
}
