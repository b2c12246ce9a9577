import type { Command } from 'commander';
import { LanewiseError, parseProductName } from '@lanewise/model';
import { explainAbsence, observePromotion } from '@lanewise/promotion';
import { observeRelease, planRelease } from '@lanewise/release';
import type { Answer, Call, CommandModule } from '../command.js';
import { openPromotionSources } from '../context/promotion-sources.js';
import { openReleaseSources } from '../context/release-sources.js';
import { withWorkspace, type Workspace } from '../context/workspace.js';
import { lookingRequest } from '../looking-request.js';
import { parseProductAtVersion, requireProduct, requireTarget } from '../parse-names.js';
import { stateJson } from '../render/cell-state.js';
import { renderWhyAffected, renderWhyNot } from '../render/why.js';

interface Options {
  readonly graph?: string;
}

export const why: CommandModule = {
  help: {
    about:
      'Without an environment: what changed since the last release of the product, and on which way it reaches it. With one: what runs there, and what its newest release, or the one named, waits for.',
    examples: [
      ['lanewise why docs', 'why docs is affected, or why it is not'],
      ['lanewise why docs prod', 'why the newest release of docs is not in prod'],
      ['lanewise why docs@1.4.2 prod', 'the same for one release'],
    ],
  },
  declare: (command: Command) => {
    command
      .argument('<product>', 'PRODUCT, or PRODUCT@VERSION with an environment')
      .argument('[environment]', 'environment or group')
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
  const opened = await openReleaseSources(
    call,
    workspace,
    'looking',
    (call.options as Options).graph ?? null,
  );
  requireProduct(product, opened.products);
  const request = lookingRequest([product]);
  const plan = planRelease(await observeRelease(opened.sources, request), request);
  const [entry] = plan.entries;
  if (entry === undefined)
    throw new LanewiseError('INTERNAL', `The plan says nothing of ${product}.`);
  const reasons = 'reasons' in entry ? entry.reasons : [];
  const commits = entry.kind === 'release' ? entry.notes : [];
  const base = 'base' in entry ? entry.base : null;
  return {
    exitCode: 0,
    json: {
      schema: 'lanewise.dev/why/1',
      product,
      environment: null,
      affected: reasons.length > 0,
      verdict: entry.kind,
      base,
      reasons,
      commits,
    },
    text: (view) => renderWhyAffected(entry, view),
  };
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
