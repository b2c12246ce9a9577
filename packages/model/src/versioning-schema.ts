import * as v from 'valibot';

/** `versioning` and `changelog` as people write them. */
const text = v.pipe(v.string(), v.minLength(1));
const bump = v.picklist(['patch', 'minor', 'major']);
const source = v.picklist(['conventional-commits', 'version-plans']);
const typeBump = v.picklist(['none', 'patch', 'minor', 'major']);

const type = v.union([
  typeBump,
  v.strictObject({
    bump: v.optional(typeBump),
    title: v.optional(v.pipe(text, v.description('Title of its section in notes.'))),
    hidden: v.optional(v.pipe(v.boolean(), v.description('Leave it out of notes.'))),
  }),
]);

export const versioningSchema = v.strictObject({
  scheme: v.optional(
    v.pipe(
      v.picklist(['semver', 'commit', 'calendar']),
      v.description('How versions are made; default semver.'),
    ),
  ),
  format: v.optional(
    v.pipe(
      text,
      v.description('With scheme calendar: tokens of calver.org; default YYYY.MM.MICRO.'),
    ),
  ),
  from: v.optional(
    v.pipe(
      v.union([source, v.array(source)]),
      v.description('What decides the size of a step; of several the first that says anything.'),
    ),
  ),
  dependencyBump: v.optional(v.picklist(['patch', 'minor', 'major', 'as-dependency'])),
  types: v.optional(
    v.pipe(
      v.record(v.string(), type),
      v.description('Types of commits: how much each raises a version, and its title in notes.'),
    ),
  ),
  first: v.optional(
    v.pipe(text, v.description("Version of a product's first release; default 1.0.0.")),
  ),
  zero: v.optional(
    v.pipe(
      v.strictObject({ breaking: v.optional(bump), feature: v.optional(bump) }),
      v.description('Steps below 1.0.0; default { breaking: minor, feature: patch }.'),
    ),
  ),
  prerelease: v.optional(
    v.pipe(
      v.record(v.string(), text),
      v.description('Branch globs with the identifier of their prereleases: { next: rc }.'),
    ),
  ),
  tag: v.optional(
    v.pipe(text, v.description('Template of a release tag; default {product}@{version}.')),
  ),
  nx: v.optional(
    v.pipe(
      v.boolean(),
      v.description("Whether 'release' of nx.json counts where this file says nothing."),
    ),
  ),
});

export const changelogSchema = v.strictObject({
  template: v.optional(
    v.pipe(text, v.description('File with a Liquid template, from the root of the workspace.')),
  ),
  forge: v.optional(
    v.pipe(
      v.picklist(['github', 'gitlab', 'gitea', 'forgejo', 'bitbucket', 'none']),
      v.description("What the remote is, for links; default: told by its host's name."),
    ),
  ),
  url: v.optional(
    v.pipe(text, v.description("Address of the repository's pages; default from the remote.")),
  ),
});

export type WrittenVersioning = v.InferOutput<typeof versioningSchema>;
export type WrittenChangelog = v.InferOutput<typeof changelogSchema>;
