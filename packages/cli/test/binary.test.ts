import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
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
