import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './environment.js';
import { withConfig } from './environment.js';
import { readConfig, type GitConfig } from './git-config.js';
import type { Mirror } from './mirror.js';
import type { Notice } from './repository.js';
import type { GitPlace } from './runner.js';

/** What every operation of one opened repository shares. */
export interface Session {
  readonly mirror: Mirror;
  readonly url: string;
  /** The remote for messages. */
  readonly name: string;
  readonly objectFormat: 'sha1' | 'sha256';
  /** Whether the user's clone lends its objects: then nothing is ever shallow. */
  readonly borrows: boolean;
  readonly notices: Notice[];
  readonly secrets: readonly string[];
  /** Git in the store, with the credentials: for what talks to the remote. */
  remotePlace(): Promise<GitPlace>;
  /** Git over the objects: for what reads, and never fetches by itself. */
  readonly readerPlace: GitPlace;
  /** Git's configuration in force, read once. */
  config(): Promise<GitConfig>;
  /** Whether commits are missing behind the store's oldest. */
  isShallow(): Promise<boolean>;
}

/** Settings of every git call: no hooks, no watchers, no clean-up in the background, packs instead of loose files. */
export function commonSettings(hooks: string): readonly string[] {
  const settings = {
    'core.hooksPath': hooks,
    'core.fsmonitor': 'false',
    'gc.auto': '0',
    'maintenance.auto': 'false',
    'fastimport.unpackLimit': '1',
    'protocol.version': '2',
    'fetch.writeCommitGraph': 'false',
    // The store is a cache that is made again when it is damaged: no waiting for the disk.
    'core.fsync': 'none',
    'log.showSignature': 'false',
    'log.follow': 'false',
    'log.mailmap': 'false',
  };
  return Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

/** Git in a directory of its own (for drafts and pushes) that uses the store's objects. */
export function overObjects(place: GitPlace, mirror: Mirror, gitDirectory: string): GitPlace {
  return {
    ...place,
    environment: {
      ...place.environment,
      GIT_DIR: gitDirectory,
      GIT_OBJECT_DIRECTORY: mirror.objects,
      GIT_SHALLOW_FILE: join(mirror.store, 'shallow'),
    },
  };
}

export interface SessionRequest extends Pick<
  Session,
  'mirror' | 'url' | 'name' | 'objectFormat' | 'borrows' | 'notices' | 'secrets'
> {
  readonly environment: Environment;
  readonly authentication: readonly (readonly [string, string])[];
  /** Directory whose configuration is the user's for this repository, or null: only the user's own and the system's. */
  readonly configuredIn: string | null;
  readonly knownConfig: GitConfig | null;
  readonly onCommand: GitPlace['onCommand'];
  readonly now: () => number;
}

/** Brings together what the operations of one repository share. */
export function makeSession(request: SessionRequest): Session {
  const { mirror, environment } = request;
  const base: GitPlace = {
    directory: mirror.root,
    environment,
    settings: commonSettings(mirror.hooks),
    onCommand: request.onCommand,
    now: request.now,
  };
  const readerPlace = overObjects(base, mirror, mirror.reader);
  const storePlace = { ...base, environment: { ...environment, GIT_DIR: mirror.store } };
  let config: Promise<GitConfig> | undefined =
    request.knownConfig === null ? undefined : Promise.resolve(request.knownConfig);
  const readOnce = () => {
    const directory = request.configuredIn ?? mirror.reader;
    return (config ??= readConfig({
      ...base,
      environment: { ...environment, GIT_DIR: directory },
    }));
  };
  return {
    ...request,
    readerPlace,
    config: readOnce,
    remotePlace: async () => {
      const lent = request.configuredIn === null ? [] : transportSettings(await readOnce());
      const settings = [...lent, ...request.authentication];
      return { ...storePlace, environment: withConfig(storePlace.environment, settings) };
    },
    isShallow: async () => {
      const shallow = await readFile(join(mirror.store, 'shallow'), 'utf8').catch(() => '');
      return shallow.trim() !== '';
    },
  };
}

/**
 * The settings by which the user's clone reaches its remote, which the mirror does not see by
 * itself: GitHub's checkout action, for one, keeps the job's token as a header in the clone.
 */
function transportSettings(config: GitConfig): readonly (readonly [string, string])[] {
  return config
    .filter((entry) => entry.scope === 'local' || entry.scope === 'worktree')
    .filter((entry) =>
      /^(?:http|https|credential|url|ssh|protocol)\.|^core\.(?:sshcommand|askpass|gitproxy)$/.test(
        entry.key,
      ),
    )
    .map((entry) => [entry.key, entry.value ?? 'true'] as const);
}
