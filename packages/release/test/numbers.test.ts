import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seed } from '@lanewise/testing';
import {
  defaultVersioning,
  isImageTag,
  parseConfig,
  type CommitId,
  type Version,
  type Versioning,
} from '@lanewise/model';
import {
  compareVersions,
  isPrerelease,
  isVersion,
  nextVersion,
  type Bump,
  type VersionQuestion,
} from '@lanewise/release';

const at = (text: string): number => Date.parse(text) / 1000;
const version = (text: string): Version => text as Version;

function next(question: Partial<VersionQuestion> & { taken?: readonly string[] }): string {
  return nextVersion({
    rules: defaultVersioning,
    head: { commit: 'f'.repeat(40) as CommitId, committedAt: at('2026-11-21T12:00:00Z') },
    base: null,
    bump: 'patch',
    line: null,
    isTaken: (one) => question.taken?.includes(one) === true,
    ...question,
  });
}

function rules(text: string): Versioning {
  return parseConfig(`versioning: { ${text} }\nenvironments: { dev: {} }`, 'lanewise.yaml')
    .versioning;
}

describe('below 1.0.0', () => {
  it.each([
    ['zero: {}', 'major', '0.5.0'],
    ['zero: {}', 'minor', '0.4.3'],
    ['zero: { feature: minor }', 'minor', '0.5.0'],
    ['zero: { feature: minor }', 'patch', '0.4.3'],
    ['zero: { breaking: major }', 'major', '1.0.0'],
  ] as const)("with '%s' a %s change makes %s", (text, bump, expected) => {
    expect(next({ rules: rules(text), base: version('0.4.2'), bump })).toBe(expected);
  });

  it('begins where it is configured to', () => {
    expect(next({ rules: rules('first: 0.1.0') })).toBe('0.1.0');
    expect(next({ rules: rules('first: 0.1.0'), taken: ['0.1.0'] })).toBe('0.2.0');
  });
});

describe('a prerelease', () => {
  it.each([
    ['1.4.2', 'minor', [], '1.5.0-rc.0'],
    ['1.4.2', 'minor', ['1.5.0-rc.0'], '1.5.0-rc.1'],
    ['1.4.2', 'major', ['1.5.0-rc.0', '1.5.0-rc.1'], '2.0.0-rc.0'],
    // The final release was made meanwhile: a candidate for it would come too late.
    ['1.4.2', 'minor', ['1.5.0', '1.5.0-rc.0'], '1.6.0-rc.0'],
    [null, 'patch', [], '1.0.0-rc.0'],
  ] as const)('after %s by a %s change, %j being taken, is %s', (base, bump, taken, expected) => {
    const from = base === null ? null : version(base);
    expect(next({ base: from, bump, line: 'rc', taken })).toBe(expected);
  });

  it('stands below its final release and above those before it', () => {
    const order = ['1.4.9', '1.5.0-beta.0', '1.5.0-rc.0', '1.5.0-rc.2', '1.5.0-rc.10', '1.5.0'];
    const mixed = [...order].reverse().sort((a, b) => compareVersions(version(a), version(b)));
    expect(mixed).toEqual(order);
  });
});

describe('a calendar version', () => {
  const calendar = (format: string): Versioning => rules(`scheme: calendar, format: ${format}`);

  it.each([
    ['YYYY.MM.MICRO', '2026.11.0'],
    ['YY.MM.MICRO', '26.11.0'],
    ['YY.0M.MICRO', '26.11.0'],
    ['YYYY.MM.DD.MICRO', '2026.11.21.0'],
    ['YYYY.WW.MICRO', '2026.47.0'],
  ])('in the format %s is %s on a day of November', (format, expected) => {
    expect(next({ rules: calendar(format) })).toBe(expected);
  });

  it('keeps zeros where its format says so', () => {
    const head = { commit: 'f'.repeat(40) as CommitId, committedAt: at('2026-02-03T00:00:00Z') };
    expect(next({ rules: calendar('YYYY.0M.0D.MICRO'), head })).toBe('2026.02.03.0');
    expect(next({ rules: calendar('0Y.0M.MICRO'), head })).toBe('26.02.0');
  });

  it('counts on while its number is taken, and from the base of the same month', () => {
    const of = calendar('YYYY.MM.MICRO');
    expect(next({ rules: of, taken: ['2026.11.0', '2026.11.1'] })).toBe('2026.11.2');
    expect(next({ rules: of, base: version('2026.11.7') })).toBe('2026.11.8');
    expect(next({ rules: of, base: version('2026.10.7') })).toBe('2026.11.0');
    expect(next({ rules: of, base: version('1.4.2') })).toBe('2026.11.0');
  });

  it('never falls behind its base, though the commit is dated before it', () => {
    expect(next({ rules: calendar('YYYY.MM.MICRO'), base: version('2026.12.3') })).toBe(
      '2026.12.4',
    );
    expect(next({ rules: calendar('YY.0M.MICRO'), base: version('27.01.0') })).toBe('27.01.1');
  });

  it('may be a prerelease', () => {
    expect(next({ rules: calendar('YYYY.MM.MICRO'), line: 'rc' })).toBe('2026.11.0-rc.0');
  });

  it.each(['MICRO', 'YYYY.MM', 'MM.YYYY.MICRO', 'YYYY.MICRO.MM', 'YYYY-MM-MICRO', 'YYYY.DD.MICRO'])(
    'is refused in the format %s, which does not order or runs out',
    (format) => {
      expect(() => calendar(`"${format}"`)).toThrow(/no format for calendar versions/);
    },
  );
});

describe('whatever the rules', () => {
  const bumps = fc.constantFrom<Bump>('patch', 'minor', 'major');
  const schemes = fc.constantFrom(
    'scheme: semver',
    'first: 0.1.0, zero: { feature: minor }',
    'scheme: calendar',
    'scheme: calendar, format: YY.0M.MICRO',
    'scheme: calendar, format: YYYY.0M.0D.MICRO',
    'scheme: calendar, format: YYYY.WW.MICRO',
  );
  const steps = fc.array(
    fc.record({
      bump: bumps,
      days: fc.integer({ min: -40, max: 400 }),
      line: fc.option(fc.constantFrom('rc', 'beta')),
    }),
    { minLength: 1, maxLength: 12 },
  );

  it(`each release is new, higher than its base, and an image's tag (LANEWISE_SEED=${seed})`, () => {
    fc.assert(
      fc.property(schemes, steps, (text, list) => {
        const taken: string[] = [];
        let base: Version | null = null;
        let committedAt = at('2026-01-01T00:00:00Z');
        for (const { bump, days, line } of list) {
          committedAt += days * 86_400;
          const head = { commit: 'f'.repeat(40) as CommitId, committedAt };
          const made = version(next({ rules: rules(text), head, base, bump, line, taken }));
          expect(taken).not.toContain(made);
          expect(isVersion(made)).toBe(true);
          expect(isImageTag(made)).toBe(true);
          expect(isPrerelease(made)).toBe(line !== null);
          if (base !== null) expect(compareVersions(made, base)).toBeGreaterThan(0);
          taken.push(made);
          if (line === null) base = made;
        }
      }),
      { seed, numRuns: 150 },
    );
  });
});
