/** The parts of a commit's message that say something for a version or for notes. */
export interface CommitMessage {
  /** The line that names the change: the first one, or in a merge the title of its request. */
  readonly title: string;
  /** The lines of `BREAKING CHANGE` footers, each with the lines that continue it. */
  readonly breaking: readonly string[];
  /** Entries of a list of commits, as a squash writes it. */
  readonly listed: readonly string[];
  /** The pull or merge request that it came by: `#12`, `!12`. */
  readonly request: string | null;
  /** Issues that footers such as `Closes #12` name. */
  readonly issues: readonly string[];
  /** Ids of commits, or requests, that it takes back. */
  readonly reverts: readonly string[];
}

/** A message longer than any person's is read only at its beginning. */
const longestMessage = 65_536;
const longestLine = 500;
const mostLines = 2000;
const mostContinued = 20;

/** Takes a message apart. Whoever wrote it: the time that this takes grows with its length only. */
export function readMessage(message: string): CommitMessage {
  const lines = message
    .slice(0, longestMessage)
    .split(/\r?\n/, mostLines)
    .map((line) => line.slice(0, longestLine));
  const header = lines[0] ?? '';
  const merged = mergeTitle(header, lines);
  return {
    title: merged ?? header,
    breaking: breakingLines(lines),
    listed: lines.slice(1).flatMap((line) => /^[*-] (?=\S)(.*)$/.exec(line)?.[1] ?? []),
    request: requestOf(header, lines),
    issues: lines.slice(1).flatMap(issuesOf),
    reverts: revertedBy(lines),
  };
}

/** References in a text: `#12`, `!12`. */
export function referencesIn(text: string): readonly string[] {
  return [...text.matchAll(/(?<![\w/&])[#!]\d{1,9}\b/g)].map(([reference]) => reference);
}

const mergeHeader = /^(?:Merge (?:pull request|branch|remote-tracking branch|tag)|Merged in) /;

/** Forges write a request's title into the line that names the branches, or below it; null where there is none. */
function mergeTitle(header: string, lines: readonly string[]): string | null {
  // Gitea and Forgejo, and Azure DevOps, write the title into the line itself.
  const inside =
    /^Merge pull request '(.*)' \(#\d{1,9}\) from /.exec(header)?.[1] ??
    /^Merged PR \d{1,9}: (.*)$/.exec(header)?.[1];
  if (inside !== undefined) return inside;
  if (!mergeHeader.test(header)) return null;
  const title = lines.slice(1).find((line) => line.trim() !== '');
  return title === undefined || /^See merge request /.test(title) ? null : title;
}

/** As GitHub, GitLab, Gitea and Bitbucket name it: in the line of a merge, at a title's end, or below. */
function requestOf(header: string, lines: readonly string[]): string | null {
  const merge = /^Merge pull request (?:'.*' \()?#(\d{1,9})\b/.exec(header)?.[1];
  const bitbucket = /^Merged in .*\(pull request #(\d{1,9})\)$/.exec(header)?.[1];
  const azure = /^Merged PR (\d{1,9}): /.exec(header)?.[1];
  if (azure !== undefined) return `!${azure}`;
  const atEnd = /\(([#!]\d{1,9})\)\s*$/.exec(header)?.[1];
  if (merge !== undefined || bitbucket !== undefined) return `#${merge ?? bitbucket ?? ''}`;
  const below = lines.find((line) => /^See merge request /.test(line));
  return atEnd ?? /(![1-9]\d{0,8})$/.exec(below ?? '')?.[1] ?? null;
}

/** A footer: a token, and `: ` or ` #` behind it (conventionalcommits.org, item 8). */
const footer = /^(?:BREAKING[ -]CHANGE|[A-Za-z][A-Za-z0-9-]*)(?:: | #)/;
const breakingFooter = /^BREAKING[ -]CHANGE: /;

/** A footer's value goes on until the next footer, blank lines included (item 10); a list entry ends it too. */
function breakingLines(lines: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (let from = 1; from < lines.length; from += 1) {
    if (!breakingFooter.test(lines[from] ?? '')) continue;
    found.push(lines[from] ?? '');
    for (let next = from + 1; next < Math.min(lines.length, from + mostContinued); next += 1) {
      const line = lines[next] ?? '';
      if (footer.test(line) || /^[*-] /.test(line)) break;
      found.push(line);
    }
  }
  return found.slice(0, 200);
}

/** `Closes #12, #13`, `Fixes: #12`, `Refs !7`. */
function issuesOf(line: string): readonly string[] {
  return /^(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|refs?|see)(?:: | (?=[#!]))/i.test(line)
    ? referencesIn(line)
    : [];
}

/** git's own words, those of forges, and the `Refs:` footer of a `revert:` commit. */
function revertedBy(lines: readonly string[]): readonly string[] {
  const byTitle = /^revert(?:\([^()]*\))?!?: /i.test(lines[0] ?? '');
  const found = lines.flatMap((line): readonly string[] => {
    const commits = [...line.matchAll(/\bThis reverts commit ([0-9a-f]{7,64})\b/g)];
    const request =
      /^Reverts (?:[\w.-]+\/[\w.-]+)?(#\d{1,9})\b/.exec(line)?.[1] ??
      /\bThis reverts merge request (?:[\w./-]*)(!\d{1,9})\b/.exec(line)?.[1];
    const refs = byTitle && line.startsWith('Refs: ') ? line.match(/\b[0-9a-f]{7,64}\b/g) : null;
    return [
      ...commits.flatMap(([, id]) => id ?? []),
      ...(request === undefined ? [] : [request]),
      ...(refs ?? []),
    ];
  });
  return [...new Set(found)];
}
