import { appendFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import type { Answer } from '../command.js';

/**
 * Hands an answer to the next steps of a GitHub job: outputs into the file that GITHUB_OUTPUT
 * names, a summary into GITHUB_STEP_SUMMARY. Elsewhere nothing is written.
 */
export async function writeGithubOutputs(
  answer: Pick<Answer, 'outputs' | 'summary'>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const outputs = environment['GITHUB_OUTPUT'] ?? '';
  if (outputs !== '' && answer.outputs !== undefined)
    await appendFile(outputs, formatOutputs(answer.outputs));
  const summary = environment['GITHUB_STEP_SUMMARY'] ?? '';
  if (summary !== '' && answer.summary !== undefined) await appendFile(summary, answer.summary());
}

/** `name=value` lines; a value of several lines stands between delimiters that nobody can guess. */
export function formatOutputs(outputs: Readonly<Record<string, string>>): string {
  return Object.entries(outputs)
    .map(([name, value]) => {
      if (!/[\r\n]/.test(value)) return `${name}=${value}\n`;
      const end = `end-${randomBytes(12).toString('hex')}`;
      return `${name}<<${end}\n${value}\n${end}\n`;
    })
    .join('');
}
