import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const packageRoot = fileURLToPath(new URL('..', import.meta.url));

describe('what V8 compiled of the built command', () => {
  let home: string;
  let dist: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'lanewise-compiled-'));
    dist = join(home, 'dist');
    execFileSync(process.execPath, [join(packageRoot, 'build.mjs'), '--out', dist]);
    copyFileSync(join(packageRoot, 'package.json'), join(home, 'package.json'));
    for (const name of ['bin', 'schemas'])
      cpSync(join(packageRoot, name), join(home, name), { recursive: true });
  }, 60_000);
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  beforeEach(() => kept().forEach((name) => rmSync(join(dist, name), { recursive: true })));

  const kept = (): string[] => readdirSync(dist).filter((name) => name.startsWith('compiled-'));
  const start = (args: string[], { flags = [] as string[], more = {} } = {}): string => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [...flags, join(home, 'bin/lanewise.js'), ...args],
      { encoding: 'utf8', env: { PATH: process.env['PATH'], ...more } },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  };
  const inode = (): number => statSync(join(dist, kept()[0]!)).ino;

  it('is kept beside it by the first start, and not written again by the next', () => {
    const said = start(['schema']);
    expect(kept()).toEqual([
      expect.stringMatching(/^compiled-[0-9a-f]{16}-v\d+\.\d+\.\d+\w*-\w+\.bin$/),
    ]);
    const before = inode();
    expect(start(['schema'])).toBe(said);
    expect(inode()).toBe(before);
  });

  it('grows by what another command loads', () => {
    start(['--version']);
    const { size } = statSync(join(dist, kept()[0]!));
    const said = start(['schema']);
    expect(statSync(join(dist, kept()[0]!)).size).toBeGreaterThan(size);
    expect(start(['schema'])).toBe(said);
  });

  it('is made anew where it is cut short, empty or something else', () => {
    const said = start(['schema']);
    const file = join(dist, kept()[0]!);
    const whole = readFileSync(file);
    const damaged = [
      whole.subarray(0, whole.length - 8),
      Buffer.concat([whole, Buffer.alloc(8)]),
      Buffer.alloc(0),
      Buffer.alloc(64),
      Buffer.from('something else'),
    ];
    for (const bytes of damaged) {
      writeFileSync(file, bytes);
      expect(start(['schema'])).toBe(said);
      expect(statSync(file).size).toBe(whole.length);
    }
  });

  it('is passed over by a Node with other flags, and stays', () => {
    const said = start(['schema']);
    const before = inode();
    expect(start(['schema'], { flags: ['--no-opt'] })).toBe(said);
    expect(inode()).toBe(before);
  });

  it('is not kept where nothing can be written, and nothing is left behind', () => {
    const said = start(['schema']);
    const [name] = kept();
    rmSync(join(dist, name!));
    mkdirSync(join(dist, name!));
    expect(start(['schema'])).toBe(said);
    expect(kept()).toHaveLength(1);
  });

  it("is not kept where Node's own variable says so", () => {
    start(['schema'], { more: { NODE_DISABLE_COMPILE_CACHE: '1' } });
    expect(kept()).toEqual([]);
  });

  it('is not taken for another build, though its files have the same names and lengths', () => {
    const said = start(['schema']);
    const file = join(dist, 'lanewise.js');
    const code = readFileSync(file, 'utf8');
    writeFileSync(file, code.replace(/build \w{4}/, 'build 0000'));
    expect(start(['schema'])).toBe(said);
    expect(kept()).toHaveLength(2);
    writeFileSync(file, code);
  });

  it('is no part of the package', () => {
    start(['--version']);
    const said = execFileSync('npm', ['pack', '--dry-run', '--json'], {
      cwd: packageRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [{ files }] = JSON.parse(said) as [{ files: { path: string }[] }];
    const names = files.map(({ path }) => path);
    expect(names).toContain('bin/compiled-code.js');
    expect(names).toContain('bin/package.json');
    expect(names.filter((name) => name.includes('dist/compiled-'))).toEqual([]);
  });
});
