import type { ProductInputs, WorkspaceGraph } from '@lanewise/graph';
import type { RefSnapshot } from '@lanewise/git';
import { tagTemplates, type Config } from '@lanewise/model';
import type { PromotionState } from '@lanewise/promotion';
import type { Finding } from './finding.js';

/** What a graph cannot show, or shows that is worth knowing. */
export function checkGraph(
  graph: WorkspaceGraph,
  inputs: readonly ProductInputs[],
): readonly Finding[] {
  const unseen = new Map<string, string[]>();
  for (const { product, members } of inputs) {
    for (const input of new Set(members.flatMap(({ project }) => project.filter.unseen))) {
      unseen.set(input, [...(unseen.get(input) ?? []), product.name]);
    }
  }
  const notes = [...unseen].map(([input, products]): Finding => ({
    severity: 'note',
    code: 'unseen-input',
    message: `The input ${input} of ${list(products)} cannot be seen in Git: a change of it affects nothing.`,
    hint: null,
    place: null,
  }));
  const cycles = graph.cycles.map((cycle): Finding => ({
    severity: 'note',
    code: 'cycle',
    message: `Projects are built from each other in a circle: ${[...cycle, cycle[0] ?? ''].join(' → ')}. A change of one affects all.`,
    hint: null,
    place: null,
  }));
  return [...notes, ...cycles];
}

/** Tags that look like releases and are none, and refs that stand in the way of environment tags. */
export function checkRefs(
  state: PromotionState,
  snapshot: RefSnapshot,
  config: Config,
): readonly Finding[] {
  const unusable = state.book.problems.map(({ message, hint }): Finding => ({
    severity: 'problem',
    code: 'tag-unusable',
    message,
    hint,
    place: null,
  }));
  const blocking = [...config.targets.keys()].flatMap((target): Finding[] =>
    [...snapshot.refs.keys()].some((ref) => ref === `refs/tags/${target}`)
      ? [
          {
            severity: 'problem',
            code: 'tag-blocks',
            message: `The tag '${target}' stands in the way of environment tags such as '${target}/docs@1.0.0': git cannot keep both.`,
            hint: `Rename it: git push origin refs/tags/${target}:refs/tags/${target}-old :refs/tags/${target}`,
            place: null,
          },
        ]
      : [],
  );
  const rewritten = [...state.rewritten].map(([environment, { why }]): Finding => ({
    severity: 'problem',
    code: 'history-rewritten',
    message: `${environment}: ${why}.`,
    hint: `Automation waits there until a promotion by name: lanewise promote PRODUCT@VERSION --to ${environment}.`,
    place: null,
  }));
  return [...unusable, ...blocking, ...rewritten];
}

/** A GitOps repository by itself, or a team that only looks: promotions and status work, releases do not. */
export function sayNoGraph(config: Config): Finding {
  return {
    severity: 'note',
    code: 'no-graph',
    message:
      'Nothing here says what the products are built from: what runs can be seen and promoted, and nothing released.',
    hint: 'In the workspace: Nx says it, or products.root and projects in the configuration.',
    place: { file: config.file },
  };
}

function inWords(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** Who may change what runs is decided by the forge's rules for the branch that holds the manifests. */
export function sayWhoMay(config: Config, gitops: string | null): Finding {
  const { branch } = config.gitops;
  const where =
    gitops === null
      ? `The manifests are in the workspace: whoever may push to '${branch}' changes what runs.`
      : `The manifests are in ${gitops}: whoever may push to its branch '${branch}' changes what runs.`;
  const patterns = [
    ...tagTemplates(config).flatMap(tagGlobs),
    ...[...config.targets.keys()].map((target) => `${target}/**`),
  ];
  return {
    severity: 'note',
    code: 'who-may',
    message: `${where} Lanewise decides nothing that the forge does not enforce.`,
    hint: `Protect that branch and, in the workspace, the tags ${inWords(patterns)}.`,
    place: null,
  };
}

/** As forges write patterns of tags: a star stops at the slash that a project's npm scope brings. */
function tagGlobs(template: string): readonly string[] {
  const plain = template.replace(/\{[^}]*\}/g, '*');
  return template.includes('{project}')
    ? [plain, template.replace('{project}', '@*/*').replace(/\{[^}]*\}/g, '*')]
    : [plain];
}

function list(names: readonly string[]): string {
  return names.length > 4
    ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more products`
    : names.join(', ');
}
