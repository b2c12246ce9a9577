import { describe, expect, it } from 'vitest';
import type { PinSelector, RepoPath } from '@lanewise/model';
import { readFileVersion, type PinnedFile } from '@lanewise/promotion';

type Shape = readonly [file: string, selector: PinSelector, text: (value: string) => string];

const shapes: readonly Shape[] = [
  ['values.yaml', { path: 'image.tag' }, (v) => `a: 1\nimage:\n  tag: ${v} # c\nb: 2\n`],
  ['values.yaml', { path: 'image.tag' }, (v) => `image: { repository: x/y, tag: ${v} }\n`],
  ['values.yaml', { path: 'image.tag' }, (v) => `image: {repository: x/y, tag: '${v}'}\r\n`],
  ['values.yaml', { path: 'image' }, (v) => `image: r.example.com/a/b:${v}\n`],
  ['values.yaml', { path: 'image' }, (v) => `image: "r.example.com/a/b:${v}"\n`],
  ['values.yaml', { path: 'image.tag' }, (v) => `# é\nimage:\n  tag: "${v}"\n`],
  [
    'kustomization.yaml',
    { path: 'images[name=x].newTag' },
    (v) => `kind: Kustomization\nimages:\n  - name: x\n    newTag: ${v}\n`,
  ],
  ['Chart.yaml', { path: 'appVersion' }, (v) => `apiVersion: v2\nname: x\nappVersion: ${v}\n`],
  [
    'deployment.yaml',
    { image: 'r.example.com/a/b' },
    (v) =>
      `apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: c\n          image: r.example.com/a/b:${v}\n`,
  ],
  ['x.json', { path: 'a.tag' }, (v) => `{"a": {"tag": "${v}"}}\n`],
  ['x.env', { format: 'text', path: '^TAG=(\\S+)$' }, (v) => `A=1\nTAG=${v}\n`],
];

const words =
  '1.2.3 abc null true yes 1e5 0123 main-abc1234 x r 1.10 v1 NaN 0x1f 2026-01-01 a_b b'.split(' ');

describe('a version of a file that differs only in its value', () => {
  it.each(shapes)('is read as if it were the first: %s %j', (name, selector, text) => {
    const file: PinnedFile = {
      file: name as RepoPath,
      pins: [],
      selectors: [selector],
      images: null,
    };
    const read = (value: string, last: ReturnType<typeof readFileVersion> | null) =>
      readFileVersion(file, Buffer.from(text(value)), last);
    for (const before of words) {
      for (const after of words) {
        const first = read(before, null);
        if (before === '1.2.3') expect(first.version.rest).not.toBeNull();
        const [next, anew] = [read(after, first), read(after, null)];
        expect(next.version, `${before} to ${after}`).toEqual(anew.version);
        expect(read(before, next).version, `and back`).toEqual(first.version);
        const isPlain = /^[a-z0-9.-]+$/.test(after) && after !== 'null';
        if (isPlain && first.version.rest !== null && anew.version.rest !== null)
          expect(next.version.rest, `${before} to ${after}`).toBe(first.version.rest);
      }
    }
  });

  it('is told apart from one of which other bytes changed', () => {
    const file = {
      file: 'values.yaml' as RepoPath,
      pins: [],
      selectors: [{ path: 'image.tag' }],
      images: null,
    };
    const read = (text: string) => readFileVersion(file, Buffer.from(text), null).version.rest;
    const rest = read('image:\n  tag: "1"\n');
    expect(rest).not.toBeNull();
    expect(read('image:\n  tag: 2\n')).toBe(rest);
    expect(read('image:\n  tag: "1"\nreplicas: 2\n')).not.toBe(rest);
    expect(read('image:\n    tag: "1"\n')).not.toBe(rest);
  });
});
