import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MemoryRemote, Remote, World } from '@lanewise/testing';
import type { CommitId } from '@lanewise/model';
import type { Random } from './random.js';
import { readWorkTree, type Tree } from './reference.js';
import { rootFiles } from './render.js';
import { mutate, randomShape, type FileShape, type Shape } from './shape.js';

/** One commit of a random history. */
export interface Commit {
  readonly id: CommitId;
  readonly shape: Shape;
}

/** A repository as a random walk makes it: small steps, reverts, and lines that part and merge. */
export function randomShapes(random: Random, count: number): readonly Shape[] {
  const shapes: Shape[] = [randomShape(random)];
  while (shapes.length < count) {
    // A revert of everything, now and then; else one to four steps on from the last one.
    let next = random.chance(0.15) ? random.pick(shapes) : (shapes.at(-1) ?? random.pick(shapes));
    for (let steps = random.below(4); steps > 0; steps -= 1) next = mutate(next, random);
    shapes.push(next);
  }
  return shapes;
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

/** Checks a commit out into a work tree of its own and reads it. */
export function checkOut(remote: Remote, world: World, commit: CommitId): Tree {
  const folder = join(world.directory, 'trees', commit);
  mkdirSync(folder, { recursive: true });
  const environment = {
    ...world.environment,
    GIT_INDEX_FILE: join(world.directory, 'trees', `${commit}.index`),
  };
  const git = (...args: string[]): Buffer =>
    execFileSync('git', [`--git-dir=${remote.path}`, `--work-tree=${folder}`, ...args], {
      env: environment,
      cwd: folder,
    });
  git('-c', 'core.bare=false', 'read-tree', commit);
  git('-c', 'core.bare=false', 'checkout-index', '--all', '--force');
  const listed = git('-c', 'core.bare=false', 'ls-files', '--stage', '-z')
    .toString('latin1')
    .split('\0');
  const submodules = listed.flatMap((line) => {
    const [, id, path] = /^160000 ([0-9a-f]+) 0\t(.*)$/s.exec(line) ?? [];
    return id === undefined || path === undefined ? [] : [[path, id] as const];
  });
  return readWorkTree(folder, new Map(submodules));
}
