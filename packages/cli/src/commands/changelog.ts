import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import {
  LanewiseError,
  parseProductName,
  show,
  type Config,
  type ProductName,
  type Release,
} from '@lanewise/model';
import {
  changelogTemplate,
  changelogWords,
  forgeLinks,
  readChangelog,
  readReleases,
  renderChangelog,
  tagNaming,
  type ChangelogTemplate,
  type ChangelogWords,
  type ReleaseBook,
} from '@lanewise/release';
import type { Answer, Call, CommandModule } from '../command.js';
import { withWorkspace, type Workspace } from '../context/workspace.js';
import { readConfigForLooking } from '../context/work-tree-config.js';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly prereleases?: boolean;
  readonly format?: string;
  readonly template?: string;
  readonly output?: string;
}

export const changelog: CommandModule = {
  help: {
    about:
      "Each release tag keeps the notes that were made with it, so a changelog needs nothing but the tags, and is no file that somebody has to commit. With --output it is written where you say. 'changelog.template' in lanewise.yaml, or --template, gives it another look.",
    examples: [
      ['lanewise changelog docs', 'all releases of a product, newest first'],
      ['lanewise changelog docs --from 1.4.2 --to 1.6.0', 'what came after 1.4.2, up to 1.6.0'],
      ['lanewise changelog docs --to 1.6.0 --from 1.5.3 --output notes.md', 'into a file'],
    ],
  },
  declare: (command: Command) => {
    command
      .argument('<product>', 'the product')
      .option('--from <version>', 'only what came after this release')
      .option('--to <version>', 'up to this release; default: the newest')
      .option('--prereleases', 'prereleases have entries of their own')
      .option('--format <format>', "'markdown' or 'json'", parseFormat)
      .option('--template <file>', 'a Liquid template instead of the configured one')
      .option('--output <file>', 'write it to this file');
  },
  run: (call) =>
    withWorkspace(call, async (workspace) => {
      const options = call.options as Options;
      const product = parseProductName(call.arguments[0] ?? '');
      const config = await readConfigForLooking(call, workspace);
      const book = await readBook(workspace, config, product);
      const find = (text: string | undefined): Release | null =>
        text === undefined ? null : requireRelease(book, product, text);
      const request = {
        product,
        from: find(options.from),
        to: find(options.to),
        prereleases: options.prereleases === true,
      };
      const types = config.versioning.types;
      const entries = await readChangelog(workspace.repository, book, request, types);
      const links = forgeLinks(workspace.checkout.remote?.url ?? null, config.changelog);
      const words = changelogWords(product, entries, links);
      const template = await readTemplate(call, workspace, config, options);
      return answer(call, words, await renderChangelog(words, template), options);
    }),
};

async function readBook(
  { repository }: Workspace,
  config: Config,
  product: ProductName,
): Promise<ReleaseBook> {
  const refs = tagNaming([product], config).globs;
  const snapshot = await repository.fetch({ refs, depth: 'tip' });
  const products = [{ name: product, project: null }];
  const book = await readReleases(repository, snapshot, { products, config });
  if (book.releases(product).length > 0) return book;
  throw new LanewiseError('NO_RELEASES', `${product} was never released.`, {
    hint: `'lanewise graph' lists the products; lanewise release ${product} --first releases one for the first time.`,
  });
}

function requireRelease(book: ReleaseBook, product: ProductName, text: string): Release {
  const plain = text.startsWith(`${product}@`) ? text.slice(product.length + 1) : text;
  const release = book.find(product, plain);
  if (release !== null) return release;
  const newest = book.releases(product).slice(0, 5);
  throw new LanewiseError('RELEASE_UNKNOWN', `${product} has no release ${show(plain)}.`, {
    hint: `Its newest releases: ${newest.map(({ version }) => version).join(', ')}.`,
  });
}

async function readTemplate(
  call: Call,
  { checkout }: Workspace,
  { changelog: said }: Config,
  { template }: Options,
): Promise<ChangelogTemplate> {
  const file = template ?? said.template;
  if (file === null) return changelogTemplate;
  const path =
    template === undefined ? join(checkout.root, file) : resolve(call.global.directory, file);
  try {
    return { file, text: await readFile(path, 'utf8') };
  } catch (cause) {
    throw new LanewiseError('CONFIG_INVALID', `The template ${file} cannot be read.`, {
      cause,
      hint: "'changelog.template' is written from the root of the workspace.",
    });
  }
}

async function answer(
  call: Call,
  words: ChangelogWords,
  markdown: string,
  { format, output }: Options,
): Promise<Answer> {
  const json = { schema: 'lanewise.dev/changelog/1', ...words } as const;
  const text = format === 'json' ? `${JSON.stringify(json, null, 2)}\n` : markdown;
  if (output === undefined) return { exitCode: 0, json, text: () => text };
  await writeText(resolve(call.global.directory, output), text, output);
  call.note(`wrote ${output}`);
  return { exitCode: 0, json, text: () => '' };
}

async function writeText(path: string, text: string, output: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw new LanewiseError('USAGE', `The file ${output} cannot be written.`, {
      cause,
      hint: 'Name a file in a folder that exists.',
    });
  }
}

function parseFormat(text: string): string {
  if (text === 'markdown' || text === 'json') return text;
  throw new LanewiseError('USAGE', `${show(text)} is no format of changelogs.`, {
    hint: "Write 'markdown' or 'json'.",
  });
}
