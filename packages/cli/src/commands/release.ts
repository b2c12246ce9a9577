import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import {
  isLanewiseError,
  LanewiseError,
  parsePrereleaseIdentifier,
  parseProductName,
  worstExitCode,
  type ProductName,
  type Version,
} from '@lanewise/model';
import {
  planRequest,
  promote,
  type PromotionPlan,
  type PromotionResult,
  type PromotionSources,
} from '@lanewise/promotion';
import {
  applyRelease,
  observeRelease,
  parseToldImages,
  planRelease,
  releasedHere,
  type ReleaseOutcome,
  type ReleaseProgress,
  type ReleaseRequest,
  type ToldImages,
} from '@lanewise/release';
import { collect } from '../collect.js';
import type { Answer, Call, CommandModule } from '../command.js';
import { buildWithNx } from '../context/build-with-nx.js';
import { surroundings } from '../context/promotion-sources.js';
import { openReleaseSources, type OpenedRelease } from '../context/release-sources.js';
import { withWorkspace, type Workspace } from '../context/workspace.js';
import { parseProductAtVersion } from '../parse-names.js';
import { plannedReleaseAnswer, releaseAnswer } from '../release-answer.js';

interface Options {
  readonly dryRun?: boolean;
  readonly image?: readonly string[];
  readonly images?: string;
  readonly target?: string;
  readonly first?: boolean;
  readonly prerelease?: string;
  readonly acceptBase?: readonly string[];
  readonly maxAffected?: number;
  readonly graph?: string;
}

export const release: CommandModule = {
  help: {
    about:
      'For each product whose inputs changed since its own last release: finds the version, reserves it, builds the image or takes the told one, and publishes the release as a tag. Then brings it into the environments where releases land. Run again, it completes what was begun, or does nothing.',
    examples: [
      ['lanewise release --dry-run', 'show versions, reasons and notes; write nothing'],
      ['lanewise release --target container', 'build each affected product by its Nx target'],
      [
        'lanewise release --image docs=registry.example.com/acme/docs:1.4.2',
        'tell an image that was built before',
      ],
      ['lanewise release docs --prerelease rc', 'a release candidate: 1.5.0-rc.0'],
      ['lanewise release docs --first', 'release a product for the first time'],
    ],
  },
  declare: (command: Command) => {
    command
      .argument('[products...]', 'only these; default: all that are affected')
      .option('--dry-run', 'show the plan and write nothing')
      .option('--target <name>', 'build by this target of the Nx projects')
      .option('--image <product=reference>', 'an image that was built; repeatable', collect)
      .option('--images <file>', 'the same from a file: a line for each, or a JSON object')
      .option(
        '--prerelease <line>',
        'make prereleases of this line, such as rc: 1.5.0-rc.0',
        parsePrereleaseIdentifier,
      )
      .option('--first', 'named products that were never released are released')
      .option(
        '--accept-base <tag>',
        'after rewritten history: go on from this release; repeatable',
        collect,
      )
      .option('--max-affected <number>', 'release even as many products as this', parseCount)
      .option(
        '--graph <file>',
        'read the graph from this file (nx graph --file=…) instead of asking Nx',
      );
  },
  run: (call) =>
    withWorkspace(call, async (workspace) => {
      const options = call.options as Options;
      const request = await makeRequest(call, options);
      const dry = options.dryRun === true;
      const opened = await openReleaseSources(
        call,
        workspace,
        dry ? 'looking' : 'writing',
        options.graph ?? null,
      );
      if (dry) return dryRun(call, workspace, opened, request);
      const outcome = await releaseNow(call, workspace, opened, request, options.target ?? null);
      const promotion = await landReleases(call, workspace, opened, outcome);
      const exitCode = worstExitCode([
        outcome.exitCode,
        promotion.kind === 'landed' ? promotion.result.exitCode : promotion.error.exitCode,
      ]);
      return releaseAnswer(outcome, promotion, exitCode);
    }),
};

/** What the promotion behind a release came to; its failure never hides what was published. */
export type Landing =
  | { readonly kind: 'landed'; readonly result: PromotionResult }
  | { readonly kind: 'failed'; readonly error: LanewiseError };

function releaseNow(
  call: Call,
  workspace: Workspace,
  { sources }: OpenedRelease,
  request: ReleaseRequest,
  target: string | null,
): Promise<ReleaseOutcome> {
  const { now, random, sleep } = call.shell;
  return applyRelease(sources, request, {
    build: target === null ? null : buildWithNx(call, workspace.checkout.root, target),
    now,
    random,
    sleep,
    tagger: workspace.checkout.identity,
    report: (progress) => {
      const sentence = progressSentence(progress);
      if (sentence !== null) call.note(sentence);
    },
  });
}

/** Every release lands where releases land; what was released from this commit goes on where its gates are open. */
async function landReleases(
  call: Call,
  workspace: Workspace,
  opened: OpenedRelease,
  outcome: ReleaseOutcome,
): Promise<Landing> {
  const released = releasedHere(outcome);
  try {
    const request = { kind: 'ready', products: null, released } as const;
    return {
      kind: 'landed',
      result: await promote(
        promotionSources(workspace, opened),
        request,
        surroundings(call, workspace),
      ),
    };
  } catch (error) {
    if (!isLanewiseError(error)) throw error;
    return { kind: 'failed', error };
  }
}

async function dryRun(
  call: Call,
  workspace: Workspace,
  opened: OpenedRelease,
  request: ReleaseRequest,
): Promise<Answer> {
  const plan = planRelease(await observeRelease(opened.sources, request), request);
  return plannedReleaseAnswer(plan, await planLandings(call, workspace, opened));
}

/** What earlier releases would still do: those of this run land after them. */
async function planLandings(
  call: Call,
  workspace: Workspace,
  opened: OpenedRelease,
): Promise<PromotionPlan> {
  const request = { kind: 'ready', products: null, released: [] } as const;
  const sources = promotionSources(workspace, opened);
  return (await planRequest(sources, request, surroundings(call, workspace))).plan;
}

function promotionSources(
  workspace: Workspace,
  { sources, gitops, products }: OpenedRelease,
): PromotionSources {
  return {
    config: sources.trustedConfig,
    configBranch: sources.configBranch,
    products,
    workspace: workspace.repository,
    gitops,
  };
}

async function makeRequest(call: Call, options: Options): Promise<ReleaseRequest> {
  const products = call.arguments.map(parseProductName);
  if (options.first === true && products.length === 0) {
    throw new LanewiseError('USAGE', '--first needs the names of the products.', {
      hint: "Write 'lanewise release PRODUCT --first'.",
    });
  }
  return {
    products: products.length === 0 ? null : products,
    first: options.first === true,
    acceptBase: new Map((options.acceptBase ?? []).map(parseBase)),
    maxAffected: options.maxAffected ?? null,
    told: await readTold(call, options),
    target: options.target !== undefined,
    reserveOnly: false,
    ...(options.prerelease !== undefined && { prerelease: options.prerelease }),
    dryRun: options.dryRun === true,
  };
}

function parseBase(text: string): readonly [ProductName, Version] {
  const { product, version } = parseProductAtVersion(text);
  if (version !== null) return [product, version as Version];
  throw new LanewiseError('USAGE', `--accept-base names no release: '${text}'.`, {
    hint: 'Write PRODUCT@VERSION.',
  });
}

/** Whether images are told at all matters: an empty file says that nothing was built. */
async function readTold(call: Call, { image, images }: Options): Promise<ToldImages | null> {
  if (image === undefined && images === undefined) return null;
  return parseToldImages(image ?? [], images === undefined ? null : await readImages(call, images));
}

async function readImages(call: Call, file: string): Promise<string> {
  try {
    return await readFile(resolve(call.global.directory, file), 'utf8');
  } catch (cause) {
    throw new LanewiseError('USAGE', `The file ${file} with the images cannot be read.`, {
      cause,
      hint: 'It holds a line PRODUCT=REFERENCE for each image.',
    });
  }
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new LanewiseError('USAGE', `'${text}' is no number of products.`, {
    hint: 'Write a whole number above 0.',
  });
}

function progressSentence(progress: ReleaseProgress): string | null {
  switch (progress.kind) {
    case 'reserved':
      return `reserved versions for ${progress.products.join(', ')}`;
    case 'published':
      return `published ${progress.products.join(', ')}`;
    case 'moved':
      return `another run was faster (${progress.attempt}): looking again`;
    case 'planned':
    case 'building':
      return null;
    default:
      return progress satisfies never;
  }
}
