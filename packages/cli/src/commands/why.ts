import type { Command } from 'commander';
import { LanewiseError, parseProductName } from '@lanewise/model';
import { explainAbsence, observePromotion } from '@lanewise/promotion';
import {
  explainProduct,
  measureInputs,
  observeRelease,
  planRelease,
  type Explanation,
  type Reason,
} from '@lanewise/release';
import type { Answer, Call, CommandModule, JsonAnswer } from '../command.js';
import { openPromotionSources } from '../context/promotion-sources.js';
import { openReleaseSources } from '../context/release-sources.js';
import { withWorkspace, type Workspace } from '../context/workspace.js';
import { lookingRequest } from '../looking-request.js';
import { parseProductAtVersion, requireProduct, requireTarget } from '../parse-names.js';
import { stateJson } from '../render/cell-state.js';
import { renderWhyNot } from '../render/why.js';
import { renderWhyAffected, type Measured } from '../render/why-affected.js';

interface Options {
  readonly graph?: string;
  readonly all?: boolean;
}

export const why: CommandModule = {
  help: {
    about:
      'Without an environment: every file and package that differs from the last release of the product, by which way it reaches the product, and which commits changed it. What was changed and changed back is no difference. With an environment: what runs there, and what its newest release, or the one named, waits for.',
    examples: [
      ['lanewise why docs', 'why docs is affected, or why it is not'],
      ['lanewise why docs --all', 'the same with every file, however many changed'],
      ['lanewise why docs prod', 'why the newest release of docs is not in prod'],
      ['lanewise why docs@1.4.2 prod', 'the same for one release'],
    ],
  },
  declare: (command: Command) => {
    command
      .argument('<product>', 'PRODUCT, or PRODUCT@VERSION with an environment')
      .argument('[environment]', 'environment or group')
      .option('--all', 'show every cause and file, where otherwise the first of many are shown')
      .option(
        '--graph <file>',
        'read the graph from this file (nx graph --file=…) instead of asking Nx',
      );
  },
  run: (call) =>
    withWorkspace(call, (workspace) => {
      const [product = '', environment] = call.arguments;
      return environment === undefined
        ? whyAffected(call, workspace, product)
        : whyNot(call, workspace, product, environment);
    }),
};

async function whyAffected(call: Call, workspace: Workspace, name: string): Promise<Answer> {
  const product = parseProductName(name);
  const options = call.options as Options;
  const opened = await openReleaseSources(call, workspace, 'looking', options.graph ?? null);
  requireProduct(product, opened.products);
  const request = { ...lookingRequest([product]), detail: 'files' } as const;
  const state = await observeRelease(opened.sources, request);
  const plan = planRelease(state, request);
  const [entry] = plan.entries;
  const inputs = opened.sources.inputs.find((one) => one.product.name === product);
  if (entry === undefined || inputs === undefined)
    throw new LanewiseError('INTERNAL', `The plan says nothing of ${product}.`);
  const explanation = explainProduct(state, entry);
  const measured = {
    ...(await measureInputs(opened.sources, inputs)),
    projects: inputs.members.map(({ project }) => project.name),
  };
  return {
    exitCode: 0,
    json: whyJson(explanation, measured),
    text: (view) => renderWhyAffected(explanation, measured, { all: options.all === true }, view),
  };
}

function whyJson(explanation: Explanation, measured: Measured): JsonAnswer {
  const { product, entry, base, head, causes, commits, touching } = explanation;
  return {
    schema: 'lanewise.dev/why/1',
    product,
    environment: null,
    affected: causes.length > 0,
    verdict: entry.kind,
    base: base === null ? null : { version: base.version, commit: base.commit },
    compared: { base, head, ...measured, touching },
    causes: causes.map((cause) => ({
      ...cause,
      reason: withoutFiles(cause.reason, cause.fileCount),
    })),
    changes: commits,
    commits: entry.kind === 'release' ? entry.notes : [],
  };
}

/** The files stand beside the reason, each with its commits. */
function withoutFiles(reason: Reason, count: number): unknown {
  return 'files' in reason ? { ...reason, files: { count } } : reason;
}

async function whyNot(
  call: Call,
  workspace: Workspace,
  typed: string,
  target: string,
): Promise<Answer> {
  const { product, version } = parseProductAtVersion(typed);
  const sources = await openPromotionSources(call, workspace, 'looking');
  requireProduct(product, sources.products);
  requireTarget(target, sources.config);
  const state = await observePromotion(
    sources,
    { products: [product], history: true, requests: true },
    call.shell.now(),
  );
  const answers = explainAbsence(state, product, target, version);
  return {
    exitCode: 0,
    json: {
      schema: 'lanewise.dev/why/1',
      product,
      environment: target,
      answers: answers.map(
        ({ environment, state: runs, asked, byName, wasThere, next, requests }) => ({
          environment,
          runs: stateJson(runs),
          asked:
            asked === null
              ? null
              : {
                  version: asked.release.version,
                  gates: asked.gates,
                  byName: byName?.gates ?? asked.gates,
                },
          wasThere,
          next,
          requests: requests.map(({ tag, kind, reason, wait }) => ({
            tag: tag.name,
            kind,
            reason,
            wait,
          })),
        }),
      ),
    },
    text: (view) => renderWhyNot(product, target, answers, view),
  };
}
