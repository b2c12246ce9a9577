import { isLanewiseError, parseRepoPath, type PinSelector } from '@lanewise/model';
import { describe, expect, it } from 'vitest';

import { findPins, readPins, rewritePins } from '../src/index.js';

const file = parseRepoPath('apps/docs/values.yaml');

function refusalOf(
  bytes: Uint8Array,
  selector: PinSelector = { path: 'tag' },
): { code: string; hint: string | undefined } {
  const [reading] = readPins({ file, bytes }, [selector]);
  if (reading?.kind !== 'refused') throw new Error(`It was read: ${reading?.kind}`);
  expect(findPins({ file, bytes })).toEqual([]);
  try {
    rewritePins({ file, bytes }, [{ selector, value: '1.4.2' }]);
  } catch (error) {
    if (!isLanewiseError(error)) throw error;
    expect(error.code).toBe(reading.error.code);
    expect(error.place?.file).toBe(file);
    return { code: error.code, hint: error.hint };
  }
  throw new Error('It was written.');
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const deep = (open: string, close: string): string =>
  `tag: 1\na: ${open.repeat(10_000)}${close.repeat(10_000)}\n`;

describe('bad input is refused with a place and a way out', () => {
  it.each([
    ['NUL bytes', Uint8Array.of(0x74, 0x3a, 0x20, 0x00, 0x0a)],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x74, 0x00, 0x3a, 0x00)],
    ['invalid UTF-8', Uint8Array.of(0x74, 0x61, 0x67, 0x3a, 0x20, 0xff, 0x0a)],
    ['an overlong sequence', Uint8Array.of(0x74, 0x3a, 0x20, 0xc0, 0xaf)],
    ['a lone surrogate', Uint8Array.of(0x74, 0x3a, 0x20, 0xed, 0xa0, 0x80)],
    ['50 MB', new Uint8Array(50_000_000).fill(0x61)],
    ['10,000 open brackets', encode(deep('[', ''))],
    ['10,000 lists', encode(deep('[', ']'))],
    ['10,000 maps', encode(deep('{a: ', '}'))],
    ['10,000 brackets hidden by texts', encode(`a: ${'[ "]", '.repeat(10_000)}`)],
    ['10,000 dashes', encode(`${'- '.repeat(10_000)}x\n`)],
    ['10,000 question marks', encode(`${'? '.repeat(10_000)}x\n`)],
    [
      'deep indentation',
      encode(Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')),
    ],
    [
      'a megabyte that only the library can read',
      encode(`tag: 1\na: !!set {${'b, '.repeat(350_000)}}\n`),
    ],
    ['what is no YAML', encode('tag: 1\n  - x\n : y\n"\n')],
    ['a lone carriage return', encode('tag: "1\ra: x\n')],
    [
      'a Git LFS pointer',
      encode('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n'),
    ],
    [
      'a SOPS file',
      encode(
        'tag: ENC[AES256_GCM,data:x]\nsops:\n    mac: ENC[AES256_GCM,data:y]\n    version: 3.8.1\n',
      ),
    ],
    ['a SOPS file in JSON', encode('{"tag": "ENC[x]", "sops": {"mac": "ENC[y]"}}')],
  ])('%s', (_, bytes) => {
    expect(refusalOf(bytes).hint).toBeTruthy();
  });

  it('never follows aliases, so that none can explode', () => {
    const names = [...'bcdefghijklmnop'];
    const bomb = names.map(
      (name, at) =>
        `${name}: &${name} [${Array(9)
          .fill(`*${at === 0 ? 'a' : names[at - 1]}`)
          .join(', ')}]`,
    );
    const text = `tag: 1.4.1\na: &a [x, x]\n${bomb.join('\n')}\n`;
    const bytes = rewritePins({ file, bytes: encode(text) }, [
      { selector: { path: 'tag' }, value: '1.4.2' },
    ]);
    expect(new TextDecoder().decode(bytes)).toBe(text.replace('1.4.1', '1.4.2'));
  });

  it('reads 10,000 keys and 5 MB of plain YAML', () => {
    const text = `${Array.from({ length: 120_000 }, (_, at) => `key${at}:\n  image: example.com/acme/docs:1\n`).join('')}tag: 1.4.1\n`;
    const bytes = rewritePins({ file, bytes: encode(text) }, [
      { selector: { path: 'tag' }, value: '1.4.2' },
    ]);
    expect(new TextDecoder().decode(bytes)).toBe(text.replace('1.4.1', '1.4.2'));
  });

  it.each(['tag', 'a.b', 'a[b=c].d', '&a.tag', 'a[0]', 'a[^b]', '"a.b".c', "['x.y']", '/a~1b/0'])(
    'the path %s is read',
    (path) => {
      const [reading] = readPins({ file, bytes: encode('x: 1\n') }, [{ path }]);
      expect(reading?.kind).toBe('missing');
    },
  );

  it.each([
    '',
    '.a',
    'a.',
    'a..b',
    'a b',
    'a[',
    'a[]',
    '[x',
    'a]b',
    '&',
    'a&b',
    '"a',
    '/a~2',
    '__proto__[^',
    'a[=b]',
  ])('the path %j is refused', (path) => {
    const [reading] = readPins({ file, bytes: encode('x: 1\n') }, [{ path }]);
    expect(reading?.kind === 'refused' && reading.error.code).toBe('CONFIG_INVALID');
  });

  it.each(['__proto__', 'constructor', 'toString'])('the key %s is nothing special', (path) => {
    const [missing] = readPins({ file, bytes: encode('x: 1\n') }, [{ path }]);
    expect(missing?.kind).toBe('missing');
    const [reading] = readPins({ file, bytes: encode(`${path}: v1\n`) }, [{ path }]);
    expect(reading?.kind === 'value' && reading.text).toBe('v1');
  });

  it.each(['a\nb', 'a\u0000b', 'a\u0085b', 'a\u2028b', '\uFEFF', '\ud800'])(
    'the value %j is refused',
    (value) => {
      const manifest = { file, bytes: encode('tag: v1\n') };
      expect(() => rewritePins(manifest, [{ selector: { path: 'tag' }, value }])).toThrow(
        /control character/,
      );
    },
  );
});
