import { parseCalendarFormat, type CalendarToken } from './calendar-format.js';
import type { Config } from './config.js';
import type { ConfigSource } from './config-source.js';
import { placed } from './config-source.js';
import { LanewiseError } from './errors.js';
import { show, type ProductName } from './ids.js';
import type { NxRelease } from './nx-release.js';
import { understandTagTemplate, usualTag } from './tag-template.js';
import type { WrittenVersioning } from './versioning-schema.js';

/** How much a change raises a version. */
export type Bump = 'major' | 'minor' | 'patch';

/** What a type of commit means for a version and for the notes. */
export interface CommitType {
  readonly bump: Bump | 'none';
  /** Title of its section in notes; null: with the other changes. */
  readonly title: string | null;
  readonly hidden: boolean;
}

export type BumpSource = 'conventional-commits' | 'version-plans';

/** Branches whose releases are prereleases of one line. */
export interface PrereleaseLine {
  /** Glob of branch names. */
  readonly branches: string;
  readonly identifier: string;
}

export interface Versioning {
  readonly scheme: 'semver' | 'commit' | 'calendar';
  /** Tokens of the calendar scheme. */
  readonly format: readonly CalendarToken[];
  /** What decides the size of a step: of several the first that says anything. */
  readonly from: readonly BumpSource[];
  /** Bump for a product that changed only through a dependency. */
  readonly dependencyBump: Bump | 'as-dependency';
  /** By type, in the order of the notes' sections. */
  readonly types: Readonly<Record<string, CommitType>>;
  /** Version of a first release. */
  readonly first: string;
  /** Steps below 1.0.0. */
  readonly zero: { readonly breaking: Bump; readonly feature: Bump };
  readonly prerelease: readonly PrereleaseLine[];
  /** Template of a release tag, with the words `{product}`, `{project}` and `{version}`. */
  readonly tag: string;
}

/** What a group of nx.json may say otherwise for its products. */
export type VersionSteps = Pick<Versioning, 'from' | 'zero'>;

/** Types that count where the configuration names no others. */
export const defaultTypes: Readonly<Record<string, CommitType>> = {
  feat: { bump: 'minor', title: 'Features', hidden: false },
  fix: { bump: 'patch', title: 'Fixes', hidden: false },
  perf: { bump: 'patch', title: 'Fixes', hidden: false },
  revert: { bump: 'patch', title: 'Fixes', hidden: false },
};

/** The rules for versions that hold without a configuration. */
export const defaultVersioning: Versioning = {
  scheme: 'semver',
  format: parseCalendarFormat('YYYY.MM.MICRO'),
  from: ['conventional-commits'],
  dependencyBump: 'patch',
  types: defaultTypes,
  first: '1.0.0',
  zero: { breaking: 'minor', feature: 'patch' },
  prerelease: [],
  tag: usualTag,
};

/**
 * The rules for versions: what `lanewise.yaml` says, else what `release` in nx.json says, else the
 * defaults. Throws CONFIG_INVALID with the place.
 */
export function understandVersioning(
  written: WrittenVersioning,
  nx: NxRelease | null,
  source: ConfigSource,
): Versioning {
  const at = (key: string): readonly string[] => ['versioning', key];
  const scheme = written.scheme ?? 'semver';
  if (written.format !== undefined && scheme !== 'calendar') throw onlyCalendar(source);
  const { format, tag } = written;
  return {
    scheme,
    format:
      format === undefined
        ? defaultVersioning.format
        : placed(source, at('format'), () => parseCalendarFormat(format)),
    ...understandSteps(written, nx),
    dependencyBump: written.dependencyBump ?? 'patch',
    types: understandTypes(written.types, nx?.types ?? {}),
    first: understandFirst(written.first, source),
    prerelease: Object.entries(written.prerelease ?? {}).map(([branches, identifier]) => ({
      branches,
      identifier: placed(source, [...at('prerelease'), branches], () =>
        parsePrereleaseIdentifier(identifier),
      ),
    })),
    tag:
      tag === undefined
        ? (nx?.tag ?? defaultVersioning.tag)
        : placed(source, at('tag'), () => understandTagTemplate(tag)),
  };
}

/** What decides the size of steps, of all products or of those in a group of nx.json: `lanewise.yaml` goes before both. */
export function understandSteps(
  written: WrittenVersioning,
  nx: Pick<NxRelease, 'from' | 'zero'> | null,
): VersionSteps {
  return {
    from: listOf(written.from) ?? nx?.from ?? defaultVersioning.from,
    zero: {
      breaking: written.zero?.breaking ?? nx?.zero?.breaking ?? 'minor',
      feature: written.zero?.feature ?? nx?.zero?.feature ?? 'patch',
    },
  };
}

/** The rules for the versions of one product. */
export function versioningOf(
  config: Pick<Config, 'versioning' | 'groups' | 'nxProjects'>,
  product: ProductName,
): Versioning {
  const group = config.groups.get(product);
  const steps = group === undefined ? config.nxProjects.get(product)?.steps : group.steps;
  return steps === undefined ? config.versioning : { ...config.versioning, ...steps };
}

/**
 * The identifier of a line of prereleases, such as `rc` in `1.5.0-rc.0` (semver.org, item 9). It
 * begins with a letter, so that it is never read as a number. Throws CONFIG_INVALID.
 */
export function parsePrereleaseIdentifier(text: string): string {
  if (/^[A-Za-z][0-9A-Za-z-]{0,63}$/.test(text)) return text;
  throw new LanewiseError('CONFIG_INVALID', `${show(text)} names no line of prereleases.`, {
    hint: "It has letters, digits and '-', and begins with a letter: rc, beta, next.",
  });
}

/** What nx.json or the defaults say of a type holds where `types` leaves something out. */
function understandTypes(
  written: WrittenVersioning['types'] = {},
  nx: Readonly<Record<string, CommitType>>,
): Versioning['types'] {
  const types = new Map<string, CommitType>(Object.entries({ ...defaultTypes, ...nx }));
  for (const [key, value] of Object.entries(written)) {
    const name = key.toLowerCase();
    const known = types.get(name) ?? { bump: 'none', title: null, hidden: false };
    const said = typeof value === 'string' ? { bump: value } : value;
    types.set(name, {
      bump: said.bump ?? known.bump,
      title: said.title ?? known.title,
      hidden: said.hidden ?? known.hidden,
    });
  }
  return Object.fromEntries(types);
}

function understandFirst(written: string | undefined, source: ConfigSource): string {
  if (written === undefined) return defaultVersioning.first;
  const number = '(?:0|[1-9]\\d{0,8})';
  if (new RegExp(`^${number}\\.${number}\\.${number}$`).test(written)) return written;
  throw new LanewiseError('CONFIG_INVALID', `${show(written)} is no first version.`, {
    place: source.place(['versioning', 'first']),
    hint: 'Write three numbers, such as 0.1.0 or 1.0.0.',
  });
}

function onlyCalendar(source: ConfigSource): LanewiseError {
  return new LanewiseError('CONFIG_INVALID', "'format' belongs to the calendar scheme.", {
    place: source.keyPlace(['versioning', 'format']),
    hint: "Write 'scheme: calendar' beside it, or leave it out.",
  });
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] | null {
  if (value === undefined) return null;
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
