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
  commit(message: string, files?: Files): Promise<string>;
  git(...args: string[]): Promise<string>;
  nx(...args: string[]): Promise<Ran>;
  /** What Nx printed as JSON; throws where it failed. */
  nxJson(...args: string[]): Promise<unknown>;
  lanewise(...args: string[]): Promise<Ran>;
  close(): void;
}

/** Makes a workspace whose node_modules are a copy of what is installed in a folder. */
export async function makeWorkspace(installed: string, files: Files): Promise<Workspace> {
  const home = mkdtempSync(join(tmpdir(), 'lanewise-nx-workspace-'));
  const root = join(home, 'workspace');
  const git = async (...args: string[]): Promise<string> => (await must('git', args, root)).trim();
  cpSync(installed, root, { recursive: true, verbatimSymlinks: true });
  await must('git', ['init', '-q', '--bare', '-b', 'main', join(home, 'remote.git')], home);
  await git('init', '-q', '-b', 'main');
  await git('remote', 'add', 'origin', join(home, 'remote.git'));
  const nx = (...args: string[]): Promise<Ran> =>
    run(process.execPath, [join(root, 'node_modules', 'nx', nxProgram(root)), ...args], root);
  const workspace: Workspace = {
    root,
    git,
    nx,
    read: (file) => readFileSync(join(root, file), 'utf8'),
    commit: async (message, changed = {}) => {
      write(root, changed);
      await git('add', '-A');
      await git('commit', '-q', '--allow-empty', '-m', message);
      await git('push', '-q', 'origin', 'main');
      return git('rev-parse', 'HEAD');
    },
    nxJson: async (...args) => {
      const { exitCode, stdout, output } = await nx(...args);
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
  await workspace.commit('chore: the workspace', { '.gitignore': ignored, ...files });
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
