import { addProject, type Model, type ModelProject } from './model.js';
import type { Random } from '@lanewise/testing';

type Change = (model: Model, random: Random, count: number) => Model;

/** What may happen to a workspace between two commits. */
const changes: Readonly<Record<string, Change>> = {
  'edit a source': (model, random, count) => editFile(model, random, 'src/main.txt', `${count}\n`),
  'edit a test': (model, random, count) => editFile(model, random, 'test/main.txt', `${count}\n`),
  'put it back': (model, random) => editFile(model, random, 'src/main.txt', 'main\n'),
  'add a file': (model, random, count) => editFile(model, random, `src/new ${count}.md`, 'new\n'),
  'take a file away': (model, random) => editFile(model, random, 'naïve name.md', null),
  'edit what nobody owns': (model, _, count) => ({ ...model, readme: `${count}\n` }),
  'edit what all share': (model, _, count) => ({ ...model, shared: `${count}\n` }),
  'edit what decides nothing in nx.json': (model) => ({ ...model, parallel: model.parallel + 1 }),
  'raise a package': (model, random, count) => {
    const name = random.pick(Object.keys(model.packages));
    return { ...model, packages: { ...model.packages, [name]: `1.${count}.0` } };
  },
  'add an edge': addEdge,
  'take an edge away': (model, random) => {
    const project = pick(model, random);
    const [first, ...rest] = project.needs;
    return first === undefined ? model : replace(model, { ...project, needs: new Set(rest) });
  },
  'move a file': moveFile,
  'add a project': (model, random, count) => {
    const projects = new Map(model.projects);
    addProject(projects, 100 + count * 10 + projects.size, random);
    return { ...model, projects };
  },
  'take a project away': takeProject,
};

/** The model after one to three changes, and what they were. */
export function changeModel(
  model: Model,
  random: Random,
  count: number,
): { readonly model: Model; readonly what: readonly string[] } {
  const what = Array.from({ length: 1 + random.below(3) }, () => random.pick(Object.keys(changes)));
  const changed = what.reduce((old, name) => changes[name]?.(old, random, count) ?? old, model);
  return { model: changed, what };
}

function pick(model: Model, random: Random): ModelProject {
  return random.pick([...model.projects.values()]);
}

function replace(model: Model, project: ModelProject): Model {
  return { ...model, projects: new Map(model.projects).set(project.name, project) };
}

function editFile(model: Model, random: Random, file: string, text: string | null): Model {
  const project = pick(model, random);
  const { [file]: _, ...others } = project.files;
  return replace(model, {
    ...project,
    files: text === null ? others : { ...others, [file]: text },
  });
}

/** Only to projects that were made before: there are never cycles. */
function addEdge(model: Model, random: Random): Model {
  const project = pick(model, random);
  const names = [...model.projects.keys()];
  const before = names.slice(0, names.indexOf(project.name));
  if (before.length === 0) return model;
  return replace(model, { ...project, needs: new Set([...project.needs, random.pick(before)]) });
}

function moveFile(model: Model, random: Random, count: number): Model {
  const from = pick(model, random);
  const to = pick(model, random);
  const { 'test/main.txt': moved, ...rest } = from.files;
  if (moved === undefined || from.name === to.name) return model;
  const without = replace(model, { ...from, files: rest });
  return replace(without, { ...to, files: { ...to.files, [`src/moved ${count}.txt`]: moved } });
}

/** With it go the edges that lead to it. */
function takeProject(model: Model, random: Random): Model {
  if (model.projects.size < 4) return model;
  const gone = pick(model, random);
  const left = [...model.projects.values()].filter((project) => project !== gone);
  const without = left.map((project) => {
    const needs = new Set([...project.needs].filter((name) => name !== gone.name));
    return [project.name, { ...project, needs }] as const;
  });
  return { ...model, projects: new Map(without) };
}
