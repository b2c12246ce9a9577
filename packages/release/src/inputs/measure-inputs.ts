import {
  canReadLockfile,
  readLockfile,
  resolveProductPackages,
  type ProductInputs,
} from '@lanewise/graph';
import { isLanewiseError, type RepoPath } from '@lanewise/model';
import type { ReleaseSources } from '../state.js';
import { makeInputRules } from './input-rules.js';

/** How much a product's inputs are at one commit: what makes "nothing changed" convincing. */
export interface InputsMeasure {
  /** Files that count, of its projects and of the globals. */
  readonly files: number;
  /** External packages behind it; null: there is no lockfile that can be read. */
  readonly packages: number | null;
}

/** Counts the inputs of a product at HEAD. One listing of the tree, and the lockfile. */
export async function measureInputs(
  { repository, head, graph, config, pins }: ReleaseSources,
  inputs: ProductInputs,
): Promise<InputsMeasure> {
  const special = [graph.lockfile, graph.kind === 'nx' ? ('nx.json' as RepoPath) : null];
  const rules = makeInputRules(
    graph,
    config,
    new Set(pins.map(({ file }) => file)),
    new Set(special.filter((file) => file !== null)),
  );
  const members = new Map(inputs.members.map(({ project }) => [project.name, project]));
  const globals = rules.globals(inputs);
  let files = 0;
  for (const { path } of await repository.listFiles(head)) {
    const counts = rules.owners(path).some(({ name }) => {
      const member = members.get(name);
      return member !== undefined && rules.counts(member, path);
    });
    if (counts || (globals.patterns.length > 0 && globals.test(path))) files += 1;
  }
  return { files, packages: await countPackages(repository, head, graph, inputs) };
}

async function countPackages(
  repository: ReleaseSources['repository'],
  head: ReleaseSources['head'],
  { lockfile, packagesKnown }: ReleaseSources['graph'],
  inputs: ProductInputs,
): Promise<number | null> {
  if (lockfile === null || !canReadLockfile(lockfile)) return null;
  const [entry] = await repository.readEntries([{ commit: head, path: lockfile }]);
  if (entry?.type !== 'blob') return null;
  const bytes = (await repository.readBlobs([entry.id])).get(entry.id);
  try {
    const read = readLockfile(new TextDecoder().decode(bytes), lockfile);
    return resolveProductPackages(read, inputs, packagesKnown).packages.size;
  } catch (error) {
    if (isLanewiseError(error)) return null;
    throw error;
  }
}
