import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSample, transcript, type Sample } from './sample.js';

const packageRoot = fileURLToPath(new URL('..', import.meta.url));
const binary = join(packageRoot, 'bin/lanewise.js');

describe('the built command', () => {
  let sample: Sample;
  beforeAll(() => {
    execFileSync(process.execPath, [join(packageRoot, 'build.mjs')], { stdio: 'inherit' });
    sample = makeSample();
  });
  afterAll(() => sample.world.dispose());

  const environment = (): NodeJS.ProcessEnv => ({
    ...sample.world.environment,
    LANEWISE_CACHE: sample.world.cacheDirectory,
  });
  const start = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [binary, ...args], {
      cwd: sample.clone.root,
      env: environment(),
      encoding: 'utf8',
    });
    return transcript(sample, args, { exitCode: status ?? -1, stdout, stderr });
  };

  it('explains itself', () => {
    expect(start('--help')).toMatchSnapshot();
    expect(start('release', '--help')).toBe(
      start('help', 'release').replace('help release', 'release --help'),
    );
  });

  it('looks at a repository without Nx, and changes nothing when it looks again', () => {
    const folder = join(sample.world.directory, 'built-init');
    mkdirSync(join(folder, 'charts/docs'), { recursive: true });
    for (const name of ['dev', 'prod'])
      writeFileSync(
        join(folder, `charts/docs/values-${name}.yaml`),
        'image:\n  repository: registry.example.com/acme/docs\n  tag: 1.0.0\n',
      );
    sample.world.git(folder, 'init', '-q', '-b', 'main');
    const init = (): string => {
      const options = { cwd: folder, env: environment(), encoding: 'utf8' } as const;
      const { status, stdout } = spawnSync(process.execPath, [binary, 'init'], options);
      expect(status).toBe(0);
      return stdout;
    };
    expect(init()).toContain('Written: lanewise.yaml');
    const text = readFileSync(join(folder, 'lanewise.yaml'), 'utf8');
    expect(text).toContain(
      'pins: [{ file: "charts/{product}/values-{env}.yaml", path: image.tag }]',
    );
    expect(init()).toContain('lanewise.yaml is there already and stays as it is.');
    expect(readFileSync(join(folder, 'lanewise.yaml'), 'utf8')).toBe(text);
  });

  it('edits a stream of files from standard input', () => {
    const folder = join(sample.world.directory, 'built-pins');
    mkdirSync(folder);
    const before = '# kept\nimage: {tag:   1.0.0}\n';
    for (const name of ['a', 'b']) writeFileSync(join(folder, `${name}.yaml`), before);
    const input = ['a', 'b']
      .map((name) => `{"file":"${name}.yaml","path":"image.tag","value":"1.1.0"}\n`)
      .join('');
    const args = [binary, 'pins', 'set', '--stdin'];
    const options = { cwd: folder, env: environment(), input, encoding: 'utf8' } as const;
    const { status, stdout } = spawnSync(process.execPath, args, options);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'a.yaml: image.tag 1.0.0 → 1.1.0\nb.yaml: image.tag 1.0.0 → 1.1.0\n',
    });
    expect(readFileSync(join(folder, 'b.yaml'), 'utf8')).toBe(before.replace('1.0.0', '1.1.0'));
  });

  it('prints its version', () => {
    expect(start('--version')).toMatch(/^\$ lanewise --version\n\d+\.\d+\.\d+\S*\nexit code 0\n$/);
  });

  it('shows the help, and fails, where no command is given', () => {
    expect(start()).toMatch(/Usage: lanewise[\s\S]*exit code 2\n$/);
  });

  it('answers on real repositories, from another directory by -C', () => {
    expect(start('adopt', '--at', 'HEAD')).toMatchSnapshot();
    const elsewhere = spawnSync(
      process.execPath,
      [binary, '-C', sample.clone.root, '-C', 'apps', 'status'],
      { cwd: sample.world.directory, env: environment(), encoding: 'utf8' },
    );
    expect(
      transcript(sample, ['status'], { ...elsewhere, exitCode: elsewhere.status ?? -1 }),
    ).toMatchSnapshot();
  });

  it('fills the template of a changelog', () => {
    start('adopt', 'docs', '--at', 'HEAD');
    expect(start('changelog', 'docs')).toContain('## 1.0.0 (2026-01-01)');
  });

  it('is quiet when its reader has enough', () => {
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${binary}" schema config | true`],
      { env: environment(), encoding: 'utf8' },
    );
    expect(status).toBe(0);
    expect(stderr).toBe('');
  });

  it('ends with 130 when it is interrupted, and says how to go on', async () => {
    const tools = join(sample.world.directory, 'tools');
    const ready = join(tools, 'ready');
    mkdirSync(tools);
    writeFileSync(join(tools, 'git'), `#!/bin/sh\ntouch '${ready}'\nexec sleep 5\n`, {
      mode: 0o755,
    });
    const env = { ...environment(), PATH: `${tools}:${process.env['PATH'] ?? ''}` };
    const child = spawn(process.execPath, [binary, 'status'], { cwd: sample.clone.root, env });
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    while (!existsSync(ready)) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(said).toContain('Interrupted. Run the command again');
  });
});
