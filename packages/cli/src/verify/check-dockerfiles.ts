import type { ProductInputs } from '@lanewise/graph';
import type { CommitId, RepoPath } from '@lanewise/model';
import type { Repository } from '@lanewise/git';
import { matchDocker, readDockerignore } from './docker-context.js';
import type { Finding } from './finding.js';
import { readDockerfile, type CopySource } from './read-dockerfile.js';

/** Whether a file is an input of a product. */
export type InputTest = (inputs: ProductInputs, path: RepoPath) => boolean;

/**
 * What the Dockerfiles of products copy that is no input of theirs: a change of such a file makes no
 * release. The context is the workspace's root or the product's own folder, whichever holds more of
 * what is copied.
 */
export async function checkDockerfiles(
  repository: Pick<Repository, 'listFiles' | 'readBlobs'>,
  head: CommitId,
  inputs: readonly ProductInputs[],
  isInput: InputTest,
): Promise<readonly Finding[]> {
  const files = await repository.listFiles(head);
  const byPath = new Map(files.map((file) => [file.path as string, file]));
  const found = inputs.flatMap((one) => {
    const root = one.members[0]?.project.root ?? '';
    const file = ['Dockerfile', 'Containerfile']
      .map((name) => byPath.get(below(root, name)))
      .find((entry) => entry?.type === 'blob');
    return file === undefined ? [] : [{ one, root, file }];
  });
  if (found.length === 0) return [];
  const ignores = found.flatMap(({ root, file }) =>
    ignoreFiles(root, file.path).flatMap((path) => byPath.get(path) ?? []),
  );
  const blobs = await repository.readBlobs([
    ...new Set([...found.map(({ file }) => file.id), ...ignores.map(({ id }) => id)]),
  ]);
  const textOf = (path: string): string | null => {
    const bytes = blobs.get(byPath.get(path)?.id ?? ('' as never));
    return bytes === undefined ? null : new TextDecoder().decode(bytes);
  };
  const paths = files.map(({ path }) => path);
  return found.flatMap(({ one, root, file }) => {
    const sources = readDockerfile(textOf(file.path) ?? '');
    const context = chooseContext(sources, root, paths);
    const ignored = readDockerignore(
      textOf(`${file.path}.dockerignore`) ?? textOf(below(context, '.dockerignore')) ?? '',
    );
    const inContext = paths.filter((path) => isBelow(path, context));
    return sources.flatMap((source) => {
      if (source.path === null) return [unknown(one, file.path, source)];
      const test = matchDocker(source.path);
      const copied = inContext.filter((path) => {
        const inside = context === '' ? path : path.slice(context.length + 1);
        return test(inside) && !ignored(inside);
      });
      const missing = copied.filter((path) => !isInput(one, path));
      return missing.length === 0 ? [] : [incomplete(one, file.path, source, missing)];
    });
  });
}

function ignoreFiles(root: string, dockerfile: string): readonly string[] {
  return [`${dockerfile}.dockerignore`, '.dockerignore', below(root, '.dockerignore')];
}

/** Where most of what is copied exists; in doubt the product's own folder, as `docker build .` there. */
function chooseContext(
  sources: readonly CopySource[],
  root: string,
  paths: readonly string[],
): string {
  const there = (context: string): number =>
    sources.filter(({ path }) => {
      if (path === null || path === '') return false;
      const test = matchDocker(below(context, path));
      return paths.some((one) => test(one));
    }).length;
  return there('') > there(root) ? '' : root;
}

function incomplete(
  { product }: ProductInputs,
  file: string,
  { written, line }: CopySource,
  missing: readonly string[],
): Finding {
  const [first = ''] = missing;
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  return {
    severity: 'note',
    code: 'copied-no-input',
    message: `The image of ${product.name} copies ${written}, of which ${show(first)}${more} ${missing.length > 1 ? 'are' : 'is'} no input of ${product.name}: a change there makes no release.`,
    hint: `Where it matters, add it: products.each.${product.name}.inputs, or dependsOn for a project.`,
    place: { file, line },
  };
}

function unknown({ product }: ProductInputs, file: string, { written, line }: CopySource): Finding {
  return {
    severity: 'note',
    code: 'copied-unknown',
    message: `The image of ${product.name} copies ${written}, and what that is cannot be told from the Dockerfile.`,
    hint: 'A variable without a value there: give it a default with ARG to have it checked.',
    place: { file, line },
  };
}

function show(path: string): string {
  return /[\p{Cc}\s]/u.test(path) ? JSON.stringify(path) : path;
}

function below(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`;
}

function isBelow(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}
