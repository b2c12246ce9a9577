import type { Repository } from '@lanewise/git';
import type { ProductInputs, Project, WorkspaceGraph } from '@lanewise/graph';
import type { CommitId, Config, Pin, Release } from '@lanewise/model';
import type { FileLists } from './file-lists.js';
import type { GlobalRule, InputRules } from './input-rules.js';
import type { InstallFiles } from './install-files.js';
import type { Looked } from './look.js';
import type { NxSettings } from './nx-settings.js';
import type { Packages } from './packages.js';
import type { PinnedInputs } from './pinned-inputs.js';
import type { SpecialPaths } from './special-paths.js';
import { memberNames, type StructureChange } from './structure.js';
import type { ChangedFile, DifferingPath, TreeDiffs } from './tree-diffs.js';
import type { TypeScriptSettings, TypeScriptUse } from './typescript.js';

/** What inputs are compared from. */
export interface InputsSources {
  readonly repository: Pick<
    Repository,
    'readEntries' | 'diffTreePairs' | 'listFiles' | 'readBlobs'
  >;
  readonly head: CommitId;
  readonly graph: WorkspaceGraph;
  readonly config: Config;
  readonly pins: readonly Pin[];
  /** How many files a reason names; default the first few, as most answers show no more. */
  readonly shownFiles?: number | undefined;
  /**
   * Digests of HEAD's inputs: of all that a release may record (the default), or only where nothing
   * less tells whether a product is affected.
   */
  readonly digests?: 'all' | 'deciding';
}

/** Everything that was read to answer for all products. */
export interface Facts {
  readonly rules: InputRules;
  readonly looked: Looked;
  readonly lists: FileLists;
  readonly packages: Packages;
  readonly typescript: TypeScriptSettings;
  readonly nx: NxSettings;
  readonly install: InstallFiles;
  readonly special: SpecialPaths;
  readonly pinned: PinnedInputs;
  readonly diffs: TreeDiffs;
  readonly sources: InputsSources;
  /** Candidates of which a file alone tells that they are affected: no digest is made of them. */
  readonly toldByFiles: ReadonlySet<Candidate>;
  /** The files of a project that count and differ. */
  readonly changedOf: (
    project: Project,
    differing: readonly DifferingPath[],
  ) => readonly ChangedFile[];
}

/** A product whose trees are not all equal, or whose set of projects is not. */
export interface Candidate {
  readonly inputs: ProductInputs;
  readonly base: Release;
  readonly rule: GlobalRule;
  readonly structure: StructureChange;
  readonly differing: readonly DifferingPath[];
}

/** What of a product has to do with TypeScript. */
export function typescriptUse(inputs: ProductInputs, { lists }: Facts): TypeScriptUse {
  return {
    members: memberNames(inputs),
    compiles: inputs.members.some(({ project }) => lists.usesTypeScript(project)),
  };
}
