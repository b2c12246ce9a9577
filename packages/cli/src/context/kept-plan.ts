import { branchRef, sha256, type CommitId } from '@lanewise/model';
import type { ReleasePlan, ReleaseRequest } from '@lanewise/release';
import { openSealedText, sealText } from '@lanewise/graph';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Call } from '../command.js';
import { configBranchName } from './config-branch.js';
import { expectKey, openKeeping } from './graph-keeping.js';
import { everyReleaseRef, lookAhead } from './look-ahead.js';
import { quietly } from '../quietly.js';
import { configPath, readTreeConfig } from './work-tree-config.js';
import type { Workspace } from './workspace.js';

/** Where a plan of these inputs is kept, and what is there. */
export interface KeptPlan {
  readonly plan: ReleasePlan | null;
  readonly keep: (plan: ReleasePlan) => Promise<void>;
}

/**
 * The plan that an earlier command made of exactly the same: the graph's ground (so HEAD's tree, and
 * nothing changed beside it), HEAD, every tag, reservation and release branch of the remote as they
 * are now, the head of the GitOps branch, what was asked, and this very build of Lanewise. The
 * remotes are asked as ever; what is saved is to compute the same again. For looking only: what
 * writes plans anew. null: no plan of this may be kept.
 */
export async function openKeptPlan(
  call: Call,
  workspace: Workspace,
  request: ReleaseRequest,
): Promise<KeptPlan | null> {
  const build = buildName(import.meta.url);
  const { checkout, repository } = workspace;
  if (build === null || !existsSync(join(checkout.root, 'nx.json'))) return null;
  void quietly(checkout.matchTree());
  const file = configPath(call.global, checkout.root);
  const [config, text] = await Promise.all([
    readTreeConfig(call, checkout.root),
    readFile(join(checkout.root, file), 'utf8'),
  ]);
  await lookAhead(call, workspace, everyReleaseRef, { known: config });
  const store = openKeeping(call, checkout, config, 'plans');
  if (typeof store === 'string' || config.projects.size > 0) return null;
  const [gitops, branch] = await Promise.all([
    workspace.openGitops(config),
    configBranchName(call, workspace),
  ]);
  const deploys = branchRef(config.gitops.branch);
  const [{ refs }, heads, expected] = await Promise.all([
    repository.fetch({
      refs: [...new Set(everyReleaseRef(config, branch))],
      depth: 'history',
    }),
    gitops.fetch({ refs: [deploys], depth: 'tip' }),
    expectKey(call, checkout, config),
  ]);
  const tip = heads.refs.get(deploys) as CommitId | undefined;
  if (expected === null || tip === undefined) return null;
  const all = [...refs].map(([ref, id]) => `${ref} ${id}`).sort();
  const keyOf = (asked: ReleaseRequest): string =>
    sha256(
      JSON.stringify([
        ...[build, expected.key, workspace.head, branch, tip, file, text, checkout.shallow],
        ...[requestText(asked), all],
      ]),
    );
  const { outline, ...whole } = request;
  const read = (key: string): Promise<ReleasePlan | null> =>
    store.read(key).then(decode, () => null);
  const key = keyOf(request);
  // A whole plan serves who asked for its outline.
  const kept = (await read(key)) ?? (outline === undefined ? null : await read(keyOf(whole)));
  const plan = kept !== null && (await expected.holds()) ? kept : null;
  if (plan !== null && call.global.verbose) {
    call.note('Nothing moved since this was last asked: its plan was kept.');
  }
  return {
    plan,
    keep: async (made) => {
      const text = sealText(JSON.stringify(made));
      if (await expected.holds()) await store.write(key, text).catch(() => undefined);
    },
  };
}

/**
 * The file that this code was bundled into: its name holds a digest of what is in it and in all that
 * it loads, so another build keeps other plans. null: the sources themselves run, and keep none.
 */
function buildName(url: string): string | null {
  const name = basename(url);
  return /-[0-9A-Z]{8}\.js$/.test(name) ? name : null;
}

function requestText(request: ReleaseRequest): string {
  return JSON.stringify({ ...request, acceptBase: [...request.acceptBase] });
}

function decode(text: string | null): ReleasePlan | null {
  const body = text === null ? null : openSealedText(text);
  return body === null ? null : (JSON.parse(body) as ReleasePlan);
}
