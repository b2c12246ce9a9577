import { toJsonSchema } from '@valibot/to-json-schema';
import { Command, type Argument, type Option } from 'commander';
import { configSchema } from '@lanewise/model';
import type { CommandEntry, CommandModule } from '../command.js';
import { commands } from '../commands.js';
import { makeProgram } from '../program.js';

/** A generated file, by its path from the repository's root. */
export type Pages = ReadonlyMap<string, string>;

const promotionWords = [
  'promote',
  'rollback',
  'apply',
  'lock',
  'hold',
  'reject',
  'freeze',
  'unlock',
];

/** The pages of docs/commands and the configuration's JSON Schema, made from the command itself. */
export async function generatedFiles(): Promise<Pages> {
  const pages = await Promise.all(
    commands.map(
      async (entry) =>
        [`docs/commands/${entry.name}.md`, commandPage(entry, await entry.load())] as const,
    ),
  );
  return new Map([
    ['docs/commands/README.md', indexPage()],
    ...pages,
    ['packages/cli/schemas/config.json', configJsonSchema()],
  ]);
}

function commandPage(entry: CommandEntry, module: CommandModule): string {
  const command = new Command(entry.name);
  module.declare(command);
  const usage =
    `lanewise ${entry.name} [options] ${command.registeredArguments.map((one) => argumentTerm(one)).join(' ')}`.trim();
  const argumentRows = command.registeredArguments.map((one) => [
    `\`${argumentTerm(one)}\``,
    one.description,
  ]);
  const optionRows = command.options.map((option) => [
    `\`${option.flags}\``,
    optionMeaning(option),
  ]);
  const schema = promotionWords.includes(entry.name) ? 'promotion' : entry.name;
  const alias =
    entry.aliases === undefined
      ? ''
      : `\nAlso called ${entry.aliases.map((name) => `\`${name}\``).join(', ')}.\n`;
  return [
    `# lanewise ${entry.name}\n\n${entry.summary}.\n${alias}\n${module.help.about}\n`,
    `\n\`\`\`\n${usage}\n\`\`\`\n`,
    table(['argument', 'meaning'], argumentRows),
    table(['option', 'meaning'], optionRows),
    `\nThe [options of every command](README.md#options-of-every-command) work here too.\n`,
    `\n## Examples\n\n\`\`\`sh\n${module.help.examples.map(([line, meaning]) => `# ${meaning}\n${line}`).join('\n\n')}\n\`\`\`\n`,
    `\nWith \`--json\` the answer follows [this schema](../../packages/cli/schemas/${schema}.json).\n`,
  ].join('');
}

function indexPage(): string {
  const groups = [...new Set(commands.map(({ group }) => group))];
  const lists = groups.map((group) => {
    const members = commands.filter((entry) => entry.group === group);
    return `\n## ${group.replace(/:$/, '')}\n\n${members.map(({ name, summary }) => `- [\`lanewise ${name}\`](${name}.md): ${lower(summary)}\n`).join('')}`;
  });
  const view = { colour: false, columns: 80, write: () => undefined };
  const { options } = makeProgram(new Map(), view, () => Promise.resolve());
  const rows = options.map((option) => [`\`${option.flags}\``, option.description]);
  return [
    '# Commands\n\nThese pages are made from the command itself: `npm run docs` writes them anew.\n',
    ...lists,
    `\n## Options of every command\n${table(['option', 'meaning'], rows)}`,
    '\n## Exit codes\n',
    table(
      ['code', 'meaning'],
      [
        ['0', 'done, or nothing to do'],
        ['1', 'failed'],
        ['2', 'wrong usage or configuration'],
        ['3', 'held by a gate, for what was asked by name'],
        ['4', 'verification found something'],
        ['5', 'lost a race too often'],
        ['130', 'interrupted'],
      ],
    ),
    '\nOf several results the worst counts, in the order 1, 5, 3, 0.\n',
  ].join('');
}

function configJsonSchema(): string {
  const schema = toJsonSchema(configSchema, { errorMode: 'ignore' });
  const named = {
    ...schema,
    $id: 'https://lanewise.dev/schemas/config.json',
    title: 'lanewise.yaml',
  };
  return `${JSON.stringify(named, null, 2)}\n`;
}

function optionMeaning(option: Option): string {
  const choices = option.argChoices === undefined ? '' : ` (${option.argChoices.join(', ')})`;
  const standard =
    option.defaultValue === undefined ? '' : `; default: ${String(option.defaultValue)}`;
  return `${option.description}${choices}${standard}${option.mandatory ? '; required' : ''}`;
}

function argumentTerm(argument: Argument): string {
  const inner = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${inner}>` : `[${inner}]`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return `\n${line(head)}|${' --- |'.repeat(head.length)}\n${rows.map(line).join('')}`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
