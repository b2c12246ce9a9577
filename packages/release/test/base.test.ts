import { describe, expect, it } from 'vitest';
import { makeAncestry } from '@lanewise/git';
import type { CommitId, Release, Version } from '@lanewise/model';
import { chooseBase, type BaseQuestion } from '@lanewise/release';

const id = (letter: string): CommitId => letter.repeat(40) as CommitId;

/** a - b - c - d (main), b - e - f (release), f and d merge into m. */
const ancestry = makeAncestry(
  new Map([
    [id('b'), [id('a')]],
    [id('c'), [id('b')]],
    [id('d'), [id('c')]],
    [id('e'), [id('b')]],
    [id('f'), [id('e')]],
    [id('0'), [id('d'), id('f')]],
  ]),
);

const release = (version: string, letter: string): Release =>
  ({
    product: 'docs',
    version: version as Version,
    commit: id(letter),
    committedAt: 0,
  }) as unknown as Release;

function ask(
  head: string,
  releases: readonly Release[],
  rest: Partial<BaseQuestion> = {},
): unknown {
  const choice = chooseBase({
    head: id(head),
    releases,
    branches: [
      { name: 'main', tip: id('d') },
      { name: 'release', tip: id('f') },
    ],
    ancestry,
    allowed: () => ({}),
    accepted: null,
    ...rest,
  });
  const name = ({ version }: Release): string => version;
  switch (choice.kind) {
    case 'base':
      return [choice.release.version, ...choice.alsoReleased.map(name)];
    case 'lost':
      return { lost: choice.lost.map(name) };
    case 'late':
      return { late: choice.newer.version };
    case 'new':
      return 'new';
  }
}

describe('the base of a product', () => {
  it('is the release that contains every other one that HEAD contains, not the highest number', () => {
    expect(ask('d', [release('1.0.0', 'c'), release('2.0.0', 'a')])).toEqual(['1.0.0']);
  });

  it('is the highest version of those on one commit', () => {
    expect(ask('d', [release('1.0.1', 'c'), release('1.0.0', 'c')])).toEqual(['1.0.1']);
  });

  it('is the highest of several on merged lines, the others counting as released', () => {
    const lines = [release('1.1.0', 'c'), release('1.0.1', 'e'), release('1.0.0', 'a')];
    const branches = [{ name: 'main', tip: id('0') }];
    expect(ask('0', lines, { branches })).toEqual(['1.1.0', '1.0.1']);
  });

  it('on a release branch is that branch’s own, however high the numbers on main', () => {
    expect(ask('f', [release('2.0.0', 'd'), release('1.0.1', 'e'), release('1.0.0', 'b')])).toEqual(
      ['1.0.1'],
    );
  });

  it('does not exist before the first release', () => {
    expect(ask('d', [])).toBe('new');
    expect(ask('d', [release('1.0.0-rc.1', 'c')])).toBe('new');
  });

  it('is not asked for by a run that comes late', () => {
    expect(ask('c', [release('1.1.0', 'd'), release('1.0.0', 'a')])).toEqual({ late: '1.1.0' });
    expect(ask('c', [release('1.1.0', 'd'), release('1.0.0', 'c')])).toEqual(['1.0.0']);
  });

  it('cannot be told where a higher release is on no release branch', () => {
    const lost = [release('1.1.0', '9'), release('1.0.0', 'a')];
    expect(ask('d', lost)).toEqual({ lost: ['1.1.0'] });
    expect(ask('d', [release('1.1.0', '9')])).toEqual({ lost: ['1.1.0'] });
    expect(ask('d', [release('1.0.0', 'a'), release('0.9.0', '9')])).toEqual(['1.0.0']);
  });

  it('is then the one that a person accepts, and what was left behind stops nobody again', () => {
    const lost = [release('1.1.0', '9'), release('1.0.0', 'a')];
    expect(ask('d', lost, { accepted: '1.1.0' as Version })).toEqual(['1.1.0', '1.0.0']);
    expect(ask('d', lost, { accepted: '1.0.0' as Version })).toEqual(['1.0.0']);
    const allowed: BaseQuestion['allowed'] = () => ({ leftBehind: ['1.1.0' as Version] });
    expect(ask('d', lost, { allowed })).toEqual(['1.0.0']);
  });
});
