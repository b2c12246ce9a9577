import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commands } from '../src/commands.js';
import { generatedFiles } from '../src/docs/pages.js';
import { run } from '../src/run.js';
import { showsColour, type Shell } from '../src/shell.js';

async function lanewise(args: readonly string[], options: Partial<Shell> = {}) {
  const said = { stdout: '', stderr: '' };
  const exitCode = await run(args, {
    answer: (text) => (said.stdout += text),
    say: (text) => (said.stderr += text),
    environment: {},
    directory: '/',
    answerColumns: null,
    sayColumns: null,
    interactive: false,
    now: () => 0,
    random: () => 0,
    sleep: () => Promise.resolve(),
    clock: () => 0,
    ...options,
  });
  return { exitCode, ...said };
}

describe('help', () => {
  it.each(commands.map(({ name }) => name))(
    'of %s has a sentence, an example that begins with the command, and fits 80 columns',
    async (name) => {
      const { exitCode, stdout, stderr } = await lanewise([name, '--help']);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      const entry = commands.find((one) => one.name === name);
      expect(stdout).toContain(`${entry?.summary ?? ''}.`);
      const { help } = (await entry?.load()) ?? { help: { examples: [] } };
      expect(help.examples.length).toBeGreaterThan(0);
      for (const [example] of help.examples)
        expect(example).toContain(`lanewise ${name}`.slice(0, 'lanewise '.length));
      const text = stdout.slice(0, stdout.indexOf('Examples:'));
      expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    },
  );

  it('says the same for an alias', async () => {
    expect((await lanewise(['affected-release', '--help'])).stdout).toBe(
      (await lanewise(['release', '--help'])).stdout,
    );
  });

  it('takes global options before and behind the command', async () => {
    const [before, behind] = [
      await lanewise(['--json', 'schema']),
      await lanewise(['schema', '--json']),
    ];
    expect(before).toEqual(behind);
    expect(JSON.parse(before.stdout)).toMatchObject({ schema: 'lanewise.dev/schemas/1' });
  });
});

describe('generated files', () => {
  it('are those of the command as it is: node packages/cli/docs.mjs writes them anew', async () => {
    const root = new URL('../../../', import.meta.url);
    for (const [path, text] of await generatedFiles()) {
      expect(readFileSync(new URL(path, root), 'utf8'), path).toBe(text);
    }
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('for %s names every command and option', async (shell) => {
    const { stdout, exitCode } = await lanewise(['completion', shell]);
    expect(exitCode).toBe(0);
    for (const { name } of commands) expect(stdout).toContain(name);
    expect(stdout).toContain(shell === 'fish' ? '-l save-plan' : '--save-plan');
  });

  it('refuses another shell, and says which there are', async () => {
    const { exitCode, stderr } = await lanewise(['completion', 'tcsh']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('bash, zsh or fish');
  });
});

describe('colours', () => {
  it('are for terminals, unless NO_COLOR or the option says no, or FORCE_COLOR yes', () => {
    expect(showsColour({}, 80)).toBe(true);
    expect(showsColour({}, null)).toBe(false);
    expect(showsColour({ NO_COLOR: '1' }, 80)).toBe(false);
    expect(showsColour({ FORCE_COLOR: '1' }, null)).toBe(true);
    expect(showsColour({ FORCE_COLOR: '1', NO_COLOR: '1' }, 80)).toBe(false);
    expect(showsColour({ TERM: 'dumb' }, 80)).toBe(false);
  });

  it('appear in the help of a terminal only', async () => {
    expect((await lanewise(['--help'], { answerColumns: 80 })).stdout).toContain('\u001b[');
    expect(
      (await lanewise(['--help'], { answerColumns: 80, environment: { NO_COLOR: '1' } })).stdout,
    ).not.toContain('\u001b[');
    expect((await lanewise(['--help', '--no-color'], { answerColumns: 80 })).stdout).not.toContain(
      '\u001b[',
    );
  });
});
