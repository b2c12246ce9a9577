import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { must, run, type Ran } from './run.js';

export type Files = Readonly<Record<string, string | null>>;

/** A workspace with a remote, in a folder of its own. */
export interface Workspace {
  readonly root: string;
  read(file: string): string;
  /** Writes files (null: takes one away), and commits all. */
  commit(message: string, files?: Files): string;
  git(...args: string[]): string;
  nx(...args: string[]): Ran;
  /** What Nx printed as JSON; throws where it failed. */
  nxJson(...args: string[]): unknown;
  lanewise(...args: string[]): Ran;
  close(): void;
}

/** Makes a workspace whose node_modules are a copy of what is installed in a folder. */
export function makeWorkspace(installed: string, files: Files): Workspace {
  const home = mkdtempSync(join(tmpdir(), 'lanewise-nx-workspace-'));
  const root = join(home, 'workspace');
  const git = (...args: string[]): string => must('git', args, root).trim();
  cpSync(installed, root, { recursive: true, verbatimSymlinks: true });
  must('git', ['init', '-q', '--bare', '-b', 'main', join(home, 'remote.git')], home);
  git('init', '-q', '-b', 'main');
  git('remote', 'add', 'origin', join(home, 'remote.git'));
  const nx = (...args: string[]): Ran =>
    run(process.execPath, [join(root, 'node_modules', 'nx', nxProgram(root)), ...args], root);
  const workspace: Workspace = {
    root,
    git,
    nx,
    read: (file) => readFileSync(join(root, file), 'utf8'),
    commit: (message, changed = {}) => {
      write(root, changed);
      git('add', '-A');
      git('commit', '-q', '--allow-empty', '-m', message);
      git('push', '-q', 'origin', 'main');
      return git('rev-parse', 'HEAD');
    },
    nxJson: (...args) => {
      const { exitCode, stdout, output } = nx(...args);
      if (exitCode !== 0) throw new Error(`'nx ${args.join(' ')}' failed:\n${output}`);
      return JSON.parse(stdout);
    },
    lanewise: (...args) =>
      run(
        process.execPath,
        [join(root, 'node_modules', 'lanewise', 'bin', 'lanewise.js'), ...args],
        root,
      ),
    close: () => {
      rmSync(home, { recursive: true, force: true });
    },
  };
  workspace.commit('chore: the workspace', { '.gitignore': ignored, ...files });
  return workspace;
}

const ignored = 'node_modules\n.nx\n';

function nxProgram(root: string): string {
  const manifest = join(root, 'node_modules', 'nx', 'package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { nx: string } };
  return bin.nx;
}

function write(root: string, files: Files): void {
  for (const [file, text] of Object.entries(files)) {
    const path = join(root, file);
    if (text === null) rmSync(path, { force: true });
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }
}
