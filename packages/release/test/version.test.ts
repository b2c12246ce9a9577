import { describe, expect, it } from 'vitest';
import { defaultVersioning, type CommitId, type Version, type Versioning } from '@lanewise/model';
import {
  bumpOf,
  cancelReverts,
  makeNotes,
  nextVersion,
  parseCommit,
  renderNotes,
  type Bump,
  type TouchingCommit,
} from '@lanewise/release';

const head = 'f'.repeat(40) as CommitId;
const next = (base: string | null, bump: Bump, ...taken: string[]): string =>
  nextVersion({
    rules: defaultVersioning,
    head: { commit: head, committedAt: 0 },
    base: base as Version | null,
    bump,
    line: null,
    isTaken: (one) => taken.includes(one),
  });
const bump = (
  commits: readonly TouchingCommit[],
  dependencyBump: Versioning['dependencyBump'] = 'patch',
): Bump => bumpOf(commits, { ...defaultVersioning, dependencyBump });
const commits = (...messages: readonly string[]): TouchingCommit[] =>
  messages.map((message, index) => ({
    id: String(index).padStart(40, 'a') as CommitId,
    message,
    merge: message.startsWith('Merge'),
    dependency: message.endsWith('through'),
  }));

describe('the next version', () => {
  it.each([
    ['1.4.2', 'patch', '1.4.3'],
    ['1.4.2', 'minor', '1.5.0'],
    ['1.4.2', 'major', '2.0.0'],
    ['0.4.2', 'patch', '0.4.3'],
    ['0.4.2', 'minor', '0.4.3'],
    ['0.4.2', 'major', '0.5.0'],
  ] as const)('after %s by a %s change is %s', (base, bump, expected) => {
    expect(next(base, bump)).toBe(expected);
  });

  it('begins at 1.0.0, and where that is taken goes up', () => {
    expect(next(null, 'patch')).toBe('1.0.0');
    expect(next(null, 'patch', '1.0.0', '1.1.0')).toBe('1.2.0');
    expect(next('a'.repeat(40), 'major')).toBe('1.0.0');
  });

  it('raises the same part again while a number is taken', () => {
    expect(next('1.4.2', 'patch', '1.4.3', '1.4.4')).toBe('1.4.5');
    expect(next('1.4.2', 'minor', '1.5.0')).toBe('1.6.0');
    expect(next('1.4.2', 'major', '2.0.0')).toBe('3.0.0');
  });
});

describe('a commit', () => {
  it.each([
    ['feat: x', 'minor', false],
    ['feat(ui): x', 'minor', false],
    ['Fix: x', 'patch', false],
    ['perf: x', 'patch', false],
    ['feat!: x', 'major', true],
    ['chore(deps)!: x', 'major', true],
    ['fix: x\n\nbody\n\nBREAKING CHANGE: y', 'major', true],
    ['fix: x\n\nBREAKING-CHANGE: y', 'major', true],
    ['fix: x\n\nno BREAKING CHANGE: here', 'patch', false],
    ['fix: x\n\nbreaking change: small letters are words', 'patch', false],
    ['chore: x', null, false],
    ['x', null, false],
    ['', null, false],
    ['feat:x', null, false],
    ['toString: x', null, false],
    ['Revert "feat: x"\n\nThis reverts commit 1234567.', 'patch', false],
  ] as const)('%j raises by %s', (message, bump, breaking) => {
    expect(parseCommit(message)).toMatchObject({ bump, breaking });
  });

  it('is not slow to read, however it is written', () => {
    const long = `feat(${' '.repeat(50_000)}: ${'('.repeat(50_000)}\n${'\n'.repeat(50_000)}BREAKING`;
    expect(parseCommit(long).breaking).toBe(false);
  });
});

describe('the bump', () => {
  it('is the greatest of the commits, a patch where none raises anything', () => {
    expect(bump(commits('fix: a', 'feat: b', 'chore: c'))).toBe('minor');
    expect(bump(commits('chore: c'))).toBe('patch');
    expect(bump([])).toBe('patch');
  });

  it('through a dependency alone is as configured', () => {
    const through = commits('feat!: x through');
    expect(bump(through)).toBe('patch');
    expect(bump(through, 'minor')).toBe('minor');
    expect(bump(through, 'as-dependency')).toBe('major');
    expect(bump([...through, ...commits('feat: own')])).toBe('minor');
  });

  it('leaves out what was reverted, unless the revert was', () => {
    const [feat] = commits('feat: x');
    const id = feat!.id;
    const revert = {
      ...commits('Revert "feat: x"\n\nThis reverts commit ' + id + '.')[0]!,
      id: 'b'.repeat(40) as CommitId,
    };
    const again = {
      ...commits('Revert "Revert"\n\nThis reverts commit ' + revert.id + '.')[0]!,
      id: 'c'.repeat(40) as CommitId,
    };
    expect(bump([revert, feat!])).toBe('patch');
    expect(bump([again, revert, feat!])).toBe('minor');
    const parsed = [again, revert, feat!].map((commit) => ({
      ...commit,
      parsed: parseCommit(commit.message),
    }));
    expect(cancelReverts(parsed).map((commit) => commit.id)).toEqual([id]);
  });
});

describe('notes', () => {
  it('list each commit once, merges that say nothing left out', () => {
    const notes = makeNotes(
      commits('feat!: a', 'feat(ui): b', 'fix: c through', 'docs: d', 'Merge branch x', 'words'),
    );
    expect(renderNotes(notes)).toEqual([
      'Breaking changes',
      '  - a (aaaaaaaa)',
      '',
      'Features',
      '  - ui: b (aaaaaaaa)',
      '',
      'Fixes',
      '  - c through (aaaaaaaa), through a dependency',
      '',
      'Other changes',
      '  - d (aaaaaaaa)',
      '  - words (aaaaaaaa)',
    ]);
  });
});
