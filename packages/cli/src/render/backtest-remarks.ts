import type { Backtest } from '../backtest/answer.js';

/** What the figures rest on, and what could not be read: a sentence each. */
export function remarksOf({
  past,
  note,
  figures,
  isWorkspaceComplete,
}: Backtest): readonly string[] {
  const { unread, watchedFiles, cutAt } = past;
  const untold = figures.total.untold;
  const files = (count: number): string => `${count} file${count === 1 ? '' : 's'}`;
  return [
    `Read: ${files(watchedFiles.present)} that hold pins today${watchedFiles.gone > 0 ? `, and ${files(watchedFiles.gone)} that held some and are gone` : ''}; along the first-parent line of the branch.`,
    ...(watchedFiles.present === 0
      ? [
          "No pin was found: 'lanewise init --dry-run' shows what was looked at; --gitops names the repository that holds the manifests.",
        ]
      : []),
    inputsRemark(note),
    ...(untold > 0 && note.kind !== 'none'
      ? [
          `Could not tell (${untold}): the pinned value names no commit of the workspace, or the product is none of its projects today. They count neither as changed nor as unchanged. 'git fetch --tags' brings what the clone lacks, and --at says which tag a version was built from.`,
        ]
      : []),
    ...(unread.versions > 0
      ? [
          `${unread.versions} versions of manifests could not be read (no YAML, a template, too large): the value before them stands.`,
        ]
      : []),
    ...(unread.files > 0
      ? [
          `${files(unread.files)} that are gone held versions that could be placed nowhere; they are left out.`,
        ]
      : []),
    ...(cutAt === null
      ? []
      : [
          `The history is cut off at ${cutAt.slice(0, 8)} (a shallow clone): what was there then is no deployment. git fetch --unshallow brings the rest.`,
        ]),
    ...(isWorkspaceComplete
      ? []
      : [
          'The history of the sources is cut off (a shallow clone): older commits could not be told.',
        ]),
  ];
}

function inputsRemark(note: Backtest['note']): string {
  switch (note.kind) {
    case 'graph':
      return 'Assumed: every product was always built from what it is built from today (the graph of the work tree, applied to the past).';
    case 'wide':
      return 'Assumed: nothing says what a product is built from beside its folder, so all that lies outside the other products\' folders counts as its input: "unchanged" is the least it can have been. A lanewise.yaml with projects and dependsOn, or Nx, tells more.';
    case 'none':
      return `Whether anything changed could not be told: ${note.why}.`;
  }
}
