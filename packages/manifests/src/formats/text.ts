import { LanewiseError, type PinSelector } from '@lanewise/model';

import { whole } from '../edit/holding.js';
import { findVariables } from '../find/variables.js';
import type { Format } from '../format.js';
import { compilePattern } from '../pattern/compile-pattern.js';
import { matchLine, type PatternMatch } from '../pattern/match-line.js';
import { errorAt, type Source } from '../source.js';
import type { RangeSpot } from '../spot.js';

/**
 * Any text, by a regular expression for one line with one group around the value: `.env`, Terraform,
 * Dockerfile, Jsonnet, templates. It must fit exactly once in the file.
 */
export const text: Format = {
  name: 'text',
  recognises: ({ file }) =>
    /(?:^|\/)(?:\.env(?:\.[\w.-]+)?|[\w.-]+\.env|Dockerfile(?:\.[\w.-]+)?|[\w.-]+\.(?:tf|tfvars|jsonnet|libsonnet))$/.test(
      file,
    ),
  locate: (source, selector) => locate(source, selector),
  find: findVariables,
};

/** Longer files, times the longest pattern, would take seconds. */
const largest = 1024 * 1024;

/** Steps of the machine in one file, so that no pattern holds up the others: about half a second. */
const mostSteps = 20_000_000;

function locate(source: Source, selector: PinSelector): RangeSpot {
  const { path } = selector;
  if (path === undefined) {
    throw new LanewiseError('CONFIG_INVALID', `A pin in '${source.file}' says no pattern.`, {
      place: { file: source.file },
      hint: 'Write a regular expression with one group: path: ^DOCS_TAG=(\\S+)$',
    });
  }
  if (source.text.length > largest) {
    throw new LanewiseError(
      'PIN_UNREADABLE',
      `'${source.file}' is larger than 1 MiB, too large for a pattern.`,
      { place: { file: source.file } },
    );
  }
  const [match, second] = findMatches(source, path);
  if (second) {
    throw errorAt(source, second.start, {
      code: 'PIN_AMBIGUOUS',
      message: `The pattern '${path}' fits more than once in '${source.file}'.`,
      hint: 'Make the pattern longer, so that it fits one line only.',
    });
  }
  if (!match?.group) {
    throw new LanewiseError(
      'PIN_MISSING',
      `The pattern '${path}' fits nothing in '${source.file}'.`,
      {
        place: { file: source.file },
        hint: 'A pattern is compared with one line at a time.',
      },
    );
  }
  return { kind: 'range', ...match.group, holding: whole, refuses: /[\s"'`\\$#{}<>|;&]/ };
}

/** At most two matches: more are not needed to know that there is more than one. */
function findMatches({ file, text: content }: Source, pattern: string): PatternMatch[] {
  const program = compilePattern(pattern);
  const matches: PatternMatch[] = [];
  let steps = 0;
  for (
    let start = content.startsWith('\uFEFF') ? 1 : 0;
    start <= content.length && matches.length < 2;
  ) {
    const next = content.indexOf('\n', start);
    const line = content.slice(start, next < 0 ? content.length : next).replace(/\r$/, '');
    for (let at = 0; at <= line.length && matches.length < 2;) {
      steps += (line.length - at + 1) * program.length;
      if (steps > mostSteps) throw tooSlow(file, pattern);
      const match = matchLine(program, line, at);
      if (match === null) break;
      matches.push(moved(match, start));
      at = match.end > at ? match.end : at + 1;
    }
    start = next < 0 ? content.length + 1 : next + 1;
  }
  return matches;
}

function moved({ start, end, group }: PatternMatch, by: number): PatternMatch {
  return {
    start: start + by,
    end: end + by,
    group: group && { start: group.start + by, end: group.end + by },
  };
}

function tooSlow(file: string, pattern: string): LanewiseError {
  return new LanewiseError(
    'PIN_UNREADABLE',
    `The pattern '${pattern}' takes too long in '${file}'.`,
    {
      place: { file },
      hint: 'Use a shorter pattern with smaller counts, or a smaller file.',
    },
  );
}
