import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { commands } from '../src/commands.js';
import type { CommandModule } from '../src/command.js';
import { githubWorkflow } from '../src/init/github-workflow.js';
import { gitlabPipeline } from '../src/init/gitlab-pipeline.js';
import { makeProgram } from '../src/program.js';

const page = readFileSync(new URL('../../../docs/recipes.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(
  ([, language, code = '']) => ({
    language,
    code,
  }),
);
const yaml = blocks.filter(({ language }) => language === 'yaml').map(({ code }) => code);

/** Every `lanewise …` of a text, as words; a redirection or a pipe ends it. */
function calls(code: string): string[][] {
  return [...code.matchAll(/(?:^|[\s(])lanewise ((?:[^\n|>;)]|\\\n)+)/gm)].map(([, words = '']) =>
    words.trim().split(/\s+/),
  );
}

async function optionsOf(name: string): Promise<ReadonlySet<string>> {
  const entry = commands.find((one) => one.name === name || one.aliases?.includes(name) === true);
  if (entry === undefined) throw new Error(`There is no command ${name}.`);
  const loaded = new Map<string, CommandModule>([[entry.name, await entry.load()]]);
  const view = { colour: false, columns: 80, write: () => undefined };
  const program = makeProgram(loaded, view, () => Promise.resolve());
  const command = program.commands.find((one) => one.name() === entry.name);
  return new Set(
    [...program.options, ...(command?.options ?? [])].flatMap(({ long }) => long ?? []),
  );
}

describe('the recipes', () => {
  it('hold pipelines that parse', () => {
    expect(yaml.length).toBeGreaterThan(6);
    for (const code of yaml) {
      const [document, second] = parseAllDocuments(code, { uniqueKeys: true });
      expect(second).toBeUndefined();
      expect((document as { errors: unknown[] }).errors, code).toEqual([]);
    }
  });

  it('call commands and options that there are', async () => {
    const found = blocks.flatMap(({ code }) => calls(code));
    expect(found.length).toBeGreaterThan(12);
    for (const [name = '', ...words] of found) {
      const known = await optionsOf(name);
      for (const word of words.filter((one) => one.startsWith('--'))) {
        expect([...known], `lanewise ${name} ${words.join(' ')}`).toContain(word.split('=')[0]);
      }
    }
  });

  it('check out on GitHub as the pipelines of init do', () => {
    const written = githubWorkflow({
      branch: 'main',
      environments: ['dev'],
      otherRepository: true,
      install: 'npm ci',
    });
    const github = yaml.find((code) => code.startsWith('# .github/workflows')) ?? '';
    for (const line of [
      'fetch-depth: 0',
      "filter: 'blob:none'",
      'actions/checkout@v4',
      'node-version: 22',
    ]) {
      expect(written).toContain(line);
      expect(github).toContain(line);
    }
    expect(github).not.toContain('concurrency:');
  });

  it('push on GitLab as the pipelines of init do', () => {
    const text = gitlabPipeline({
      branch: 'release/1.x',
      environments: ['dev', 'prod.eu'],
      otherRepository: true,
      install: 'npm ci',
    });
    expect(text).toMatchSnapshot();
    const written = parse(text) as Record<string, { before_script?: string[]; script?: string[] }>;
    expect(Object.keys(written)).toEqual(['.lanewise', 'lanewise:release', 'lanewise:promote']);
    const gitlab = parse(
      yaml.find((code) => code.startsWith('# .gitlab-ci.yml')) ?? '',
    ) as typeof written;
    const steps = written['.lanewise']?.before_script ?? [];
    expect(steps).toHaveLength(3);
    expect(gitlab['lanewise:plan']?.script?.slice(0, 3)).toEqual(steps);
    expect(text).not.toContain('resource_group:');
  });
});
