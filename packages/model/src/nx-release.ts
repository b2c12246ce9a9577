import { LanewiseError } from './errors.js';
import { isProductName, show } from './ids.js';
import { understandTagTemplate } from './tag-template.js';
import {
  defaultTypes,
  type Bump,
  type BumpSource,
  type CommitType,
  type Versioning,
} from './versioning.js';

/** A group of `release.groups` in nx.json. */
export interface NxReleaseGroup {
  readonly name: string;
  /** Whether its projects share one version, and so are one product. */
  readonly fixed: boolean;
  /** Which projects, in Nx's own words: names, `tag:x`, globs of names and folders, `!` before them. */
  readonly patterns: readonly string[];
  /** Template of its tags where the group itself says one. */
  readonly tag: string | null;
  /** The template that holds for it else: that of all, or what Nx does where nothing is said. */
  readonly inheritedTag: string;
  /** What decides the size of its steps: its own words, else those of all. */
  readonly steps: Pick<NxRelease, 'from' | 'zero'>;
}

/** What `release` in nx.json says that Lanewise takes over. */
export interface NxRelease {
  readonly tag: string | null;
  readonly from: readonly BumpSource[] | null;
  readonly types: Readonly<Record<string, CommitType>>;
  readonly zero: Partial<Versioning['zero']> | null;
  readonly groups: readonly NxReleaseGroup[];
}

type Json = Readonly<Record<string, unknown>>;

/** What Nx calls tags where nx.json says no pattern. */
const usualTags = {
  independent: '{projectName}@{version}',
  group: '{releaseGroupName}-v{version}',
};

/**
 * Reads `release` of nx.json, as Nx 17 to 24 write it (`releaseTagPattern` became
 * `releaseTag.pattern` in 22). null where there is none. Groups are fixed unless they or `release`
 * say `independent`, as in Nx. The one group that Nx means where no groups are named makes no
 * product: all deployed at once is what Lanewise is there to avoid, so that has to be said in
 * `lanewise.yaml`. Throws CONFIG_INVALID.
 *
 * @param value - nx.json, parsed
 */
export function readNxRelease(value: unknown): NxRelease | null {
  const release = object(object(value)?.['release']);
  if (release === null) return null;
  const independent = release['projectsRelationship'] === 'independent';
  const groups = Object.entries(object(release['groups']) ?? {}).flatMap(([name, group]) => {
    const said = object(group);
    return said === null ? [] : [readGroup(name, said, release)];
  });
  return {
    tag:
      readTag(patternOf(release), 'release') ??
      (independent ? readTag(usualTags.independent, 'release') : null),
    from: readFrom(release),
    types: readTypes(release),
    zero: readZero(release),
    groups,
  };
}

function readGroup(name: string, group: Json, release: Json): NxReleaseGroup {
  const fixed =
    (group['projectsRelationship'] ?? release['projectsRelationship']) !== 'independent';
  if (fixed && !isProductName(name)) {
    throw new LanewiseError(
      'CONFIG_INVALID',
      `The release group ${show(name)} of nx.json is fixed, and so one product; ${show(name)} is no product name.`,
      {
        place: { file: 'nx.json' },
        hint: "Declare the group in lanewise.yaml (products: { each: { suite: { projects: […] } } }), or say 'versioning: { nx: false }'.",
      },
    );
  }
  const written = group['projects'];
  const patterns = (Array.isArray(written) ? written : [written]).filter(
    (one): one is string => typeof one === 'string',
  );
  const usual = fixed ? usualTags.group : usualTags.independent;
  const ofAll = patternOf(release);
  // As in Nx: a pattern of all by which independent projects would share a tag is not theirs.
  const inherited = ofAll !== null && (fixed || ofAll.includes('{projectName}')) ? ofAll : usual;
  const read = (pattern: string | null, where: string): string | null =>
    readTag(pattern?.replaceAll('{releaseGroupName}', fixed ? '{product}' : name) ?? null, where);
  return {
    name,
    fixed,
    patterns,
    tag: read(patternOf(group), `release.groups.${name}`),
    inheritedTag: read(inherited, 'release') ?? usual,
    steps: readSteps(group, release),
  };
}

/** As in Nx a group's words go before those of all, key by key. */
function readSteps(group: Json, release: Json): NxReleaseGroup['steps'] {
  const version = { ...object(release['version']), ...object(group['version']) };
  const merged = { ...release, ...group, version };
  return { from: readFrom(merged), zero: readZero(merged) };
}

function readTag(pattern: string | null, where: string): string | null {
  if (pattern === null) return null;
  try {
    return understandTagTemplate(pattern);
  } catch (cause) {
    if (!(cause instanceof LanewiseError)) throw cause;
    throw new LanewiseError(
      'CONFIG_INVALID',
      `${show(pattern)} is the tag pattern of '${where}' in nx.json, and Lanewise cannot use it.`,
      {
        place: { file: 'nx.json' },
        hint: `${cause.message} Say 'versioning: { tag: … }' in lanewise.yaml.`,
        cause,
      },
    );
  }
}

function patternOf(json: Json): string | null {
  const pattern = object(json['releaseTag'])?.['pattern'] ?? json['releaseTagPattern'];
  return typeof pattern === 'string' ? pattern : null;
}

function readFrom(release: Json): NxRelease['from'] {
  const plans = release['versionPlans'];
  if (plans === true || object(plans) !== null) return ['version-plans'];
  const version = object(release['version']);
  return version?.['conventionalCommits'] === true ? ['conventional-commits'] : null;
}

function readTypes(release: Json): Readonly<Record<string, CommitType>> {
  const types = object(object(release['conventionalCommits'])?.['types']) ?? {};
  return Object.fromEntries(
    Object.entries(types).map(([name, value]) => [name.toLowerCase(), readType(name, value)]),
  );
}

/** `false` hides a type, `true` takes it as it is; `changelog: false` hides it only in notes. */
function readType(name: string, value: unknown): CommitType {
  const json = object(value) ?? {};
  const changelog = object(json['changelog']);
  const bumps = ['none', 'patch', 'minor', 'major'];
  const bump = bumps.find((one) => one === json['semverBump']) as Bump | 'none' | undefined;
  const title = changelog?.['title'];
  const usual = Object.hasOwn(defaultTypes, name) ? defaultTypes[name] : undefined;
  return {
    bump: value === false ? 'none' : (bump ?? usual?.bump ?? 'patch'),
    title: typeof title === 'string' ? title : (usual?.title ?? null),
    hidden: value === false || json['changelog'] === false || changelog?.['hidden'] === true,
  };
}

/** Where the switch is absent our own default holds, which is that of Nx 22 and later. */
function readZero(release: Json): NxRelease['zero'] {
  const version = object(release['version']);
  const adjusted = version?.['adjustSemverBumpsForZeroMajorVersion'];
  if (adjusted === false) return { breaking: 'major', feature: 'minor' };
  return adjusted === true ? { breaking: 'minor', feature: 'patch' } : null;
}

function object(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : null;
}
