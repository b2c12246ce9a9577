import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  branchRef,
  formatDuration,
  formatImageReference,
  isProductName,
  oneLine,
  parseDuration,
  parseEnvironmentName,
  parseImageReference,
  parseRepoPath,
  redactCredentials,
  renderTemplate,
  tagRef,
  worstExitCode,
} from '@lanewise/model';

const hostile = [
  '--upload-pack=x',
  '../x',
  'a b',
  'docs..x',
  'a.lock',
  'dócs',
  'x'.repeat(200),
  '',
  '.a',
  'a.',
  'A',
  'a/b',
  'a\nb',
];

describe('names from outside', () => {
  it.each(hostile)('refuse %j as a product', (name) => {
    expect(isProductName(name)).toBe(false);
  });

  it.each([...hostile, 'a.b', 'a_b'])('refuse %j as an environment', (name) => {
    expect(() => parseEnvironmentName(name)).toThrow(/is no environment name/);
  });

  it.each(['-x', 'a..b', 'a b', 'a~1', 'a:b', 'x.lock', 'a//b', 'a/', '@{u}', 'a\\b', 'a*', '.a'])(
    'refuse %j as a branch or tag',
    (name) => {
      expect(() => branchRef(name)).toThrow();
      expect(() => tagRef(name)).toThrow();
    },
  );

  it('normalise paths and never let one leave the repository', () => {
    expect(parseRepoPath('./a//b/')).toBe('a/b');
    for (const path of ['/a', 'a/../b', '..', 'a\\b', '.git/config', 'x/.GIT/y', 'a\u0000b']) {
      expect(() => parseRepoPath(path)).toThrow(/leaves the repository/);
    }
  });
});

describe('image references', () => {
  it.each([
    [
      'registry.example.com:5000/acme/docs:1.4.2',
      { repository: 'registry.example.com:5000/acme/docs', tag: '1.4.2' },
    ],
    ['localhost:5000/docs', { repository: 'localhost:5000/docs' }],
    [`docs@sha256:${'a'.repeat(64)}`, { repository: 'docs', digest: `sha256:${'a'.repeat(64)}` }],
  ])('are split and put together again: %s', (text, parts) => {
    expect(parseImageReference(text)).toEqual(parts);
    expect(formatImageReference(parseImageReference(text))).toBe(text);
  });

  it.each([
    'docs:',
    'docs:refs/tags/v1',
    'docs: 1',
    'Docs',
    '',
    'docs@sha256:12',
    'a//b',
    `docs:${'x'.repeat(129)}`,
  ])('refuse %j', (text) => {
    expect(() => parseImageReference(text)).toThrow(/is no image reference/);
  });
});

describe('templates', () => {
  const words = {
    text: { product: 'docs', commit: '0123456789abcdef' },
    committedAt: 1_700_000_000,
  };

  it.each([
    ['{product}-{commit:4}', 'docs-0123'],
    ['{shortCommit}', '01234567'],
    ['{date:%Y%m%d.%H%M%S}-{date:%j}', '20231114.221320-318'],
    ['{{product}}', '{product}'],
  ])('render %s as %s', (template, text) => {
    expect(renderTemplate(template, words)).toBe(text);
  });

  it.each(['{now}', '{constructor}', '{__proto__}', '{commit:x}', '{product', 'product}'])(
    'refuse %s',
    (template) => {
      expect(() => renderTemplate(template, words)).toThrow();
    },
  );
});

describe('texts', () => {
  it('lose credentials before they are shown', () => {
    expect(
      redactCredentials('fatal: https://user:s3cret@git.example.com/a.git refused'),
    ).not.toContain('s3cret');
    expect(redactCredentials('ssh://git@git.example.com/a')).toBe('ssh://git.example.com/a');
    expect(redactCredentials('Authorization: Basic abc')).not.toContain('abc');
    expect(redactCredentials('token is t0ken', ['t0ken'])).not.toContain('t0ken');
  });

  it('become one line, so that nobody can write a trailer or a terminal sequence into them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // eslint-disable-next-line no-control-regex -- what must not be left
        expect(oneLine(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
      }),
      { numRuns: 500 },
    );
    expect(oneLine('a\nLanewise-To: x\u001b[31m')).toBe('a Lanewise-To: x [31m');
  });

  it('read durations both ways', () => {
    expect(parseDuration('1d12h')).toBe(129_600);
    expect(formatDuration(129_600)).toBe('1d 12h');
    for (const text of ['', '5', '1x', 'h', '1h ', '-1h'])
      expect(() => parseDuration(text)).toThrow(/is no duration/);
  });

  it('end with the worst exit code: failed, then a lost race, then held, then done', () => {
    expect(worstExitCode([0, 3, 5, 1])).toBe(1);
    expect(worstExitCode([0, 3, 5])).toBe(5);
    expect(worstExitCode([3, 0])).toBe(3);
    expect(worstExitCode([])).toBe(0);
  });
});
