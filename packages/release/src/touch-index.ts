import { ownProjects, type Project } from '@lanewise/graph';
import type { ProjectName, RepoPath } from '@lanewise/model';
import type { GlobalRule, InputRules } from './inputs/input-rules.js';
import type { TouchQuestion } from './touching.js';

/** How a commit touched one product. */
export interface Touch {
  /** Whether it touched the product itself, and not only what it is built from. */
  own: boolean;
  /** Numbers of the product's members that it touched. */
  readonly members: number[];
}

/**
 * From what a commit touched to the products that it concerns, so that a commit costs what it
 * touched, however many products there are. A member is a project with the filter that a product
 * has for it: one project may count in several ways.
 */
export interface TouchIndex {
  /** Adds the numbers of the members for which a file counts. */
  addMembers(path: RepoPath, into: Set<number>): void;
  /** The name of a member's project. */
  project(this: void, member: number): ProjectName;
  /** Whether any project counts in several ways. */
  readonly isCountedTwice: boolean;
  /** What is touched of whom, by the number of the question. */
  touched(
    members: readonly number[],
    paths: readonly RepoPath[],
  ): ReadonlyMap<number, Readonly<Touch>>;
}

interface Member {
  readonly project: Project;
  readonly number: number;
  /** Numbers of the questions whose products have it, and those whose own project it is. */
  readonly questions: number[];
  readonly own: Set<number>;
}

/** Makes the index of the products that are asked for. */
export function makeTouchIndex(questions: readonly TouchQuestion[], rules: InputRules): TouchIndex {
  const members = indexMembers(questions);
  const all = [...members.values()].flat().sort((a, b) => a.number - b.number);
  const globals = indexGlobals(questions);
  const special = indexSpecial(questions);
  return {
    addMembers(path, into) {
      for (const { name } of rules.owners(path)) {
        for (const { project, number } of members.get(name) ?? []) {
          if (!into.has(number) && rules.counts(project, path)) into.add(number);
        }
      }
    },
    project: (number) => all[number]?.project.name ?? ('' as ProjectName),
    isCountedTwice: [...members.values()].some((ways) => ways.length > 1),
    touched(touchedMembers, paths) {
      const found = new Map<number, Touch>();
      const touch = (question: number): Touch => {
        let known = found.get(question);
        if (known === undefined) found.set(question, (known = { own: false, members: [] }));
        return known;
      };
      for (const number of touchedMembers) {
        const member = all[number];
        for (const question of member?.questions ?? []) {
          const known = touch(question);
          known.members.push(number);
          if (member?.own.has(question) === true) known.own = true;
        }
      }
      for (const { rule, questions: asking } of globals) {
        if (paths.some((path) => rule.test(path)))
          for (const question of asking) touch(question).own = true;
      }
      for (const path of paths) for (const question of special.get(path) ?? []) touch(question);
      return found;
    },
  };
}

function indexMembers(
  questions: readonly TouchQuestion[],
): ReadonlyMap<ProjectName, readonly Member[]> {
  const byName = new Map<ProjectName, Member[]>();
  let count = 0;
  const numbered = (project: Project): Member => {
    let ways = byName.get(project.name);
    if (ways === undefined) byName.set(project.name, (ways = []));
    let member = ways.find((one) => one.project.filter.digest === project.filter.digest);
    if (member === undefined) {
      ways.push((member = { project, number: count, questions: [], own: new Set() }));
      count += 1;
    }
    return member;
  };
  for (const [question, { inputs }] of questions.entries()) {
    const own = new Set(ownProjects(inputs.product));
    for (const { project } of inputs.members) {
      const member = numbered(project);
      member.questions.push(question);
      if (own.has(project.name)) member.own.add(question);
    }
  }
  return byName;
}

interface AskedRule {
  readonly rule: GlobalRule;
  readonly questions: number[];
}

/** Most products have the same globals: each rule is tested once. */
function indexGlobals(questions: readonly TouchQuestion[]): readonly AskedRule[] {
  const byKey = new Map<string, AskedRule>();
  for (const [question, { rule }] of questions.entries()) {
    if (rule.patterns.length === 0) continue;
    const known = byKey.get(rule.key);
    if (known === undefined) byKey.set(rule.key, { rule, questions: [question] });
    else known.questions.push(question);
  }
  return [...byKey.values()];
}

function indexSpecial(
  questions: readonly TouchQuestion[],
): ReadonlyMap<RepoPath, readonly number[]> {
  const byPath = new Map<RepoPath, number[]>();
  for (const [question, { special }] of questions.entries()) {
    for (const path of special) {
      const known = byPath.get(path);
      if (known === undefined) byPath.set(path, [question]);
      else known.push(question);
    }
  }
  return byPath;
}
