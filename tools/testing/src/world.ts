import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openRepository, type Repository, type RepositoryOptions } from '@lanewise/git';
import type { CommitId, ObjectId } from '@lanewise/model';

/** 2026-01-01T00:00:00Z: where the clock of a test world begins, in seconds. */
export const worldBegins = 1_767_225_600;

/** Files to write: text or bytes by path; null deletes. `mode` of all is 100644 unless a pair says otherwise. */
export type Files = Readonly<
  Record<
    string,
    | string
    | Uint8Array
    | null
    | { readonly content: string; readonly mode: '100644' | '100755' | '120000' | '160000' }
  >
>;

export interface CommitOptions {
  /** Branch name, default `main`; it is made where it is not there. */
  readonly branch?: string;
  /** Seconds since 1970; default one minute after the last commit of this world. */
  readonly at?: number;
  /** Parents, default the branch's tip. */
  readonly parents?: readonly string[];
}

/** A bare repository that plays the remote. All its functions run git and wait for it. */
export interface Remote {
  /** Its path on disk. */
  readonly path: string;
  /** The same as `file://`. */
  readonly url: string;
  /** Writes files on top of a branch and gives the new commit's id. */
  commit(files: Files, message?: string, options?: CommitOptions): CommitId;
  /** Makes a tag: annotated where there is a message. Gives the id that the ref names. */
  tag(name: string, target: string, message?: string): ObjectId;
  /** All refs with what they name. */
  refs(): ReadonlyMap<string, ObjectId>;
  /** Sets or, by null, deletes a ref, without regard to what it was. */
  setRef(ref: string, id: string | null): void;
  /** Contents of all files at a revision, by path. */
  files(revision?: string): Readonly<Record<string, string>>;
  read(path: string, revision?: string): string;
  /** Messages from the revision back, newest first. */
  log(revision?: string): readonly string[];
  /** Sets a configuration key of the remote. */
  config(key: string, value: string): void;
  /** Installs a hook: the text of a shell script that the server runs. */
  hook(name: 'pre-receive' | 'update' | 'post-receive', script: string): void;
  git(...args: string[]): string;
}

/** A clone with a work tree, as a developer or a CI job has it. */
export interface Clone {
  readonly root: string;
  /** Writes files into the work tree only. */
  write(files: Readonly<Record<string, string | null>>): void;
  git(...args: string[]): string;
}

/** A folder of its own with remotes and clones, shut off from the configuration of whoever runs the test. */
export interface World {
  readonly directory: string;
  /** Environment for git and for `openRepository`: no user's or system's configuration, one identity, one zone. */
  readonly environment: Readonly<Record<string, string>>;
  readonly cacheDirectory: string;
  makeRemote(name?: string, options?: { readonly objectFormat?: 'sha1' | 'sha256' }): Remote;
  clone(
    remote: Remote | string,
    options?: { readonly name?: string; readonly args?: readonly string[] },
  ): Clone;
  /** Opens a repository of this world; it is closed on dispose. */
  open(url: string | Remote, options?: Partial<RepositoryOptions>): Promise<Repository>;
  git(directory: string, ...args: string[]): string;
  /** The time of the next commit in seconds; `advance` moves it. */
  readonly now: number;
  advance(seconds: number): void;
  dispose(): Promise<void>;
}

/** Makes a world in a new temporary folder. `await world.dispose()` removes it, with all that was opened. */
export function makeWorld(): World {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'lanewise-test-')));
  const environment = isolatedEnvironment(directory);
  mkdirSync(join(directory, 'home'));
  const opened: Repository[] = [];
  let now = worldBegins;
  let made = 0;
  const git = (where: string, ...args: string[]) => runGit(where, environment, args);
  const world: World = {
    directory,
    environment,
    cacheDirectory: join(directory, 'cache'),
    get now() {
      return now;
    },
    advance: (seconds) => {
      now += seconds;
    },
    git,
    makeRemote: (name = 'remote', options = {}) => {
      const path = join(directory, `${name}.git`);
      git(
        directory,
        'init',
        '-q',
        '--bare',
        '-b',
        'main',
        `--object-format=${options.objectFormat ?? 'sha1'}`,
        path,
      );
      appendFileSync(join(path, 'config'), remoteSettings);
      return makeRemote(path, environment, () => (now += 60));
    },
    clone: (remote, options = {}) => {
      made += 1;
      const root = join(directory, options.name ?? `clone-${made}`);
      const url = typeof remote === 'string' ? remote : remote.url;
      git(directory, 'clone', '-q', ...(options.args ?? []), url, root);
      return makeClone(root, environment);
    },
    open: async (url, options = {}) => {
      const repository = await openRepository({
        url: typeof url === 'string' ? url : url.url,
        cacheDirectory: join(directory, 'cache'),
        temporaryDirectory: directory,
        environment,
        ...options,
      });
      opened.push(repository);
      return repository;
    },
    dispose: async () => {
      await Promise.all(opened.map((repository) => repository.close().catch(() => undefined)));
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return world;
}

/** As a forge has it. Written at once: a process for each setting of each remote adds up. */
const remoteSettings = `[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
[gc]
\tauto = 0
[receive]
\tautogc = false
[core]
\tfsync = none
`;

/** The environment of tests: only what git needs of the caller's, and nobody's configuration. */
export function isolatedEnvironment(home: string): Readonly<Record<string, string>> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: join(home, 'home'),
    TMPDIR: home,
    TZ: 'UTC',
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Dev',
    GIT_AUTHOR_EMAIL: 'dev@example.com',
    GIT_COMMITTER_NAME: 'Dev',
    GIT_COMMITTER_EMAIL: 'dev@example.com',
    GIT_AUTHOR_DATE: `${worldBegins} +0000`,
    GIT_COMMITTER_DATE: `${worldBegins} +0000`,
    GIT_TERMINAL_PROMPT: '0',
    // No samples of hooks in every repository: they are most of its files.
    GIT_TEMPLATE_DIR: '',
  };
}

function makeRemote(
  path: string,
  environment: Readonly<Record<string, string>>,
  tick: () => number,
): Remote {
  const git = (...args: string[]) => runGit(path, environment, args);
  const remote: Remote = {
    path,
    url: `file://${path}`,
    git,
    commit: (files, message = 'change', options = {}) => {
      const branch = `refs/heads/${options.branch ?? 'main'}`;
      const parents =
        options.parents ??
        [tryGit(path, environment, ['rev-parse', '--verify', '-q', `${branch}^{commit}`])].filter(
          (id) => id !== '',
        );
      const stream = importStream(branch, files, message, options.at ?? tick(), parents);
      return runGit(
        path,
        environment,
        ['fast-import', '--quiet', '--force', '--date-format=raw'],
        stream,
      ).trim() as CommitId;
    },
    tag: (name, target, message) => {
      git('tag', '-f', ...(message === undefined ? [] : ['-a', '-m', message]), name, target);
      return git('rev-parse', `refs/tags/${name}`).trim() as ObjectId;
    },
    refs: () => {
      const lines = git('for-each-ref', '--format=%(objectname) %(refname)')
        .split('\n')
        .filter(Boolean);
      return new Map(
        lines.map((line) => [
          line.slice(line.indexOf(' ') + 1),
          line.slice(0, line.indexOf(' ')) as ObjectId,
        ]),
      );
    },
    setRef: (ref, id) =>
      void (id === null ? git('update-ref', '-d', ref) : git('update-ref', ref, id)),
    files: (revision = 'main') => {
      const paths = git('ls-tree', '-r', '-z', '--name-only', revision).split('\0').filter(Boolean);
      return Object.fromEntries(paths.map((file) => [file, remote.read(file, revision)]));
    },
    read: (file, revision = 'main') => git('cat-file', '-p', `${revision}:${file}`),
    log: (revision = 'main') =>
      git('log', '-z', '--format=%B', revision).split('\0').filter(Boolean),
    config: (key, value) => void git('config', key, value),
    hook: (name, script) => {
      mkdirSync(join(path, 'hooks'), { recursive: true });
      writeFileSync(join(path, 'hooks', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    },
  };
  return remote;
}

function makeClone(root: string, environment: Readonly<Record<string, string>>): Clone {
  return {
    root,
    git: (...args) => runGit(root, environment, args),
    write: (files) => {
      for (const [path, content] of Object.entries(files)) {
        const file = join(root, path);
        if (content === null) rmSync(file, { recursive: true });
        else {
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, content);
        }
      }
    },
  };
}

/** A commit for fast-import: one process for any number of files. */
function importStream(
  branch: string,
  files: Files,
  message: string,
  at: number,
  parents: readonly string[],
): Buffer {
  const person = `Dev <dev@example.com> ${at} +0000`;
  const parts: (string | Uint8Array)[] = [];
  const data = (content: string | Uint8Array) => {
    const bytes = Buffer.from(content);
    parts.push(`data ${bytes.length}\n`, bytes, '\n');
  };
  if (parents.length === 0) parts.push(`reset ${branch}\n\n`);
  parts.push(`commit ${branch}\nmark :1\nauthor ${person}\ncommitter ${person}\n`);
  data(message);
  parents.forEach((parent, index) => parts.push(`${index === 0 ? 'from' : 'merge'} ${parent}\n`));
  for (const [path, file] of Object.entries(files)) {
    const quoted = `"${path.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
    if (file === null) parts.push(`D ${quoted}\n`);
    else if (typeof file === 'object' && 'mode' in file && file.mode === '160000')
      parts.push(`M 160000 ${file.content} ${quoted}\n`);
    else {
      const described =
        typeof file === 'string' || file instanceof Uint8Array
          ? { content: file, mode: '100644' }
          : file;
      parts.push(`M ${described.mode} inline ${quoted}\n`);
      data(described.content);
    }
  }
  parts.push('\nget-mark :1\n');
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

function runGit(
  directory: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
  input?: Buffer,
): string {
  return execFileSync('git', args, {
    cwd: directory,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(input && { input }),
  });
}

function tryGit(
  directory: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): string {
  try {
    return runGit(directory, environment, args).trim();
  } catch {
    return '';
  }
}
