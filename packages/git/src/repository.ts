import type { CommitId, ObjectId, RefName, RepoPath, Timestamp } from '@lanewise/model';
import type { Ancestry } from './ancestry.js';

/** Refs of a remote as they were at one moment: full name to the object that the ref names (tags unpeeled). */
export interface RefSnapshot {
  readonly refs: ReadonlyMap<RefName, ObjectId>;
  /** After a fetch: whether all ancestors are in the store too, whatever depth was asked for. */
  readonly complete?: boolean;
}

/** Something that a person should know and that stopped nothing, such as an unusable cache. */
export interface Notice {
  readonly kind: 'cache-busy' | 'cache-unusable' | 'cache-rebuilt' | 'deepened' | 'no-atomic';
  /** One sentence, credentials removed. */
  readonly message: string;
}

export interface FetchRequest {
  /**
   * What to read: full ref names, or prefixes that end in `/` or `*` (`refs/tags/docs@*`).
   * Anything else that the remote holds is left alone.
   */
  readonly refs: readonly string[];
  /** `tip`: the commits named and their trees; `history`: all their ancestors too. Blobs come when they are read. */
  readonly depth: 'tip' | 'history';
  /** Asks the remote even where an earlier fetch of the same command could answer. */
  readonly fresh?: boolean;
}

export type FileMode = '100644' | '100755' | '120000' | '160000' | '040000';

export interface TreeEntry {
  readonly path: RepoPath;
  readonly mode: FileMode;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly id: ObjectId;
}

/** A path in the tree of a commit (or of a tree); `''` is the tree itself. */
export interface TreePath {
  readonly commit: ObjectId;
  readonly path: RepoPath;
}

export interface Identity {
  readonly name: string;
  readonly email: string;
}

export interface Commit {
  readonly id: CommitId;
  readonly tree: ObjectId;
  readonly parents: readonly CommitId[];
  readonly author: Identity;
  readonly authoredAt: Timestamp;
  readonly committedAt: Timestamp;
  /** The whole message, subject first. */
  readonly message: string;
}

/** An annotated tag object as it stands in the store. */
export interface TagObject {
  readonly id: ObjectId;
  /** The object it names, and what that is. */
  readonly target: ObjectId;
  readonly targetType: 'commit' | 'tag' | 'tree' | 'blob';
  /** The name in the tag's own header, which a moved or copied ref does not change. */
  readonly name: string;
  readonly tagger: Identity | null;
  readonly taggedAt: Timestamp | null;
  readonly message: string;
}

/** One file changed by a commit against its first parent; `id` null: the file was deleted. */
export interface FileChange {
  readonly path: RepoPath;
  readonly id: ObjectId | null;
  readonly mode: FileMode | null;
  /** What stood there before, where that was asked for; null: nothing did. */
  readonly before?: { readonly id: ObjectId; readonly mode: FileMode } | null;
}

/** A commit with the files it changed. */
export interface ChangedCommit extends Commit {
  readonly changes: readonly FileChange[];
}

export interface HistoryRequest {
  readonly tip: CommitId;
  /** More commits whose history is walked in the same pass. */
  readonly alsoFrom?: readonly CommitId[];
  /** Whether each change tells what stood there before. */
  readonly before?: boolean;
  /** Stop before these commits and their ancestors. */
  readonly since?: readonly CommitId[];
  /** Only commits along the first-parent line; changes are against the first parent either way. */
  readonly firstParent: boolean;
  /** Only changes of these paths or below them; commits without any are left out. Absent: all. */
  readonly paths?: readonly RepoPath[];
}

/** A commit to be written: files changed on top of its first parent. */
export interface CommitDraft {
  readonly kind: 'commit';
  /** Name by which later drafts of the batch and the result refer to it. */
  readonly mark: string;
  /** Each a commit that exists or the mark of an earlier draft. */
  readonly parents: readonly (CommitId | { readonly mark: string })[];
  /** `content` null deletes the file. Files not named keep id and mode. */
  readonly edits: readonly {
    readonly path: RepoPath;
    readonly content: Uint8Array | null;
    readonly mode: '100644' | '100755';
  }[];
  readonly message: string;
  readonly author: Identity;
  readonly at: Timestamp;
}

/** An annotated tag to be written. */
export interface TagDraft {
  readonly kind: 'tag';
  readonly mark: string;
  /** Name for the tag's header, without `refs/tags/`. */
  readonly name: string;
  readonly target: CommitId | { readonly mark: string };
  readonly message: string;
  readonly tagger: Identity;
  readonly at: Timestamp;
}

export type ObjectDraft = CommitDraft | TagDraft;

/** One ref of a push: `expected` null means it must not exist, `to` null deletes it. */
export interface RefUpdate {
  readonly ref: RefName;
  readonly expected: ObjectId | null;
  readonly to: ObjectId | null;
}

/**
 * How a push ended, judged by the remote's refs and not by the words of an error.
 *
 * - `published`: every ref is as asked (by this push, or by an earlier try of the same).
 * - `moved`: at least one ref was not as expected and nothing was changed: observe again.
 * - `refused`: the refs are as expected, and the remote does not take the push (a protected
 *   branch, a hook): asking again will not help.
 */
export type PublishOutcome =
  | { readonly kind: 'published' }
  | {
      readonly kind: 'moved';
      readonly moved: readonly { readonly ref: RefName; readonly found: ObjectId | null }[];
    }
  | {
      readonly kind: 'refused';
      readonly refs: readonly RefName[];
      /** What the remote said, credentials removed. */
      readonly reason: string;
      /** Refs that cannot be created because another ref is their folder, or lies below them; callers make REF_BLOCKED of it. */
      readonly blocked?: readonly { readonly ref: RefName; readonly by: RefName }[];
    };

/** Two trees to compare; null: there is none, and every file of the other differs. */
export interface TreePair {
  readonly from: ObjectId | null;
  readonly to: ObjectId | null;
}

/**
 * A remote repository seen through a local object store, without a work tree or an index.
 *
 * The rules: reading never changes the remote; `write` makes objects that nobody else sees;
 * `publish` is the only outside effect and is all or nothing. Everything that decides works on
 * the values that these functions return. The port has two adapters: real Git, and a repository
 * in memory (for exploring interleavings) that passes the same contract tests.
 */
export interface Repository {
  /** The remote for messages: URL or path, credentials removed. */
  readonly name: string;

  /**
   * Reads the remote's refs and brings what they name into the store: one round trip of `git
   * fetch`. Throws REMOTE_UNREACHABLE, REMOTE_CREDENTIALS.
   */
  fetch(request: FetchRequest): Promise<RefSnapshot>;

  /** Reads the remote's refs only, as `fetch` names them (`git ls-remote`). */
  readRefs(refs: readonly string[]): Promise<RefSnapshot>;

  /**
   * The branch that the remote's HEAD points at; null where it has none. `fetch` cannot tell it,
   * so this is a round trip of its own, asked once and kept: start it beside a `fetch`. Throws
   * REMOTE_UNREACHABLE, REMOTE_CREDENTIALS.
   */
  readHead(): Promise<RefName | null>;

  /** What `readHead` gave when it was last asked, by an earlier run too: a guess that saves waiting. */
  readonly rememberedHead: RefName | null;

  /**
   * The refs as the last fetch left them, by an earlier run too, without asking the remote: a guess
   * that lets things begin early, and never the ground of a decision.
   */
  remembered(refs: readonly string[]): Promise<RefSnapshot>;

  /** What happened besides, in order: the front end prints it. Grows while the repository is used. */
  readonly notices: readonly Notice[];

  /** Brings single commits (with their trees, and their history where asked) that no ref may name; false for those the remote does not give. */
  fetchCommits(
    ids: readonly CommitId[],
    depth: 'tip' | 'history',
  ): Promise<ReadonlyMap<CommitId, boolean>>;

  /** What stands at each path (by `cat-file`); undefined where nothing does. */
  readEntries(paths: readonly TreePath[]): Promise<readonly (TreeEntry | undefined)[]>;

  /** All files of a commit's or tree's tree, or those at or below some paths (`ls-tree -r`), in git's order. */
  listFiles(
    commit: ObjectId,
    below?: RepoPath | readonly RepoPath[],
  ): Promise<readonly TreeEntry[]>;

  /**
   * Contents by id; missing blobs are fetched from the remote in one batch first. Those of more than
   * `largest` bytes are left out without being read. Throws OBJECT_MISSING.
   */
  readBlobs(
    ids: readonly ObjectId[],
    options?: { readonly largest?: number },
  ): Promise<ReadonlyMap<ObjectId, Uint8Array>>;

  /** Commits by id. Throws OBJECT_MISSING. */
  readCommits(ids: readonly CommitId[]): Promise<ReadonlyMap<CommitId, Commit>>;

  /**
   * What tag refs name, by id: annotated tags with their content, `null` for ids that are commits
   * (lightweight tags).
   */
  readTags(ids: readonly ObjectId[]): Promise<ReadonlyMap<ObjectId, TagObject | null>>;

  /** The ancestry among the given commits, as a value that answers without I/O. */
  readAncestry(commits: readonly CommitId[]): Promise<Ancestry>;

  /** Commits and the files each changed, newest first, streamed (`git log --raw -z`). Needs history. */
  readHistory(request: HistoryRequest): AsyncIterable<ChangedCommit>;

  /** Files that differ between the trees of two commits (or trees). */
  diffTrees(
    from: ObjectId,
    to: ObjectId,
    paths?: readonly RepoPath[],
  ): Promise<readonly FileChange[]>;

  /** Files that differ within each pair of trees, in the order asked, by one git process for all. */
  diffTreePairs(pairs: readonly TreePair[]): Promise<readonly (readonly FileChange[])[]>;

  /** Of the given paths, those that `.gitattributes` of that commit give a `filter`. */
  findFiltered(commit: CommitId, paths: readonly RepoPath[]): Promise<ReadonlySet<RepoPath>>;

  /**
   * Writes objects into the store in one stream, in order; nothing is visible outside yet. Gives
   * the ids by mark. Equal drafts give equal ids. Throws SIGNING_CONFIGURED where the user's git
   * would sign, DISK_FULL.
   */
  write(drafts: readonly ObjectDraft[]): Promise<ReadonlyMap<string, ObjectId>>;

  /**
   * One atomic push with the expected old value of each ref. Where the server has no atomic
   * push, the updates are pushed one by one in the order given and stop at the first that fails:
   * callers order them so that each prefix is a state they can go on from.
   * Throws REMOTE_UNREACHABLE, REMOTE_CREDENTIALS where the remote cannot be asked how it ended.
   */
  publish(updates: readonly RefUpdate[]): Promise<PublishOutcome>;

  /** A directory for caches that belong to this repository, or null where there is none to keep. */
  readonly cacheDirectory: string | null;

  /** Ends helper processes and gives up the store's lock. */
  close(): Promise<void>;
}
