import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { LanewiseError, show, type CommitId, type ObjectId } from '@lanewise/model';
import type { Environment } from './environment.js';
import { classifyFailure, lastWords } from './failure.js';
import { findRange, type CommitRange } from './find-range.js';
import { configFlag, configValue, readConfig, type GitConfig } from './git-config.js';
import { resolveIdentity } from './identity.js';
import {
  matchWorkTree,
  readIndexed,
  type IndexedFiles,
  type WorkTreeMatch,
} from './match-work-tree.js';
import { parseRemoteAddress } from './remote-url.js';
import type { Identity } from './repository.js';
import { runGit, type GitPlace } from './runner.js';
import {
  checkoutPlace,
  readStatus,
  type PlaceOptions,
  type WorkTreeStatus,
} from './work-tree-status.js';

/** The user's clone, which is read and never written. */
export interface Checkout {
  /** Top of the work tree. */
  readonly root: string;
  readonly gitDir: string;
  readonly objectDirectory: string;
  /** null in a repository without commits. */
  readonly head: CommitId | null;
  /** The branch that is checked out; null where HEAD is detached. */
  readonly branch: string | null;
  /** The branch's remote, else `origin`, else the only one; null where there is none. */
  readonly remote: { readonly name: string; readonly url: string } | null;
  readonly shallow: boolean;
  readonly partial: boolean;
  readonly objectFormat: 'sha1' | 'sha256';
  /** Git's configuration in force there. */
  readonly config: GitConfig;
  /** HEAD's tree; null in a repository without commits. */
  readonly tree: ObjectId | null;
  /** Read once, and given again to whoever asks later; `again` looks anew. */
  readStatus(again?: 'again'): Promise<WorkTreeStatus>;
  /** Tells whether the work tree holds exactly HEAD's tree; `again` looks anew. */
  matchTree(again?: 'again'): Promise<WorkTreeMatch>;
  /** The part of it that takes no look at the files; read once. */
  readIndexed(): Promise<IndexedFiles>;
  /** Files with ignore rules that are no part of the tree: the clone's, and the user's own. */
  readonly ignoreFiles: readonly string[];
  /** The commits between which something changed, from revisions as a person types them. Throws REF_UNKNOWN. */
  findRange(base: string, head: string): Promise<CommitRange>;
  /** Who writes, by git's configuration here, the CI, or a neutral name. */
  readonly identity: Identity;
}

export interface CheckoutOptions extends PlaceOptions {
  /** The status of its work tree, where it was begun already. */
  readonly status?: Promise<WorkTreeStatus> | undefined;
}

/** Describes the clone that a directory lies in. Throws NOT_A_REPOSITORY. */
export async function openCheckout(directory: string, options: CheckoutOptions): Promise<Checkout> {
  const place = checkoutPlace(directory, options);
  const [position, config] = await Promise.all([readPosition(place), readConfigThere(place)]);
  const inside = { ...place, directory: position.root };
  const excludesFile = userExcludes(config, options.environment);
  let { status } = options;
  const statusNow = (again?: 'again'): Promise<WorkTreeStatus> => {
    if (again !== undefined || status === undefined) status = readStatus(inside);
    return status;
  };
  let match: Promise<WorkTreeMatch> | undefined;
  let indexed: Promise<IndexedFiles> | undefined;
  const indexedNow = (again?: 'again'): Promise<IndexedFiles> => {
    if (again !== undefined || indexed === undefined)
      indexed = readIndexed({ place: inside, excludesFile, excludeFile: position.excludeFile });
    return indexed;
  };
  const { excludeFile, ...there } = position;
  return {
    ...there,
    remote: chooseRemote(config, position.branch, position.root),
    partial:
      configValue(config, 'extensions.partialclone') !== undefined ||
      config.some(({ key }) => /^remote\..*\.promisor$/.test(key) && configFlag(config, key)),
    objectFormat: configValue(config, 'extensions.objectformat') === 'sha256' ? 'sha256' : 'sha1',
    config,
    identity: resolveIdentity(options.environment, config),
    readStatus: statusNow,
    readIndexed: indexedNow,
    matchTree: (again) => {
      if (again !== undefined || match === undefined) {
        const parts = { status: statusNow(again), indexed: indexedNow(again) };
        match = matchWorkTree(inside, parts);
      }
      return match;
    },
    ignoreFiles: [excludeFile, ...(excludesFile === null ? [] : [excludesFile])],
    findRange: (base, head) => findRange({ ...place, directory: position.root }, base, head),
  };
}

/** The file of ignore rules that holds for all of the user's repositories, by git's own order (gitignore(5)). */
function userExcludes(config: GitConfig, environment: Environment): string | null {
  const home = environment['HOME'] ?? homedir();
  const named = configValue(config, 'core.excludesfile');
  if (named === '') return null;
  if (named !== undefined) return named.startsWith('~/') ? join(home, named.slice(2)) : named;
  const xdg = environment['XDG_CONFIG_HOME'];
  const folder = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.config');
  return join(folder, 'git', 'ignore');
}

/** Where the clone lies, and where its HEAD stands: one process, except in a repository without commits. */
async function readPosition(place: GitPlace) {
  const args = [
    'rev-parse',
    '--path-format=absolute',
    '--show-toplevel',
    '--absolute-git-dir',
    '--git-path',
    'objects',
    '--git-path',
    'info/exclude',
    '--is-shallow-repository',
    'HEAD',
    'HEAD^{tree}',
    '--symbolic-full-name',
    'HEAD',
  ];
  const result = await runGit(place, args).catch((cause: unknown) => {
    throw notARepository(place, String(cause));
  });
  const [root, gitDir, objectDirectory, excludeFile, shallow, id = '', tree = '', ref = ''] =
    result.stdout.toString().split('\n');
  if (root === undefined || gitDir === undefined || excludeFile === undefined)
    throw notARepository(place, result.stderr);
  const head = /^[0-9a-f]{40,64}$/.test(id) ? (id as ObjectId as CommitId) : null;
  const full = head === null ? await readUnbornHead(place) : ref;
  return {
    root,
    gitDir,
    objectDirectory: objectDirectory ?? '',
    excludeFile,
    shallow: shallow === 'true',
    head,
    tree: head === null ? null : (tree as ObjectId),
    branch: full.startsWith('refs/heads/') ? full.slice('refs/heads/'.length) : null,
  };
}

/** The branch that a first commit would make; '' where HEAD says nothing that git can read. */
async function readUnbornHead(place: GitPlace): Promise<string> {
  const result = await runGit(place, ['symbolic-ref', '--quiet', 'HEAD']);
  return result.code === 0 ? result.stdout.toString().trim() : '';
}

function notARepository(place: GitPlace, stderr: string): LanewiseError {
  const known = /not a git repository|ENOENT/.test(stderr);
  const words = known ? '' : ` (${lastWords(stderr)})`;
  const dubious = classifyFailure(stderr) === 'unreachable' && /dubious/.test(stderr);
  return new LanewiseError(
    'NOT_A_REPOSITORY',
    `${show(place.directory)} is in no git work tree${words}.`,
    {
      hint: dubious
        ? `The folder belongs to another user. If that is right: git config --global --add safe.directory ${place.directory}`
        : "Run the command in a clone, or name one with '-C DIR'.",
    },
  );
}

/** Outside a repository the paths' error is the one to show. */
function readConfigThere(place: GitPlace): Promise<GitConfig> {
  return readConfig(place).catch(() => []);
}

function chooseRemote(config: GitConfig, branch: string | null, root: string): Checkout['remote'] {
  const urls = new Map<string, string>();
  for (const { key, value } of config) {
    const name = /^remote\.(.+)\.url$/.exec(key)?.[1];
    if (name !== undefined && value !== null && value !== '' && !urls.has(name))
      urls.set(name, value);
  }
  const tracked = branch === null ? undefined : configValue(config, `branch.${branch}.remote`);
  const only = urls.size === 1 ? [...urls.keys()][0] : undefined;
  const name = [tracked, 'origin', only].find(
    (candidate) => candidate !== undefined && urls.has(candidate),
  );
  const url = name === undefined ? undefined : urls.get(name);
  if (name === undefined || url === undefined) return null;
  const isHttp = /^https?:/i.test(url);
  return { name, url: isHttp ? url : parseRemoteAddress(url, root).url };
}
