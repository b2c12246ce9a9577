import { exitCodeOf, type ErrorCode, type ExitCode } from './error-codes.js';

/** Where in a file something stands. Lines and columns count from 1; columns count UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** The whole source line, to be shown under the message with a caret. */
  readonly text?: string;
}

export interface ErrorDetails {
  /** What to do next: a sentence, or a command to type. */
  readonly hint?: string | undefined;
  readonly place?: Place | undefined;
  readonly cause?: unknown;
}

/**
 * The only error class. Callers branch on `code`, never on the text.
 *
 * `message` is one paragraph that says what happened and to what; `hint` says what to do next.
 * Neither ever holds a credential: text that comes from a URL passes `redactCredentials` where
 * the message is made.
 */
export class LanewiseError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly place: Place | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'LanewiseError';
    this.code = code;
    this.hint = details.hint;
    this.place = details.place;
  }

  get exitCode(): ExitCode {
    return exitCodeOf(this.code);
  }
}

/** Tells whether a caught value is a `LanewiseError`, of one of the given codes where any is given. */
export function isLanewiseError(value: unknown, ...codes: ErrorCode[]): value is LanewiseError {
  return value instanceof LanewiseError && (codes.length === 0 || codes.includes(value.code));
}
