import { isLanewiseError, parseRepoPath } from '@lanewise/model';
import { describe, expect, it } from 'vitest';

import { rewritePins } from '../src/index.js';

function set(text: string, path: string, file = 'apps/docs/values.yaml.gotmpl'): string {
  const bytes = new TextEncoder().encode(text);
  try {
    const selector = { format: 'helm-values', path } as const;
    return new TextDecoder().decode(
      rewritePins({ file: parseRepoPath(file), bytes }, [{ selector, value: '1.10' }]),
    );
  } catch (error) {
    if (isLanewiseError(error)) return error.code;
    throw error;
  }
}

const text = `{{- $region := .Values.region -}}
global:
  {{- if .Values.debug }}
  level: debug
  {{- else }}
  level: info
  {{- end }}
  name: {{ .Release.Name }}
image:
  repository: example.com/{{ $region }}/docs
  tag: 1.4.1 # now
list:
  - name: x
    tag: 1.4.1
script: |
  image:
    tag: 1.4.1
`;

describe('a template that is no YAML before it is filled', () => {
  it('is changed in the one line that has these keys', () => {
    expect(set(text, 'image.tag')).toBe(text.replace('1.4.1 #', '"1.10" #'));
  });

  it.each([
    ['a line inside an if', text, 'global.level'],
    ['a value with an expression', text, 'image.repository'],
    ['a list', text, 'list.tag'],
    ['a key that is not there', text, 'image.tga'],
    ['two lines', text.replace('list:', 'image:\n  tag: 1\nlist:'), 'image.tag'],
    [
      'a key above that depends',
      text.replace('image:\n', '{{ if .x }}\nimage:\n').replace('list:', '{{ end }}\nlist:'),
      'image.tag',
    ],
    [
      'a second line that depends',
      text.replace('list:', '{{ if .x }}\nimage:\n  tag: 2\n{{ end }}\nlist:'),
      'image.tag',
    ],
    [
      'an expression of two lines',
      text.replace('list:', '{{ include\n "x" }}\nlist:'),
      'image.tag',
    ],
    ['a line that is not understood', text.replace('list:', '<PLACEHOLDER>\nlist:'), 'image.tag'],
    ['a block that is not closed', text.replace('list:', '{{ with .x }}\nlist:'), 'image.tag'],
  ])('is refused for %s', (_, content, path) => {
    expect(set(content, path)).toBe('PIN_UNREADABLE');
  });

  it("is never changed in a chart's templates", () => {
    expect(set(text, 'image.tag', 'charts/docs/templates/values.yaml')).toBe('PIN_UNREADABLE');
  });
});
