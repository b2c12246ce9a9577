import type { Deployment, Figures, FiguresScope, ObservedPast } from '@lanewise/promotion';
import type { Timestamp } from '@lanewise/model';
import type { Answer, JsonAnswer } from '../command.js';
import { renderBacktest } from '../render/backtest.js';
import type { BuiltNote } from './built-from.js';

/** Everything that the answer of a look back is made of. */
export interface Backtest {
  readonly figures: Figures;
  readonly past: ObservedPast;
  readonly scope: FiguresScope;
  readonly note: BuiltNote;
  /** Whether the history of the sources is there from its beginning. */
  readonly isWorkspaceComplete: boolean;
  /** The repository of the manifests, for people. */
  readonly gitops: string;
  /** Whether the manifests are in the workspace. */
  readonly isOne: boolean;
  readonly now: Timestamp;
}

/** The answer in its shapes. */
export function makeAnswer(found: Backtest, withDeployments: boolean): Answer {
  return {
    exitCode: 0,
    json: backtestJson(found, withDeployments),
    text: (view) => renderBacktest(found, withDeployments, view),
  };
}

/** The deployments that are counted, oldest first. */
export function countedDeployments({ past, scope }: Backtest): readonly Deployment[] {
  return past.deployments.filter(
    ({ at, product, environment }) =>
      (scope.since === null || at >= scope.since) &&
      (scope.until === null || at < scope.until) &&
      scope.products?.has(product) !== false &&
      scope.environments?.has(environment) !== false,
  );
}

/** The answer as JSON, after `lanewise.dev/backtest/1`. */
export function backtestJson(found: Backtest, withDeployments: boolean): JsonAnswer {
  const { figures, past, scope, note } = found;
  const { total, commits, products, environments, days } = figures;
  return {
    schema: 'lanewise.dev/backtest/1',
    gitops: found.gitops,
    since: scope.since,
    until: scope.until,
    span: past.span,
    history: {
      complete: past.cutAt === null,
      cutAt: past.cutAt,
      sourcesComplete: found.isWorkspaceComplete,
      files: past.watchedFiles,
      unread: past.unread,
    },
    inputs:
      note.kind === 'none' ? { known: 'none', why: note.why } : { known: note.kind, why: null },
    commits,
    total,
    environments,
    products,
    days,
    ...(withDeployments && { deployments: countedDeployments(found).map(deploymentJson) }),
  };
}

function deploymentJson(one: Deployment): Readonly<Record<string, unknown>> {
  const { source } = one;
  return {
    product: one.product,
    environment: one.environment,
    at: one.at,
    commit: one.commit,
    by: one.author,
    subject: one.subject,
    from: one.from,
    to: one.to,
    source: source.kind === 'told' ? source.commit : null,
    sourceAt: source.kind === 'told' ? source.committedAt : null,
    sourceBy: source.kind === 'told' ? source.by : source.why,
    direction: one.direction,
    inputs: one.inputs,
    leadTime: one.leadTime,
    beyond: one.beyond,
  };
}
