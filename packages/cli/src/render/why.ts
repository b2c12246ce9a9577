import { formatDuration } from '@lanewise/model';
import type { WhyNot } from '@lanewise/promotion';
import type { View } from '../command.js';
import { describeState } from './cell-state.js';
import { renderGateTable } from './promotion.js';
import { moment } from './durations.js';
import { shorten } from './release-plan.js';

/** What runs in each environment, and what the release that was asked about waits for. */
export function renderWhyNot(
  product: string,
  target: string,
  answers: readonly WhyNot[],
  view: View,
): string {
  if (answers.length === 0) return `${product} is not in ${target}.\n`;
  return answers.map((one) => renderOne(one, view)).join('\n');
}

function renderOne(
  { product, environment, state, since, asked, byName, wasThere, next, requests, locks }: WhyNot,
  view: View,
): string {
  const { paint, now } = view;
  const runs = `${paint.name(product)} in ${paint.name(environment)} runs ${paint.id(describeState(state))}${since === null ? '' : `, for ${formatDuration(now - since)}`}.\n`;
  if (asked === null) return `${runs}It was never released.\n`;
  const { version } = asked.release;
  const isThere = state.kind === 'release' && state.release.version === version;
  const parts = [
    runs,
    isThere ? `${shorten(version)} is what runs there.\n` : '',
    !isThere && wasThere
      ? `${shorten(version)} ran there before: only a promotion by name brings it back.\n`
      : '',
    isThere ? '' : `\n${renderGateTable(asked.gates, view)}${passedByName(asked, byName)}`,
    isThere
      ? ''
      : `\nNext: ${next.reason.text}.${next.reason.hint === null ? '' : ` ${next.reason.hint}`}\n`,
    locks.flatMap((file) => lockLines(file, view)).join(''),
    requests
      .map(
        ({ tag, kind, reason, wait }) =>
          `Request ${paint.id(tag.name)} is ${kind}: ${wait?.text ?? reason.text}.\n`,
      )
      .join(''),
  ];
  return parts.join('');
}

/** Gates that hold what lands by itself and environment tags, and not who names the release. */
function passedByName(asked: NonNullable<WhyNot['asked']>, byName: WhyNot['byName']): string {
  const open = new Set(
    (byName?.gates ?? []).flatMap(({ gate, answer }) => (answer.kind === 'open' ? [gate] : [])),
  );
  const passed = asked.gates.filter(({ gate, answer }) => answer.kind !== 'open' && open.has(gate));
  if (passed.length === 0) return '';
  const names = passed.map(({ gate }) => gate).join(' and ');
  return `\nA promotion by name is not held by ${names}.\n`;
}

function lockLines({ content }: WhyNot['locks'][number], { paint }: View): readonly string[] {
  if (content.kind === 'malformed') return [`${paint.bad('Locked:')} ${content.message}\n`];
  return content.entries.map(({ reason, by, until }) => {
    const who = by === null ? '' : `, by ${by}`;
    const end = until === null ? '' : `, until ${moment(until)} UTC`;
    return `${paint.waiting('Locked:')} ${reason}${who}${end}.\n`;
  });
}
