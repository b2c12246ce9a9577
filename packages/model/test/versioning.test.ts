import { describe, expect, it } from 'vitest';
import {
  bindTemplate,
  defaultVersioning,
  parseConfig,
  renderTemplate,
  tagShape,
  versioningOf,
  type Config,
  type NxProjects,
  type ProductName,
  type ProjectName,
  type Versioning,
} from '@lanewise/model';

const parse = (text: string, nx: unknown = null): Config =>
  parseConfig(`${text}\nenvironments: { dev: {} }\n`, 'lanewise.yaml', nx);
const versioning = (text: string, nx: unknown = null): Versioning => parse(text, nx).versioning;

describe('versioning', () => {
  it('has defaults that need no configuration', () => {
    expect(versioning('')).toEqual(defaultVersioning);
  });

  it.each([
    ['versioning: { format: YYYY.MM.MICRO }', "'format' belongs to the calendar scheme", 1],
    ['versioning:\n  first: one', 'no first version', 2],
    ['versioning:\n  first: 1.0.0-rc.0', 'no first version', 2],
    ['versioning:\n  prerelease:\n    next: 1rc', 'no line of prereleases', 3],
    ['versioning:\n  prerelease:\n    next: rc.1', 'no line of prereleases', 3],
    ['versioning:\n  tag: "{product}"', "has '{version}' not once", 2],
    ['changelog:\n  template: ../x', 'leaves the repository', 2],
    ['changelog:\n  url: git@example.com:x', 'no address of pages', 2],
    ['changelog:\n  url: https://dev:secret@example.com/x', 'no address of pages', 2],
  ])('%j is refused with its line', (text, words, line) => {
    const attempt = (): unknown => parse(text);
    expect(attempt).toThrow(words);
    try {
      attempt();
    } catch (error) {
      expect(error).toMatchObject({ code: expect.any(String), place: { line } });
    }
  });

  it('of types says what differs from the defaults, whatever their case', () => {
    const { types } = versioning(
      'versioning: { types: { Docs: patch, fix: { title: Mended }, chore: { hidden: true } } }',
    );
    expect(types).toMatchObject({
      feat: { bump: 'minor', title: 'Features' },
      docs: { bump: 'patch', title: null, hidden: false },
      fix: { bump: 'patch', title: 'Mended' },
      chore: { bump: 'none', hidden: true },
    });
  });
});

describe('release of nx.json', () => {
  const nx = (release: object): unknown => ({ release });

  it('counts where lanewise.yaml says nothing, by the names of every version of Nx', () => {
    const old = nx({ releaseTagPattern: 'r/{projectName}/{version}' });
    const now = nx({ releaseTag: { pattern: 'r/{projectName}/{version}' } });
    expect(versioning('', old).tag).toBe('r/{project}/{version}');
    expect(versioning('', now).tag).toBe('r/{project}/{version}');
    expect(versioning('versioning: { tag: "{product}-{version}" }', now).tag).toBe(
      '{product}-{version}',
    );
    expect(versioning('versioning: { nx: false }', now)).toEqual(defaultVersioning);
  });

  it('says what decides a step, types, and steps below 1.0.0', () => {
    expect(versioning('', nx({ versionPlans: true })).from).toEqual(['version-plans']);
    expect(versioning('', nx({ versionPlans: { ignorePatternsForPlanCheck: [] } })).from).toEqual([
      'version-plans',
    ]);
    const said = nx({
      version: { adjustSemverBumpsForZeroMajorVersion: false },
      conventionalCommits: {
        types: {
          feat: { changelog: { title: 'New' } },
          docs: { semverBump: 'minor' },
          chore: false,
          perf: { changelog: false },
        },
      },
    });
    expect(versioning('', said)).toMatchObject({
      zero: { breaking: 'major', feature: 'minor' },
      types: {
        feat: { bump: 'minor', title: 'New', hidden: false },
        docs: { bump: 'minor', hidden: false },
        chore: { bump: 'none', hidden: true },
        perf: { bump: 'patch', hidden: true },
      },
    });
  });

  it.each([
    null,
    'text',
    [],
    {},
    { release: null },
    { release: 'x' },
    { release: { groups: [], releaseTag: 1, conventionalCommits: { types: 3 } } },
    { release: { groups: { a: null, b: { projects: 7 } } } },
  ])('of a shape that Nx does not know (%j) says nothing', (value) => {
    expect(versioning('', value)).toEqual(defaultVersioning);
    expect(parse('', value).groups.size).toBe(0);
  });

  it('that cannot be used is refused by its name', () => {
    expect(() => parse('', nx({ releaseTag: { pattern: '{version} {projectName}' } }))).toThrow(
      /tag pattern of 'release' in nx.json/,
    );
    expect(() => parse('', nx({ groups: { 'My Group': { projects: ['a'] } } }))).toThrow(
      /release group 'My Group' of nx.json/,
    );
  });

  const known: NxProjects = {
    names: ['@acme/a', '@acme/b', 'c'] as ProjectName[],
    matching: (patterns) =>
      patterns.flatMap((one) => (one === 'tag:x' ? known.names.slice(0, 2) : [])),
  };
  const shapes = (text: string, release: object): string[] => {
    const whole = `${text}\nenvironments: { dev: {} }\n`;
    const config = parseConfig(whole, 'lanewise.yaml', nx(release), known);
    return (['shop', 'a', 'c'] as ProductName[]).map((product) => {
      const { prefix, suffix } = tagShape(config, product);
      return `${prefix}1.0.0${suffix}`;
    });
  };
  const chosen = { shop: { projects: ['tag:x'] } };
  const apart = { shop: { projects: ['tag:x'], projectsRelationship: 'independent' } };
  const free = { projectsRelationship: 'independent' };

  it.each([
    ['no groups', {}, ['shop@1.0.0', 'a@1.0.0', 'c@1.0.0']],
    ['independent projects', free, ['shop@1.0.0', '@acme/a@1.0.0', 'c@1.0.0']],
    ['a fixed group', { groups: chosen }, ['shop-v1.0.0', 'a@1.0.0', 'c@1.0.0']],
    ['an independent group', { groups: apart }, ['shop@1.0.0', '@acme/a@1.0.0', 'c@1.0.0']],
    [
      "a pattern of all, which is a fixed group's too",
      { groups: chosen, releaseTag: { pattern: 'v{version}' } },
      ['v1.0.0', 'v1.0.0', 'v1.0.0'],
    ],
    [
      'a pattern of all by which independent projects would share a tag',
      { groups: apart, releaseTag: { pattern: 'v{version}' } },
      ['v1.0.0', '@acme/a@1.0.0', 'v1.0.0'],
    ],
    [
      'a pattern of the group, with the words of both',
      {
        groups: {
          shop: {
            ...apart.shop,
            releaseTag: { pattern: '{releaseGroupName}/{ projectName }/v{version}' },
          },
        },
      },
      ['shop@1.0.0', 'shop/@acme/a/v1.0.0', 'c@1.0.0'],
    ],
  ])('names tags as Nx does: %s', (_what, release, tags) => {
    expect(shapes('', release)).toEqual(tags);
  });

  it.each([
    ['its own words', '', { versionPlans: true }, ['version-plans']],
    ['those of all where it has none', '', {}, ['conventional-commits']],
    ['lanewise.yaml before both', 'versioning: { from: version-plans }', {}, ['version-plans']],
  ])("decides the steps of a group's products: %s", (_what, text, own, from) => {
    const release = (kind: string) => ({
      version: { conventionalCommits: true, adjustSemverBumpsForZeroMajorVersion: true },
      groups: { shop: { ...chosen.shop, projectsRelationship: kind, ...own } },
    });
    const whole = `${text}\nenvironments: { dev: {} }\n`;
    const of = (kind: string, product: string) =>
      versioningOf(parseConfig(whole, 'x', nx(release(kind)), known), product as ProductName);
    expect(of('fixed', 'shop').from).toEqual(from);
    expect(of('independent', 'a').from).toEqual(from);
    expect(of('independent', 'a').zero).toEqual({ breaking: 'minor', feature: 'patch' });
    const major = { version: { adjustSemverBumpsForZeroMajorVersion: false } };
    const groups = { shop: { ...chosen.shop, ...major } };
    const config = parseConfig(whole, 'x', nx({ groups }), known);
    expect(versioningOf(config, 'shop' as ProductName).zero.breaking).toBe('major');
    expect(versioningOf(config, 'c' as ProductName).zero.breaking).toBe('minor');
  });

  it('yields to versioning.tag in all but the patterns that groups have of their own', () => {
    const text = 'versioning: { tag: "{product}/{version}" }';
    const own = { shop: { ...chosen.shop, releaseTagPattern: 's{version}' } };
    expect(shapes(text, { groups: chosen, releaseTagPattern: 'v{version}' })[0]).toBe('shop/1.0.0');
    expect(shapes(text, { groups: own })).toEqual(['s1.0.0', 'a/1.0.0', 'c/1.0.0']);
    expect(shapes(text, { groups: apart })[1]).toBe('a/1.0.0');
  });

  it('asks for the projects of the workspace only where it speaks of them', () => {
    expect(parse('', nx({})).asksProjects).toBe(false);
    expect(parse('', nx({ releaseTagPattern: 'v{version}' })).asksProjects).toBe(false);
    expect(parse('', nx(free)).asksProjects).toBe(true);
    expect(parse('', nx({ groups: chosen })).asksProjects).toBe(true);
    expect(parse('versioning: { nx: false }', nx({ groups: chosen })).asksProjects).toBe(false);
  });

  it.each([
    [':common:lib', 'common/lib'],
    ['@acme/docs site', '@acme/docs-site'],
    ['a..b//c/', 'a.b/c'],
  ])('writes the project %j as %j into a tag', (project, text) => {
    const each = `products: { each: { ${JSON.stringify(project)}: { name: lib } } }`;
    const { prefix } = tagShape(parse(each, nx(free)), 'lib' as ProductName);
    expect(prefix).toBe(`${text}@`);
  });
});

describe('a template bound in two steps', () => {
  it.each([
    ['{product}/{env}', 'api/{env}'],
    ['{product:2}{commit:8}', 'ap{commit:8}'],
    ['{{product}}{product}', '{{product}}api'],
    ['{brace}', '{{x}}'],
  ])('%s becomes %s, and fills as it would have in one', (template, bound) => {
    const words = { product: 'api', brace: '{x}' };
    expect(bindTemplate(template, words)).toBe(bound);
    const rest = { env: 'dev', commit: 'a'.repeat(40) };
    expect(renderTemplate(bindTemplate(template, words), { text: rest })).toBe(
      renderTemplate(template, { text: { ...rest, ...words } }),
    );
  });
});
