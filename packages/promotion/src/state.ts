import type { Ancestry } from '@lanewise/git';
import type {
  CommitId,
  Config,
  EnvironmentName,
  ProductName,
  RefName,
  Release,
  Timestamp,
} from '@lanewise/model';
import type { ReleaseBook } from '@lanewise/release';
import type { Cell, CellKey, Rewritten } from './cell.js';
import type { LockFile } from './lock.js';
import type { EnvironmentTag } from './environment-tag.js';

/** Everything that a decision about promotions needs: a plain value, read at one tip. */
export interface PromotionState {
  readonly config: Config;
  readonly now: Timestamp;
  /** Head of the GitOps branch: every value of this state stands in its tree. */
  readonly tip: CommitId;
  readonly branch: RefName;
  /** Date of the tip: later commits are not dated before it. */
  readonly tipAt: Timestamp;
  /** Products that were read; others are not in `cells`. */
  readonly products: readonly ProductName[];
  readonly cells: ReadonlyMap<CellKey, Cell>;
  readonly book: ReleaseBook;
  readonly ancestry: Ancestry;
  /** Releases whose commit is on no release branch: they are recognised, and nothing lands them by itself. */
  readonly strayReleases: ReadonlySet<Release>;
  /** Lock files by `<environment or _all>/<product or _all>`. */
  readonly locks: ReadonlyMap<string, LockFile>;
  /** Environment tags that ask for something. */
  readonly requests: readonly EnvironmentTag[];
  /** Names of all tags below environments and groups: none of them is ever moved. */
  readonly environmentTags: ReadonlySet<string>;
  /** Environments whose history was rewritten and that no promotion by name has settled since. */
  readonly rewritten: ReadonlyMap<EnvironmentName, Rewritten>;
  /** Commits whose inputs were compared with a release's (`--source`): `<tag> <commit>` to the answer. */
  readonly equalSources: ReadonlyMap<string, boolean>;
  readonly historyRead: boolean;
  /** Whether the GitOps repository is the workspace's: then a commit and its tags are one push. */
  readonly oneRepository: boolean;
  readonly notices: readonly string[];
}
