import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { must } from '../src/run.js';

const { plugin, command } = inject('prepared');

interface Manifest {
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

describe.each([
  ['lanewise', command],
  ['@lanewise/nx', plugin],
])('%s as it is published', (_, tarball) => {
  const home = mkdtempSync(join(tmpdir(), 'lanewise-publish-'));
  const folder = join(home, 'package');
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  let files: readonly string[] = [];
  let manifest: Manifest = {};

  beforeAll(async () => {
    await must('tar', ['-xzf', tarball, '-C', home], home);
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    manifest = JSON.parse(read('package.json')) as Manifest;
  });
  afterAll(() => {
    rmSync(home, { recursive: true, force: true });
  });

  it('is correct by the rules of Node and of bundlers', async () => {
    const { messages } = await publint({ pkgDir: folder, pack: false, strict: true });
    expect(messages).toEqual([]);
  });

  it('holds what it needs and nothing else', () => {
    expect(files).toContain('LICENSE');
    expect(files).toContain('README.md');
    const wrong = files.filter(
      (file) =>
        /(?:^|\/)(?:src|test|node_modules)\/|tsbuildinfo|\.map$|(?<!\.d)\.ts$|\.log$/.test(file) ||
        !/^(?:bin|dist|schemas)\/|^(?:LICENSE|README\.md|(?:package|executors|generators)\.json)$/.test(
          file,
        ),
    );
    expect(wrong).toEqual([]);
  });

  it('loads no package but those that it names', () => {
    const allowed = new Set([
      ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
      ...builtinModules,
    ]);
    const scripts = files.filter((file) => /\.js$/.test(file));
    expect(scripts.length).toBeGreaterThan(3);
    const loaded = scripts.flatMap((file) =>
      [
        ...read(file).matchAll(/(?:\brequire\(|\bfrom ?|\bimport ?\(?)["']([@\w][\w@/.:-]*)["']/g),
      ].map(([, name = '']) => name.replace(/^node:/, '')),
    );
    const packages = loaded.map((name) =>
      builtinModules.includes(name)
        ? name
        : name.split('/', name.startsWith('@') ? 2 : 1).join('/'),
    );
    expect([...new Set(packages)].filter((name) => !allowed.has(name))).toEqual([]);
  });

  it('names no registry, no path of a machine and no version range that floats', () => {
    const text = JSON.stringify(manifest);
    expect(text).not.toMatch(/https?:\/\/|"(?:file|workspace|link):/);
    for (const range of Object.values(manifest.dependencies ?? {}))
      expect(range).toMatch(/^\d+\.\d+\.\d+/);
  });
});
