import { compareGraphs, type GraphDifference, type WorkspaceGraph } from '@lanewise/graph';
import type { KeptAnswer } from '../context/kept-graph.js';
import type { Finding } from './finding.js';

/** Whether the graph that commands would take without asking Nx is the one that Nx gives now. */
export function checkKeptGraph(kept: KeptAnswer, fresh: WorkspaceGraph): readonly Finding[] {
  if (kept.kind === 'none') {
    return [
      note(
        `No graph is kept for what is here now, so there is nothing to compare: ${kept.reason}.`,
      ),
    ];
  }
  const differences = compareGraphs(kept.graph, fresh);
  if (differences.length === 0) {
    const { size } = fresh.projects;
    return [note(`The kept graph is the one that Nx gives now: ${size} projects.`)];
  }
  const named = differences.slice(0, 5).map(describe).join(', ');
  const more = differences.length > 5 ? `, and ${differences.length - 5} more` : '';
  return [
    {
      severity: 'problem',
      code: 'graph-differs',
      message: `The kept graph is not the one that Nx gives now: ${named}${more}.`,
      hint: 'Something that no commit holds changes the graph. Set graph.keep to false in lanewise.yaml, or graph.key to a text that changes with it.',
      place: null,
    },
  ];
}

function note(message: string): Finding {
  return { severity: 'note', code: 'graph-kept', message, hint: null, place: null };
}

const words = { gone: 'is gone', new: 'is new', changed: 'changed' } as const;

function describe(difference: GraphDifference): string {
  switch (difference.kind) {
    case 'project':
      return `project ${difference.project} ${words[difference.how]}`;
    case 'edge': {
      const { source, target } = difference.edge;
      return `edge ${source} → ${target} ${words[difference.how]}`;
    }
    case 'workspace':
      return difference.what === 'lockfile'
        ? 'the lockfile is another'
        : 'whether packages are known changed';
    default:
      return difference satisfies never;
  }
}
