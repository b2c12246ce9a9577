import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MemoryRemote, Random, Remote, World } from '@lanewise/testing';
import type { CommitId } from '@lanewise/model';
import { readWorkTree, type Tree } from './reference.js';
import { rootFiles } from './render.js';
import { lockKinds, type FileShape, type Shape } from './shape.js';
import { changePackage, randomShape, stepNames, steps, takeStep, type StepName } from './steps.js';

/** One commit of a random history. */
export interface Commit {
  readonly id: CommitId;
  readonly shape: Shape;
}

/** What is certain to happen in a repository, by its number; a kind of lockfile: its packages change. */
const certain = [...stepNames, ...lockKinds, 'revert and land again'] as const;

/** How many repositories have every kind of step once. */
export const everyKind = certain.length;

/**
 * A repository as a random walk makes it: small steps, reverts, and lines that part and merge. Its
 * number chooses one step that is taken last for certain, so that no kind of change falls silent.
 */
export function randomShapes(number: number, random: Random, count: number): readonly Shape[] {
  const last = certain[number % certain.length] ?? 'change a file';
  const kind = lockKinds.find((one) => one === last) ?? null;
  const shapes: Shape[] = [randomShape(random, kind)];
  while (shapes.length < count - 1) {
    // A revert of everything, now and then; else none to three steps on from the last one.
    let next = random.chance(0.15) ? random.pick(shapes) : latest(shapes);
    for (let steps = random.below(4); steps > 0; steps -= 1) next = takeStep(next, random);
    shapes.push(next);
  }
  if (last === 'revert and land again')
    return [...shapes.slice(0, -2), ...landAgain(shapes, random)];
  const before = latest(shapes);
  if (kind === null) return [...shapes, takeCertain(before, steps[last as StepName], random)];
  // The lockfile may have become another on the way.
  const locked = { ...before, lock: { kind, broken: false } };
  return [...shapes.slice(0, -1), locked, takeCertain(locked, changePackage, random)];
}

function latest(shapes: readonly Shape[]): Shape {
  const shape = shapes.at(-1);
  if (shape === undefined) throw new Error('A history begins with a commit.');
  return shape;
}

/** One commit, a change of it, the change taken back, and landed again. */
function landAgain(shapes: readonly Shape[], random: Random): readonly Shape[] {
  const before = shapes.at(-3) ?? latest(shapes);
  const changed = takeCertain(before, takeStep, random);
  return [changed, before, changed];
}

/** A step may find nothing to change, or chance upon what was there. */
function takeCertain(shape: Shape, step: typeof takeStep, random: Random): Shape {
  const text = JSON.stringify(shape, asPlain);
  for (let tries = 0; tries < 12; tries += 1) {
    const next = step(shape, random);
    if (JSON.stringify(next, asPlain) !== text) return next;
  }
  return shape;
}

function asPlain(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value;
}

/** Writes the histories into one repository in one stream, each on a branch with a past of its own. */
export function writeHistories(
  remote: Remote,
  world: World,
  histories: readonly (readonly Shape[])[],
): readonly (readonly Commit[])[] {
  const parts: Buffer[] = [];
  let mark = 0;
  const marks = histories.map((shapes, line) =>
    shapes.map((shape, index) => {
      mark += 1;
      const header = [
        `commit refs/heads/${line === 0 ? 'main' : `line-${line}`}`,
        `mark :${mark}`,
        `committer Dev <dev@example.com> ${1_767_225_600 + index} +0000`,
        'data 1\nx',
        ...(index > 0 ? [`from :${mark - 1}`] : []),
        // Every third commit is a merge with an older one: content decides, whatever the parents.
        ...(index > 2 && index % 3 === 0 ? [`merge :${mark - 3}`] : []),
        'deleteall',
      ];
      parts.push(Buffer.from(`${header.join('\n')}\n`));
      for (const [path, file] of allFiles(shape)) parts.push(writeFile(path, file));
      parts.push(Buffer.from('\n'));
      return mark;
    }),
  );
  const file = join(world.directory, 'marks');
  execFileSync('git', ['-C', remote.path, 'fast-import', '--quiet', `--export-marks=${file}`], {
    input: Buffer.concat(parts),
    env: world.environment,
  });
  const ids = new Map(
    execFileSync('cat', [file], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((text) => text.split(' ') as [string, string]),
  );
  return marks.map((own, line) =>
    own.map((number, index) => ({
      id: ids.get(`:${number}`) as CommitId,
      shape: histories[line]?.[index] as Shape,
    })),
  );
}

/** Writes a commit into a repository in memory, and gives what a work tree of it would hold. */
export function writeInMemory(
  remote: MemoryRemote,
  shape: Shape,
  branch: string,
): { readonly id: CommitId; readonly tree: Tree } {
  const files = allFiles(shape);
  const id = remote.commit(
    Object.fromEntries([...files].map(([path, file]) => [asText(path), file])),
    'x',
    { branch, parents: [] },
  );
  const tree = [...files].map(([path, { mode, content }]) => {
    if (mode === '160000') return [path, `submodule ${content}`] as const;
    if (mode === '120000') return [path, `link ${content}`] as const;
    const digest = createHash('sha256').update(content).digest('hex');
    return [path, `${mode === '100755' ? 'executable' : 'plain'} ${digest}`] as const;
  });
  return { id, tree: new Map(tree) };
}

/** Names in memory are texts: bytes that are none stand as letters of their own. */
function asText(path: string): string {
  const parts = path.split('/').map((part) => {
    const text = Buffer.from(part, 'latin1').toString();
    return text.includes('\ufffd') ? part : text;
  });
  return parts.join('/');
}

function allFiles(shape: Shape): ReadonlyMap<string, FileShape> {
  const files = new Map(shape.files);
  for (const [path, content] of rootFiles(shape)) files.set(path, { mode: '100644', content });
  return files;
}

function writeFile(path: string, { mode, content }: FileShape): Buffer {
  const quoted = [...Buffer.from(path, 'latin1')]
    .map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
    .join('');
  if (mode === '160000') return Buffer.from(`M 160000 ${content} "${quoted}"\n`);
  const data = Buffer.from(content);
  return Buffer.concat([
    Buffer.from(`M ${mode} inline "${quoted}"\ndata ${data.length}\n`),
    data,
    Buffer.from('\n'),
  ]);
}

/**
 * Checks commits out side by side, each whole in a folder of its own, and reads every file: one
 * work tree whose tree is made of theirs, because starting git is what costs.
 */
export function checkOut(
  remote: Remote,
  world: World,
  commits: readonly CommitId[],
): readonly Tree[] {
  const folder = join(world.directory, 'trees');
  mkdirSync(folder, { recursive: true });
  const environment = { ...world.environment, GIT_INDEX_FILE: join(world.directory, 'index') };
  const git = (args: readonly string[], input = ''): Buffer =>
    execFileSync(
      'git',
      ['-c', 'core.bare=false', `--git-dir=${remote.path}`, `--work-tree=${folder}`, ...args],
      { env: environment, cwd: folder, input, maxBuffer: 1 << 30 },
    );
  const ids = git(['rev-parse', ...commits.map((id) => `${id}^{tree}`)])
    .toString()
    .trim();
  const lines = ids.split('\n').map((id, index) => `040000 tree ${id}\t${index}\n`);
  git(['read-tree', git(['mktree'], lines.join('')).toString().trim()]);
  git(['checkout-index', '--all', '--force']);
  const listed = git(['ls-files', '--stage', '-z']).toString('latin1').split('\0');
  const submodules = commits.map(() => new Map<string, string>());
  for (const line of listed) {
    const [, id = '', index, path = ''] = /^160000 ([0-9a-f]+) 0\t(\d+)\/(.*)$/s.exec(line) ?? [];
    submodules[Number(index ?? -1)]?.set(path, id);
  }
  return submodules.map((own, index) => readWorkTree(join(folder, String(index)), own));
}
