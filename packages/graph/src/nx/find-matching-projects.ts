import type { NxProjects, ProjectName } from '@lanewise/model';
import picomatch from 'picomatch';

/** What choosing projects looks at. */
export interface NamedProject {
  readonly name: string;
  /** Its folder; `''` or `.` for the workspace's root. */
  readonly root: string;
  readonly tags: readonly string[];
}

/** The projects of a workspace, chosen as `release.groups` of nx.json chooses them. */
export function nxProjects(projects: Iterable<NamedProject>): NxProjects {
  const all = [...projects];
  return {
    names: all.map(({ name }) => name as ProjectName),
    matching: (patterns) => findMatchingProjects(patterns, all),
  };
}

type Kind = 'name' | 'tag' | 'directory' | 'unlabeled';
type Test = (project: NamedProject) => boolean;

/**
 * Nx's rules for patterns of projects (nx.dev, "nx.json: projects"): a name, a part of a name between
 * other signs than letters, digits, `-` and `@`, a glob of names, `tag:x`, `directory:x`; what fits no
 * name is tried on folders. `!` takes away, and a list that begins so begins with all. Unlike
 * `select`, a star stops at a slash, so `*-lib` leaves out what has an npm scope.
 */
function findMatchingProjects(
  patterns: readonly string[],
  projects: readonly NamedProject[],
): readonly ProjectName[] {
  const written = patterns[0]?.startsWith('!') === true ? ['*', ...patterns] : patterns;
  const names = new Set(projects.map(({ name }) => name));
  const chosen = new Set<NamedProject>();
  for (const pattern of written) {
    const takesAway = pattern.startsWith('!');
    const { kind, value } = labelled(takesAway ? pattern.slice(1) : pattern, names);
    if (pattern === '' || pattern.startsWith('nx-cloud:')) continue;
    const before = chosen.size;
    for (const test of testsOf(kind, value, names)) {
      for (const project of projects.filter(test)) {
        if (takesAway) chosen.delete(project);
        else chosen.add(project);
      }
      if (chosen.size !== before) break;
    }
  }
  return [...chosen].map(({ name }) => name as ProjectName);
}

/** `tag:x` says what it is about, unless a project is called so. */
function labelled(
  pattern: string,
  names: ReadonlySet<string>,
): { readonly kind: Kind; readonly value: string } {
  const colon = pattern.indexOf(':');
  if (names.has(pattern)) return { kind: 'name', value: pattern };
  if (colon < 0) return { kind: 'unlabeled', value: pattern };
  const label = pattern.slice(0, colon);
  const kinds: readonly string[] = ['name', 'tag', 'directory'] satisfies Kind[];
  return {
    kind: kinds.includes(label) ? (label as Kind) : 'unlabeled',
    value: pattern.slice(colon + 1),
  };
}

/** The first that changes anything is the one that was meant. */
function testsOf(kind: Kind, value: string, names: ReadonlySet<string>): readonly Test[] {
  if (value === '*') return [() => true];
  switch (kind) {
    case 'tag':
      return [byTag(value)];
    case 'name':
      return [byName(value, names)];
    case 'directory':
      return [byFolder(value)];
    case 'unlabeled':
      return [byName(value, names), byFolder(value)];
    default:
      return kind satisfies never;
  }
}

function byTag(value: string): Test {
  const fits = isGlob(value) ? globTest(value) : (tag: string): boolean => tag === value;
  return ({ tags }) => tags.some(fits);
}

function byName(value: string, names: ReadonlySet<string>): Test {
  if (names.has(value)) return ({ name }) => name === value;
  if (isGlob(value)) {
    const fits = globTest(value);
    return ({ name }) => fits(name);
  }
  // As Nx has it: a dot is any sign, and the part is found whatever its case.
  const part = value.replace(/[+?^$\\\])}]/g, '\\$&');
  const inside = new RegExp(`(?<![@a-zA-Z0-9-])${part}(?![@a-zA-Z0-9-])`, 'i');
  return ({ name }) => inside.test(name);
}

function byFolder(value: string): Test {
  const fits = globTest(value);
  // The graph has no folder for the root, and Nx calls it '.'.
  return ({ root }) => fits(root === '' ? '.' : root);
}

/** As in Nx's own globs an exclamation mark before all turns it round, and brackets alone are no choice. */
function globTest(pattern: string): (text: string) => boolean {
  const plain = pattern.replace(/^!+/, '');
  if (plain === '') return () => false;
  const glob = /[?*+@!]\(/.test(plain) ? plain : plain.replace(/[()|]/g, '\\$&');
  const test = picomatch(glob, { dot: true, nonegate: true, windows: false });
  const turned = (pattern.length - plain.length) % 2 === 1;
  return (text) => text === pattern || (text !== '' && test(text) !== turned);
}

function isGlob(pattern: string): boolean {
  return /[*|{}()[]/.test(pattern);
}
