import { describe, expect, it } from 'vitest';
import { defaultTypes, defaultVersioning, type CommitId } from '@lanewise/model';
import {
  bumpOf,
  cancelReverts,
  groupNotes,
  makeNotes,
  parseCommit,
  readChanges,
  type TouchingCommit,
} from '@lanewise/release';

let count = 0;
const commit = (message: string, more: Partial<TouchingCommit> = {}): TouchingCommit => ({
  id: (count++).toString(16).padStart(40, '0') as CommitId,
  message,
  merge: false,
  dependency: false,
  ...more,
});
const subjects = (...commits: TouchingCommit[]): string[] =>
  makeNotes(commits).map(({ type, subject }) => `${type ?? '-'}: ${subject}`);

describe('a footer', () => {
  it('goes on over lines and blank lines until the next footer', () => {
    const { breaking, warning } = parseCommit(
      'fix: x\n\nbody\n\nBREAKING CHANGE: the port is\nanother one now\n\nsee the manual\nReviewed-by: Dev\nnot this',
    );
    expect(breaking).toBe(true);
    expect(warning).toBe('the port is another one now see the manual');
  });

  it('may be separated by a number sign, and then names issues', () => {
    const { references, breaking } = parseCommit('fix: x (#12)\n\nbody\n\nFixes #34\nRefs: #5, !6');
    expect(references).toEqual(['#12', '#34', '#5', '!6']);
    expect(breaking).toBe(false);
  });

  it('names no issue where a number only stands in a word or an address', () => {
    const { references } = parseCommit('fix: x\n\nSee: https://example.com/a#12 and a/b#3, C#7x');
    expect(references).toEqual([]);
  });
});

describe('a merge', () => {
  it.each([
    ['GitHub', 'Merge pull request #12 from acme/feature\n\nfeat(ui): add a list', '#12'],
    [
      'GitLab',
      "Merge branch 'feature' into 'main'\n\nfeat(ui): add a list\n\nSee merge request acme/shop!34",
      '!34',
    ],
    ['Gitea', "Merge pull request 'feat(ui): add a list' (#12) from acme/feature into main", '#12'],
    ['Azure DevOps', 'Merged PR 7: feat(ui): add a list\n\nbody', '!7'],
    ['Bitbucket', 'Merged in feature (pull request #5)\n\nfeat(ui): add a list\n\n* wip', '#5'],
  ])('of %s says what the title of its request says', (_forge, message, request) => {
    expect(parseCommit(message)).toMatchObject({
      type: 'feat',
      scope: 'ui',
      subject: 'add a list',
      bump: 'minor',
      request,
    });
  });

  it('that only names its branches says nothing', () => {
    expect(parseCommit("Merge branch 'main' into feature").type).toBe(null);
    expect(parseCommit("Merge branch 'x' into 'main'\n\nSee merge request a/b!1").type).toBe(null);
  });

  it('is left out of notes where a commit of its branch says the same, which gets its number', () => {
    const notes = makeNotes([
      commit('Merge pull request #12 from acme/x\n\nfeat: add a list', { merge: true }),
      commit('feat: add a list'),
      commit('fix: a typo'),
    ]);
    expect(notes.map(({ subject, references }) => [subject, references ?? []])).toEqual([
      ['add a list', ['#12']],
      ['a typo', []],
    ]);
  });

  it('is told of where the commits of its branch say something else', () => {
    const merge = commit('Merge pull request #12 from acme/x\n\nfeat: a list', { merge: true });
    expect(subjects(merge, commit('wip'))).toEqual(['feat: a list', '-: wip']);
    expect(bumpOf([merge, commit('wip')], defaultVersioning)).toBe('minor');
  });
});

describe('a squash', () => {
  const list = '* feat(ui): add a list\n\n* fix: a typo\n\n* note to self\n\n* review: words';

  it('under a title with a type is that one change', () => {
    const changes = readChanges(`fix(ui): mend the list (#12)\n\n${list}`);
    expect(changes).toMatchObject([{ type: 'fix', bump: 'patch', request: '#12' }]);
  });

  it('under a title with a type still breaks what an entry of its list breaks', () => {
    const [change] = readChanges('fix: mend\n\n* feat!: drop the old port\n\n* fix: x');
    expect(change).toMatchObject({ type: 'fix', breaking: true, bump: 'major' });
  });

  it('under a title of no type is what its list says, each entry with the number of the request', () => {
    const changes = readChanges(`Add lists (#12)\n\n${list}`);
    expect(changes.map(({ type, subject, references }) => [type, subject, references])).toEqual([
      ['feat', 'add a list', ['#12']],
      ['fix', 'a typo', ['#12']],
    ]);
    expect(bumpOf([commit(`Add lists (#12)\n\n${list}`)], defaultVersioning)).toBe('minor');
  });

  it('whose list has no types is one change of no type', () => {
    expect(readChanges('Add lists\n\n* one: thing\n* another')).toMatchObject([{ type: null }]);
  });
});

describe('a revert', () => {
  const feat = commit('feat: a (#12)');

  it.each([
    ['GitHub', 'Revert "feat: a (#12)" (#13)\n\nReverts acme/shop#12'],
    ['git', `Revert "feat: a"\n\nThis reverts commit ${feat.id}.`],
    ['a conventional one', `revert: a\n\nRefs: ${feat.id.slice(0, 40)}`],
  ])('by %s cancels what it takes back', (_who, message) => {
    expect(subjects(commit(message), feat)).toEqual([]);
    expect(bumpOf([commit(message), feat], defaultVersioning)).toBe('patch');
  });

  it('of a merge cancels the commits that the merge brought', () => {
    const inner = commit('feat: inside');
    const merge = commit('Merge pull request #3 from acme/x', {
      merge: true,
      brought: new Set([inner.id]),
    });
    const revert = commit(`Revert "Merge"\n\nThis reverts commit ${merge.id}, reversing\nchanges.`);
    expect(subjects(revert, merge, inner)).toEqual([]);
    const again = commit(`Reapply\n\nThis reverts commit ${revert.id}.`);
    expect(subjects(again, revert, merge, inner)).toEqual(['feat: inside']);
  });

  it('of something released before stays: it is a change', () => {
    const old = `Revert "feat: old"\n\nThis reverts commit ${'d'.repeat(40)}.`;
    expect(subjects(commit(old))).toEqual(['-: Revert "feat: old"']);
    const read = [commit(old)].map((one) => ({ ...one, parsed: parseCommit(one.message) }));
    expect(cancelReverts(read)).toHaveLength(1);
  });
});

describe('types', () => {
  const types = {
    ...defaultTypes,
    docs: { bump: 'patch', title: 'Documentation', hidden: false },
    chore: { bump: 'none', title: null, hidden: true },
    perf: { bump: 'minor', title: 'Speed', hidden: false },
  } as const;

  it('raise a version as they are configured', () => {
    const rules = { ...defaultVersioning, types };
    expect(bumpOf([commit('perf: x')], rules)).toBe('minor');
    expect(parseCommit('chore: x', types).bump).toBe(null);
    expect(parseCommit('chore!: x', types).bump).toBe('major');
  });

  it('title their sections, and hidden ones are shown only where they break something', () => {
    const notes = makeNotes(
      [commit('chore: a'), commit('chore!: b'), commit('perf: c'), commit('docs: d')],
      types,
    );
    const sections = groupNotes(notes, types);
    expect(sections.map(({ title, lines }) => [title, lines.map((one) => one.subject)])).toEqual([
      ['Breaking changes', ['b']],
      ['Speed', ['c']],
      ['Documentation', ['d']],
    ]);
  });
});

describe('a scope that names another product', () => {
  const rules = { ...defaultVersioning, isElsewhere: (scope: string | null) => scope === 'api' };

  it('counts for this one as a change through a dependency does', () => {
    expect(bumpOf([commit('feat(api)!: x')], rules)).toBe('patch');
    expect(bumpOf([commit('feat(ui): x')], rules)).toBe('minor');
    const wide = { ...rules, dependencyBump: 'as-dependency' } as const;
    expect(bumpOf([commit('feat(api)!: x')], wide)).toBe('major');
  });
});

it('a message of any size is read in time that grows with its length only', () => {
  const hostile = [
    `Merge pull request #${'1'.repeat(100_000)}`,
    `fix: x\n\n${'BREAKING CHANGE: y\n'.repeat(20_000)}`,
    `x\n\n${'* feat: y\n'.repeat(20_000)}`,
    `x\n${'Closes #1, '.repeat(50_000)}`,
    `x ${'This reverts commit abcdef0'.repeat(20_000)}`,
    `See merge request ${'a/'.repeat(100_000)}!`,
  ];
  for (const message of hostile) expect(readChanges(message).length).toBeGreaterThan(0);
});
