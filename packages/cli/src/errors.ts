import {
  isLanewiseError,
  redactCredentials,
  type ErrorCode,
  type ExitCode,
  type Place,
} from '@lanewise/model';
import { CommanderError } from 'commander';
import type { JsonAnswer } from './command.js';
import type { Paint } from './output/paint.js';
import { textWidth, wrapText } from './output/text-width.js';

/** An error as it is told: the one place where errors become words and exit codes. */
export interface ToldError {
  readonly code: ErrorCode;
  readonly exitCode: ExitCode;
  readonly message: string;
  readonly hint: string | null;
  readonly place: Place | null;
  /** Where in the program it came from, for `--verbose`; null where that says nothing. */
  readonly stack: string | null;
}

/** Understands whatever was thrown. What nobody foresaw is INTERNAL, and asks for a report. */
export function tellError(error: unknown, command: string | null = null): ToldError {
  if (error instanceof CommanderError) return usageError(error, command);
  if (isLanewiseError(error)) {
    return {
      code: error.code,
      exitCode: error.exitCode,
      message: error.message,
      hint: error.hint ?? null,
      place: error.place ?? null,
      stack: stackOf(error),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'INTERNAL',
    exitCode: 1,
    message: `Something unforeseen happened: ${redactCredentials(message)}`,
    hint: 'This is a defect of Lanewise. Run the command again with --verbose, and report what it prints.',
    place: null,
    stack: stackOf(error),
  };
}

/** The error as text for standard error: what happened, where, and what to do. */
export function renderError(
  error: ToldError,
  view: { paint: Paint; width: number | null; verbose: boolean },
): string {
  const { paint } = view;
  const parts = [
    labelled(paint.bad('error:'), 'error:', error.message, view.width),
    error.place === null ? '' : renderPlace(error.place, paint),
    error.hint === null ? '' : labelled(paint.id('hint:'), 'hint:', error.hint, view.width),
    view.verbose && error.stack !== null ? `${paint.quiet(error.stack)}\n` : '',
  ];
  return parts.join('');
}

/** The error as the JSON answer of a command that was asked for one. */
export function jsonError({ code, exitCode, message, hint, place }: ToldError): JsonAnswer {
  return { schema: 'lanewise.dev/error/1', exitCode, error: { code, message, hint, place } };
}

function labelled(painted: string, label: string, text: string, width: number | null): string {
  const room = width === null ? Infinity : Math.max(40, Math.min(width, 100) - label.length - 1);
  const lines = wrapText(text, room);
  return `${painted} ${lines.join(`\n${' '.repeat(label.length + 1)}`)}\n`;
}

/** File, line and column; the source line, and a caret under the column where the line is known. */
function renderPlace(place: Place, paint: Paint): string {
  const where = [place.file, place.line, place.column].filter((part) => part !== undefined);
  const number = String(place.line ?? '');
  const margin = ' '.repeat(number.length);
  const head = `${margin} ${paint.id('-->')} ${where.join(':')}\n`;
  if (place.text === undefined || place.line === undefined) return head;
  const bar = paint.id('|');
  const { shown, before } = window(place.text, place.column ?? 1);
  const caret = place.column === undefined ? '' : ' '.repeat(textWidth(before)) + paint.bad('^');
  return `${head}${margin} ${bar}\n${paint.id(number)} ${bar} ${shown}\n${margin} ${bar} ${caret}\n`;
}

/** Of a very long line only what stands around the column. Tabs and control characters become spaces. */
function window(line: string, column: number): { shown: string; before: string } {
  // eslint-disable-next-line no-control-regex -- what would move the cursor is replaced
  const text = line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
  const from = column > 80 ? column - 41 : 0;
  const lead = from > 0 ? '…' : '';
  const shown = lead + text.slice(from, from + 100) + (text.length > from + 100 ? '…' : '');
  return { shown, before: lead + text.slice(from, column - 1) };
}

function usageError(error: CommanderError, command: string | null): ToldError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const help =
    command === null
      ? "'lanewise --help' lists the commands."
      : `'lanewise ${command} --help' explains the command.`;
  const guess = /^\(Did you mean (?:one of )?(.*)\?\)$/.exec(rest.join(' '))?.[1];
  const names = guess?.split(', ').map((name) => `'${name}'`);
  const hint = names === undefined ? help : `Did you mean ${names.join(' or ')}? ${help}`;
  return {
    code: 'USAGE',
    exitCode: 2,
    message: usageSentence(error.code, first),
    hint,
    place: null,
    stack: null,
  };
}

/** Commander's words as a sentence of ours. */
function usageSentence(code: string, text: string): string {
  const quoted = /'(.*)'/.exec(text)?.[1] ?? '';
  switch (code) {
    case 'lanewise.noCommand':
      return 'No command is given.';
    case 'commander.unknownOption':
      return `There is no option '${quoted}' here.`;
    case 'commander.missingMandatoryOptionValue':
      return `The option '${quoted}' is needed.`;
    case 'commander.missingArgument':
      return `The argument <${quoted}> is missing.`;
    case 'commander.optionMissingArgument':
      return `The option '${quoted}' needs a value.`;
    case 'commander.invalidArgument':
      return choiceSentence(text);
    default: {
      const sentence = text.charAt(0).toUpperCase() + text.slice(1);
      return sentence.endsWith('.') ? sentence : `${sentence}.`;
    }
  }
}

const choices =
  /(?:option '(?<option>[^' ]+).*' argument '(?<given>.*)'|value '(?<value>.*)' is invalid for argument '(?<argument>.*)').*Allowed choices are (?<allowed>.*)\.$/;

function choiceSentence(text: string): string {
  const { option, given, value, argument, allowed } = choices.exec(text)?.groups ?? {};
  if (allowed === undefined) return text.charAt(0).toUpperCase() + text.slice(1);
  const what = option === undefined ? `<${argument ?? ''}>` : `'${option}'`;
  const or = allowed.replace(/, ([^,]*)$/, ' or $1');
  return `${what} takes ${or}, not '${given ?? value ?? ''}'.`;
}

function stackOf(error: unknown): string | null {
  const parts: string[] = [];
  for (let one = error; one instanceof Error && parts.length < 5; one = one.cause) {
    parts.push(one.stack ?? `${one.name}: ${one.message}`);
  }
  return parts.length === 0 ? null : redactCredentials(parts.join('\ncaused by '));
}
