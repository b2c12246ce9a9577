import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const home = fileURLToPath(new URL('..', import.meta.url));

function sources(folder: string): readonly string[] {
  return readdirSync(join(home, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

const readJson = (file: string): Record<string, Record<string, Record<string, string>>> =>
  JSON.parse(readFileSync(join(home, file), 'utf8')) as never;

describe('the plugin', () => {
  it('imports nothing of Nx but @nx/devkit itself: the rest is gone in one of the versions', () => {
    const imports = sources('src').flatMap((file) =>
      [
        ...readFileSync(join(home, file), 'utf8').matchAll(
          /(?:from|import\(|require\() ?'([^']+)'/g,
        ),
      ]
        .map(([, name = '']) => name)
        .filter((name) => /^nx(?:$|\/)|^@nx\//.test(name)),
    );
    expect(imports.length).toBeGreaterThan(3);
    expect([...new Set(imports)]).toEqual(['@nx/devkit']);
  });

  it.each([
    // What Nx or the product's name says instead.
    ['release', []],
    ['promote', ['tag']],
    ['init', ['yes', 'dryRun']],
  ])('takes every option of the command: %s', (command, left) => {
    const page = readFileSync(join(home, '../../docs/commands', `${command}.md`), 'utf8');
    const shared = ['help', ...left];
    const options = [...page.matchAll(/^\| `--([a-z][a-z-]*)/gm)]
      .map(([, name = '']) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()))
      .filter((name) => !shared.includes(name));
    expect(options.length).toBeGreaterThan(3);
    const { properties = {} } = readJson(`schemas/${command}.json`);
    expect(Object.keys(properties)).toEqual(expect.arrayContaining([...new Set(options)]));
  });

  it('names for every executor and generator a schema that is there and allows nothing unknown', () => {
    const { executors } = readJson('executors.json');
    const { generators } = readJson('generators.json');
    const named = [...Object.values(executors ?? {}), ...Object.values(generators ?? {})];
    expect(named).toHaveLength(5);
    for (const { schema = '', implementation, factory } of named) {
      const { properties, additionalProperties } = readJson(schema) as Record<string, unknown>;
      expect(additionalProperties).toBe(false);
      expect(Object.keys(properties as object).length).toBeGreaterThan(3);
      const [file = '', name = ''] = (implementation ?? factory ?? '').split('#');
      const source = file.replace('./dist/', 'src/').replace(/\.js$/, '.ts');
      expect(readFileSync(join(home, source), 'utf8')).toContain(`export function ${name}`);
    }
  });
});
