import { isLanewiseError, parseRepoPath, type PinSelector } from '@lanewise/model';
import { describe, expect, it } from 'vitest';

import {
  formats,
  holdsValue,
  readPins,
  rewritePins,
  type Format,
  type PinEdit,
} from '../src/index.js';

function manifest(
  text: string,
  file = 'values.yaml',
): { file: ReturnType<typeof parseRepoPath>; bytes: Uint8Array } {
  return { file: parseRepoPath(file), bytes: new TextEncoder().encode(text) };
}

function set(text: string, path: string, value: PinEdit['value'], more: PinSelector = {}): string {
  const bytes = rewritePins(manifest(text), [
    { selector: { format: 'helm-values', path, ...more }, value },
  ]);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function read(text: string, path: string): string {
  const [reading] = readPins(manifest(text), [{ format: 'helm-values', path }]);
  return reading?.kind === 'value' ? reading.text : `${reading?.kind}: ${reading?.error.message}`;
}

function codeOf(edit: () => unknown): string {
  try {
    return JSON.stringify(edit());
  } catch (error) {
    if (isLanewiseError(error)) return error.code;
    throw error;
  }
}

describe('the bytes around a value stay as they are', () => {
  it('keeps comments, spaces, a byte-order mark, CRLF and a missing final line break', () => {
    const text =
      '\uFEFF# head\r\nimage:   # here\r\n    repository:  acme/docs\r\n    tag:   1.4.1   # now — é😀\r\nother: "x"';
    expect(set(text, 'image.tag', '1.4.2')).toBe(text.replace('1.4.1', '1.4.2'));
  });

  it.each([
    ['tag: 1.4.1\n', 'tag: 1.4.2\n'],
    ["tag: '1.4.1'\n", "tag: '1.4.2'\n"],
    ['tag: "1.4.1"\n', 'tag: "1.4.2"\n'],
    ['tag: |-\n  1.4.1\nz: 1\n', 'tag: |-\n  1.4.2\nz: 1\n'],
    ['tag: >\n   1.4.1\n\nz: 1\n', 'tag: >\n   1.4.2\n\nz: 1\n'],
    ['{tag: 1.4.1, z: 1}\n', '{tag: 1.4.2, z: 1}\n'],
    ['? tag\n: 1.4.1\n', '? tag\n: 1.4.2\n'],
    ['tag:\n  # why\n  1.4.1\nz: 1\n', 'tag:\n  # why\n  1.4.2\nz: 1\n'],
    ['tag: !!str 1.4.1\n', 'tag: !!str 1.4.2\n'],
    ['tag: &now 1.4.1\n', 'tag: &now 1.4.2\n'],
    ['tag:\nz: 1\n', 'tag: 1.4.2\nz: 1\n'],
    ['tag: # none yet\nz: 1\n', 'tag: 1.4.2 # none yet\nz: 1\n'],
    ['tag: ""\n', 'tag: "1.4.2"\n'],
  ])('writes in the style of the old value: %j', (before, after) => {
    expect(set(before, 'tag', '1.4.2')).toBe(after);
  });
});

describe('quotes', () => {
  it.each([
    '1.10',
    '1e5',
    '0123',
    '1_000',
    'yes',
    'off',
    'n',
    'null',
    '~',
    '2024-01-02',
    '0x1f',
    '0o7',
    '12:30:45',
    '.inf',
    '.NaN',
    '=',
    '<<',
    '65e0884',
    '1234567',
    '',
    ' x',
    'x ',
    'a: b',
    'a #b',
    '*x',
    '&x',
    '- x',
    '@x',
    '%x',
    '"x"',
  ])('are put around %j, which would be no text without them', (value) => {
    const text = set('tag: v1\n', 'tag', value);
    expect(text).not.toBe(`tag: ${value}\n`);
    expect(read(text, 'tag')).toBe(value);
  });

  it.each(['v1.10', '1.4.2', 'sha-65e0884', 'a65e0884', '1.0-rc.1', 'latest', 'x:y', 'x#y'])(
    'are not put around %j',
    (value) => {
      expect(set('tag: v1\n', 'tag', value)).toBe(`tag: ${value}\n`);
    },
  );

  it('leaves a small number a number, and quotes what would print differently', () => {
    expect(set('tag: 41\n', 'tag', '42')).toBe('tag: 42\n');
    expect(set('tag: 1.9\n', 'tag', '1.10')).toBe('tag: "1.10"\n');
    expect(set('tag: 41\n', 'tag', '1234567')).toBe('tag: "1234567"\n');
  });
});

describe('a switch keeps its type', () => {
  it.each([
    ['on: true\n', false, 'on: false\n'],
    ['on: yes\n', false, 'on: no\n'],
    ['on: ON\n', false, 'on: OFF\n'],
    ['on: "true"\n', false, 'on: "false"\n'],
    ['on: 3\n', 5, 'on: 5\n'],
    ['on: maybe\n', true, 'on: "true"\n'],
    ['on:\n', true, 'on: true\n'],
  ])('%j to %j', (before, value, after) => {
    expect(set(before, 'on', value)).toBe(after);
  });

  it('refuses a number for a Boolean', () => {
    expect(codeOf(() => set('on: true\n', 'on', 3))).toBe('PIN_REFUSED');
  });
});

describe('an image reference', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  it('takes a tag behind its name, and reads as that tag', () => {
    expect(set('image: reg.example.com:5000/acme/docs:1.4.1\n', 'image', '1.4.2')).toBe(
      'image: reg.example.com:5000/acme/docs:1.4.2\n',
    );
    expect(read('image: reg.example.com:5000/acme/docs:1.4.1\n', 'image')).toBe('1.4.1');
    expect(read('image: reg.example.com:5000/acme/docs\n', 'image')).toBe('');
  });

  it('is replaced by another reference', () => {
    expect(set('image: acme/docs:1.4.1\n', 'image', 'example.com/docs:1.4.2')).toBe(
      'image: example.com/docs:1.4.2\n',
    );
  });

  it('gets a tag where it has none', () => {
    expect(set('image: acme/docs\n', 'image', '1.4.2')).toBe('image: acme/docs:1.4.2\n');
  });

  it('does not lose its digest', () => {
    expect(codeOf(() => set(`image: acme/docs:1.4.1@${digest}\n`, 'image', '1.4.2'))).toBe(
      'PIN_REFUSED',
    );
    expect(codeOf(() => set(`tag: 1.4.1@${digest}\n`, 'tag', '1.4.2'))).toBe('PIN_REFUSED');
    const next = `1.4.2@sha256:${'b'.repeat(64)}`;
    expect(set(`image: acme/docs:1.4.1@${digest}\n`, 'image', next)).toBe(
      `image: acme/docs:${next}\n`,
    );
    expect(set(`tag: 1.4.1@${digest}\n`, 'tag', next)).toBe(`tag: ${next}\n`);
  });

  it('holds a value that is its tag, and one that is the whole', () => {
    const [reading] = readPins(manifest('image: acme/docs:1.4.1\n'), [{ path: 'image' }]);
    if (reading?.kind !== 'value') throw new Error('no value');
    expect([
      holdsValue(reading, '1.4.1'),
      holdsValue(reading, 'acme/docs:1.4.1'),
      holdsValue(reading, '1.4.2'),
    ]).toEqual([true, true, false]);
  });
});

describe('what cannot be written safely is refused', () => {
  it.each([
    ['an alias', 'a: &x 1.4.1\ntag: *x\n', 'tag', 'PIN_REFUSED'],
    ['an anchor that others follow', 'tag: &x 1.4.1\nb: *x\n', 'tag', 'PIN_REFUSED'],
    ['a merged key', 'a: &x\n  tag: 1\nimage:\n  <<: *x\n', 'image.tag', 'PIN_REFUSED'],
    ['a doubled key', 'tag: 1\ntag: 2\n', 'tag', 'PIN_REFUSED'],
    ['a template expression', 'tag: {{ .Values.tag }}\n', 'tag', 'PIN_REFUSED'],
    ['a template', '{{- if .x }}\ntag: 1\n{{- end }}\n', 'tag', 'PIN_UNREADABLE'],
    ['a map', 'image:\n  tag: 1\n', 'image', 'PIN_REFUSED'],
    ['a tag of its own meaning', 'tag: !secret 1\n', 'tag', 'PIN_REFUSED'],
    ['a missing key', 'image:\n  tag: 1\n', 'image.tga', 'PIN_MISSING'],
    ['two documents', 'tag: 1\n---\ntag: 1\n', 'tag', 'PIN_AMBIGUOUS'],
    ['a block of several lines', 'tag: |\n  a\n  b\n', 'tag', 'PIN_REFUSED'],
    ['NUL bytes', 'tag: 1\0\n', 'tag', 'PIN_UNREADABLE'],
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n',
      'version',
      'PIN_REFUSED',
    ],
    ['a SOPS file', 'tag: ENC[x]\nsops:\n  mac: ENC[y]\n', 'tag', 'PIN_REFUSED'],
    [
      'deep nesting',
      `tag: 1\na: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`,
      'tag',
      'PIN_UNREADABLE',
    ],
    ['a wrong path', 'tag: 1\n', 'a..b', 'CONFIG_INVALID'],
  ])('%s', (_, text, path, code) => {
    expect(codeOf(() => set(text, path, '1.4.2'))).toBe(code);
    const [reading] = readPins(manifest(text), [{ path }]);
    expect(reading?.kind === 'value' || reading?.error.code === code).toBe(true);
  });

  it('says the nearest keys and the place', () => {
    const [reading] = readPins(manifest('image:\n  tag: 1\n  name: x\n'), [{ path: 'image.tga' }]);
    expect(
      reading?.kind === 'missing' && [
        reading.error.message,
        reading.error.hint,
        reading.error.place?.line,
      ],
    ).toMatchInlineSnapshot(`
      [
        "'image.tga' is not in 'values.yaml': there is no 'tga' under 'image'.",
        "There is 'tag', 'name'. Add the key by hand, or say create: true on the pin.",
        2,
      ]
    `);
  });
});

describe('a missing key is made only when asked', () => {
  it.each([
    [
      'image:\n    name: x # y\nz: 1\n',
      'image.tag',
      'image:\n    name: x # y\n    tag: 1.4.2\nz: 1\n',
    ],
    ['image:\nz:\n   a: 1\n', 'image.tag', 'image:\n   tag: 1.4.2\nz:\n   a: 1\n'],
    ['a: 1', 'image.tag', 'a: 1\nimage:\n  tag: 1.4.2'],
    ['a: 1\r\n', 'tag', 'a: 1\r\ntag: 1.4.2\r\n'],
    ['', 'tag', 'tag: 1.4.2\n'],
    ['# none\n', 'tag', '# none\ntag: 1.4.2\n'],
    [
      'l:\n- name: a\n  x: |\n    t\n\n- name: b\n',
      'l[name=a].tag',
      'l:\n- name: a\n  x: |\n    t\n  tag: 1.4.2\n\n- name: b\n',
    ],
  ])('%j', (before, path, after) => {
    expect(set(before, path, '1.4.2', { create: true })).toBe(after);
    expect(codeOf(() => set(before, path, '1.4.2'))).toBe('PIN_MISSING');
  });
});

describe('kustomize', () => {
  const text =
    'images:\n- newTag: 1.4.1\n  name: acme/docs\n  newName: example.com/docs\n- name: acme/api\n  digest: sha256:x\n';
  it('finds the entry by its name, in any order of keys', () => {
    const bytes = rewritePins(manifest(text, 'kustomization.yaml'), [
      { selector: { image: 'acme/docs' }, value: '1.4.2' },
    ]);
    expect(new TextDecoder().decode(bytes)).toBe(text.replace('1.4.1', '1.4.2'));
  });
  it('refuses two entries of one name', () => {
    const twice = manifest(
      'images:\n- name: a\n  newTag: 1\n- name: a\n  newTag: 1\n',
      'kustomization.yaml',
    );
    expect(codeOf(() => rewritePins(twice, [{ selector: { image: 'a' }, value: '2' }]))).toBe(
      'PIN_AMBIGUOUS',
    );
  });
  it('refuses a tag where the entry has a digest', () => {
    expect(
      codeOf(() =>
        rewritePins(manifest(text, 'kustomization.yaml'), [
          { selector: { image: 'acme/api' }, value: '1.4.2' },
        ]),
      ),
    ).toBe('PIN_REFUSED');
  });
});

describe('json', () => {
  it('changes the value alone', () => {
    const text = '{\n\t"a\\u0062": { "tag" : "1.4.1" }, "n": 1 }';
    const bytes = rewritePins(manifest(text, 'x.json'), [
      { selector: { path: '/ab/tag' }, value: '1.4.2' },
      { selector: { path: 'n' }, value: '2' },
    ]);
    expect(new TextDecoder().decode(bytes)).toBe('{\n\t"a\\u0062": { "tag" : "1.4.2" }, "n": 2 }');
  });
});

describe('several edits of one file', () => {
  const text = 'a:\n  tag: v1\n  on: yes # go\nb: { image: "acme/b:1" }\n';
  const edit = (path: string, value: PinEdit['value']): PinEdit => ({
    selector: { format: 'yaml', path },
    value,
  });

  it('are made at once, in any order', () => {
    const edits = [
      edit('b.image', '2'),
      edit('a.on', false),
      edit('a.tag', 'v1.10.0'),
      edit('a.tag', 'v1.10.0'),
    ];
    const bytes = rewritePins(manifest(text), edits);
    expect(new TextDecoder().decode(bytes)).toBe(
      text.replace('v1', 'v1.10.0').replace('yes', 'no').replace('b:1', 'b:2'),
    );
  });

  it('are refused where they contradict each other', () => {
    expect(
      codeOf(() => rewritePins(manifest(text), [edit('a.tag', 'v2'), edit('/a/tag', 'v3')])),
    ).toBe('PIN_AMBIGUOUS');
  });

  it('make keys that hang together', () => {
    const made = [edit('c.image.tag', '1.4.2'), edit('c.image.digest', 'x')].map((one) => ({
      ...one,
      selector: { ...one.selector, create: true },
    }));
    const bytes = rewritePins(manifest(text), made);
    expect(new TextDecoder().decode(bytes)).toBe(
      `${text}c:\n  image:\n    tag: 1.4.2\n    digest: x\n`,
    );
  });

  it('give the very same bytes where nothing changes', () => {
    const before = manifest(text);
    expect(
      rewritePins(before, [edit('a.tag', 'v1'), edit('a.on', true), edit('b.image', 'acme/b:1')]),
    ).toBe(before.bytes);
  });
});

describe('an edit that would change more than the value', () => {
  it.each([
    ['swallows the next key', 8],
    ['names a scalar that is not in the file', 0],
  ])('is thrown away: a format that %s', (_, more) => {
    const [yaml] = formats.filter(({ name }) => name === 'yaml');
    if (!yaml) throw new Error('no format');
    const wrong: Format = {
      ...yaml,
      locate: (source, selector) => {
        const spot = yaml.locate(source, selector);
        if (spot.kind !== 'scalar') throw new Error('no scalar');
        return { ...spot, node: { ...spot.node, end: spot.node.end + more } };
      },
    };
    const edits = [{ selector: { path: 'tag' }, value: '1.4.2' }];
    const bytes = manifest('tag: 1.4.1\nnext: x\nlast: y\n');
    expect(codeOf(() => rewritePins(bytes, edits, [wrong]))).toBe('EDIT_UNSAFE');
  });
});
