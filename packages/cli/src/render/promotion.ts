import type {
  Decision,
  GateResult,
  Landed,
  PromotionPlan,
  PromotionResult,
} from '@lanewise/promotion';
import type { View } from '../command.js';
import { renderTable, type Cell, type Column } from '../output/table.js';
import { moment, until } from './durations.js';
import { count, shorten } from './release-plan.js';

/** What happened, or would happen: a plan is shown like a result in which everything lands. */
export type Outcome =
  | { readonly kind: 'done'; readonly result: PromotionResult }
  | { readonly kind: 'planned'; readonly plan: PromotionPlan };

const columns: readonly Column[] = [
  { title: 'product' },
  { title: 'environment' },
  { title: 'from' },
  { title: 'to' },
  { title: 'outcome' },
  { title: 'because', narrow: 'wrap' },
];

/** What landed, what waits and what is held, as one table; then the gates of what is held. */
export function renderPromotion(outcome: Outcome, view: View): string {
  const plan = outcome.kind === 'done' ? outcome.result.plan : outcome.plan;
  const rows = plan.decisions
    .filter((decision) => isWorthShowing(decision, plan))
    .map((decision) => row(decision, outcome, view));
  const hidden = plan.decisions.length - rows.length;
  const rest = hidden === 0 ? '' : `${count(hidden, 'other')}: nothing to do.\n`;
  if (rows.length === 0) return 'Nothing to do.\n';
  const explained = plan.decisions.filter(
    (decision) => decision.gates.length > 0 && showsGates(decision, outcome),
  );
  const gates = explained.map((decision) => `\n${renderGates(decision, view)}`).join('');
  return renderTable(columns, rows, view) + rest + gates;
}

/** The answers of all gates for one decision, under its name. */
export function renderGates(decision: Decision, view: View): string {
  const { product, version, environment } = decision;
  const title = `${view.paint.name(product ?? '')} ${shorten(version ?? '')} to ${environment ?? ''}:\n`;
  return title + renderGateTable(decision.gates, view);
}

/** Gates with their answers, one a row, indented. */
export function renderGateTable(gates: readonly GateResult[], view: View): string {
  const rows = gates.map((result) => gateRow(result, view));
  const columns: Column[] = [
    { title: 'gate' },
    { title: 'answer' },
    { title: 'because', narrow: 'wrap' },
  ];
  const width = view.width === null ? null : view.width - 2;
  return indent(renderTable(columns, rows, { ...view, width }));
}

/** Errors and hints for standard error: what failed, and what to type for what is held. */
export function renderPromotionRemarks(outcome: Outcome, { paint }: View): string {
  const plan = outcome.kind === 'done' ? outcome.result.plan : outcome.plan;
  const failed = outcome.kind === 'done' ? outcome.result.failed : [];
  const lines = failed.map(({ product, environment, error }) => {
    const where = [product, environment].filter((part) => part !== null).join(' in ');
    const hint = error.hint === undefined ? '' : `${paint.id('hint:')} ${error.hint}\n`;
    return `${paint.bad('error:')} ${where === '' ? '' : `${where}: `}${error.message}\n${hint}`;
  });
  const hints = new Set(
    plan.decisions
      .filter(
        ({ verdict, reason }) =>
          verdict === 'held' || verdict === 'refused' || reason.code === 'no-lock',
      )
      .flatMap(({ reason }) => reason.hint ?? []),
  );
  const notices = outcome.kind === 'done' ? outcome.result.notices : [];
  const notes = notices.map((notice) => `${paint.quiet('note:')} ${notice}\n`);
  return [...notes, ...lines, ...[...hints].map((hint) => `${paint.id('hint:')} ${hint}\n`)].join(
    '',
  );
}

/** Automation passes over most products most of the time: only what moves or is stuck is shown. */
function isWorthShowing({ verdict }: Decision, { request }: PromotionPlan): boolean {
  return verdict !== 'done' || request.kind !== 'ready';
}

/** What is held is shown with all gates; so is what a dry run by name asks about. */
function showsGates({ verdict }: Decision, outcome: Outcome): boolean {
  return (
    verdict === 'held' ||
    (verdict === 'promote' && outcome.kind === 'planned' && outcome.plan.request.kind === 'name')
  );
}

function row(decision: Decision, outcome: Outcome, view: View): Cell[] {
  const { paint } = view;
  const landed = outcome.kind === 'done' ? landedOf(decision, outcome.result) : undefined;
  const intent = (outcome.kind === 'done' ? outcome.result.plan : outcome.plan).intents.find(
    (one) =>
      one.kind === 'promote' &&
      one.product === decision.product &&
      one.environment === decision.environment,
  );
  const from = intent?.kind === 'promote' ? (intent.from ?? '-') : '';
  return [
    { text: decision.product ?? 'all', paint: paint.name },
    decision.environment ?? 'all',
    shorten(from),
    { text: shorten(decision.version ?? ''), paint: paint.id },
    outcomeCell(decision, outcome, landed, view),
    decision.reason.text,
  ];
}

function outcomeCell(
  decision: Decision,
  outcome: Outcome,
  landed: Landed | undefined,
  { paint }: View,
): Cell {
  const isPlanned = outcome.kind === 'planned';
  switch (decision.verdict) {
    case 'promote':
      if (isPlanned) return { text: 'would land', paint: paint.good };
      return landed === undefined
        ? { text: 'failed', paint: paint.bad }
        : { text: `landed ${landed.commit.slice(0, 8)}`, paint: paint.good };
    case 'lock':
      return { text: isPlanned ? 'would be written' : 'written', paint: paint.good };
    case 'done':
      return { text: 'nothing to do', paint: paint.quiet };
    case 'waiting':
      return { text: 'waits', paint: paint.waiting };
    case 'held':
      return { text: 'held', paint: paint.bad };
    case 'refused':
      return { text: 'refused', paint: paint.bad };
    default:
      return decision.verdict satisfies never;
  }
}

function landedOf(
  { product, environment }: Decision,
  { landed }: PromotionResult,
): Landed | undefined {
  return landed.find((one) => one.product === product && one.environment === environment);
}

function gateRow({ gate, answer, forced }: GateResult, { paint, now }: View): Cell[] {
  const name = { text: gate, paint: paint.name };
  if (forced !== null) return [name, { text: 'forced', paint: paint.waiting }, forced];
  switch (answer.kind) {
    case 'open':
      return [name, { text: 'open', paint: paint.good }, answer.why];
    case 'waiting': {
      const when =
        answer.until === null
          ? ''
          : `, until ${moment(answer.until)} UTC (${until(answer.until, now)})`;
      return [name, { text: 'waiting', paint: paint.waiting }, `${answer.for}${when}`];
    }
    case 'closed':
      return [name, { text: 'closed', paint: paint.bad }, answer.why];
    default:
      return answer satisfies never;
  }
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
