import type { Command } from 'commander';
import type { ExitCode } from '@lanewise/model';
import type { Paint } from './output/paint.js';
import type { Shell } from './shell.js';

/** Options that every command takes, before or behind its name. */
export interface GlobalOptions {
  /** Directory to work in, as `git -C` has it; absolute. */
  readonly directory: string;
  readonly json: boolean;
  readonly verbose: boolean;
  /** Configuration file, from the working directory; null: `lanewise.yaml` at the workspace's root. */
  readonly config: string | null;
}

/** One call of a command: what was typed, and the world it may use. */
export interface Call {
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly global: GlobalOptions;
  readonly shell: Shell;
  /** Says a sentence on standard error that is not the answer. */
  readonly note: (sentence: string) => void;
}

/** For whom an answer is rendered. */
export interface View {
  readonly paint: Paint;
  /** Columns of the terminal; null in a pipe. */
  readonly width: number | null;
  readonly now: number;
}

/** A JSON answer: `schema` names its published JSON Schema. */
export interface JsonAnswer {
  readonly schema: string;
  readonly [key: string]: unknown;
}

/** What a command found or did. The shell prints it: commands never print. */
export interface Answer {
  readonly exitCode: ExitCode;
  readonly json: JsonAnswer;
  /** The answer for people and pipes, ended by a line feed; '' for none. */
  readonly text: (view: View) => string;
  /** Lines for standard error, after the answer: what was held or failed, with hints. */
  readonly remarks?: (view: View) => string;
  /** Values for the next steps of a GitHub job. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** Makes the Markdown for the summary page of a GitHub job, where there is one. */
  readonly summary?: () => string;
}

/** What stands in a command's help besides its arguments and options. */
export interface CommandHelp {
  /** What it does, in a few sentences. */
  readonly about: string;
  /** Commands to type, each with what it does. */
  readonly examples: readonly (readonly [command: string, meaning: string])[];
}

/** A command, loaded when it is asked for. */
export interface CommandModule {
  readonly help: CommandHelp;
  /** Declares arguments and options. */
  readonly declare: (command: Command) => void;
  readonly run: (call: Call) => Promise<Answer>;
}

/** What is known of a command without loading it. */
export interface CommandEntry {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}
