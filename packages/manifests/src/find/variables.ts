import { isImageTag } from '@lanewise/model';

import type { Source } from '../source.js';
import type { FoundPin } from './found-pin.js';

/** How a kind of text file assigns a value: the name, what stands up to the value, the value. */
interface Assignment {
  readonly files: RegExp;
  readonly line: RegExp;
  /** The pattern of the pin for a name that was found, with one group. */
  readonly pattern: (name: string, quote: string, head: string) => string;
}

const assignments: readonly Assignment[] = [
  {
    files: /(?:^|\/)\.env(?:\.[\w.-]+)?$|\.env$/,
    line: /^(?<head>export[ \t]+)?(?<name>[A-Z][A-Z0-9_]*)=(?<quote>["']?)(?<value>[\w.+-]+)\k<quote>[ \t]*$/,
    pattern: (name, quote, head) =>
      `^${head === '' ? '' : 'export\\s+'}${name}=${quote}${quote === '' ? '(\\S+)' : `([^${quote}]+)`}`,
  },
  {
    files: /\.tfvars$/,
    line: /^[ \t]*(?<name>[A-Za-z]\w*)[ \t]*=[ \t]*(?<quote>")(?<value>[\w.+-]+)"/,
    pattern: (name) => `^\\s*${name}\\s*=\\s*"([^"]+)"`,
  },
  {
    files: /\.(?:jsonnet|libsonnet)$/,
    line: /^[ \t]*(?<name>[A-Za-z]\w*)[ \t]*:{1,3}[ \t]*(?<quote>["'])(?<value>[\w.+-]+)\k<quote>[ \t]*,/,
    pattern: (name, quote) => `^\\s*${name}\\s*:+\\s*${quote}([^${quote}]+)`,
  },
];

/**
 * Variables of `.env` files, of Terraform and of Jsonnet that hold a version by their names
 * (`API_TAG=1.4.2`, `api_image_tag = "1.4.2"`), or an image with its tag. Each pattern fits its line only.
 */
export function findVariables(source: Source): readonly FoundPin[] {
  const assignment = assignments.find(({ files }) => files.test(source.file));
  if (assignment === undefined || source.text.length > largest) return [];
  return [...versions(source, assignment), ...images(source)];
}

function versions({ text }: Source, { line, pattern }: Assignment): readonly FoundPin[] {
  return matchesIn(text, line).flatMap(({ match, number }): FoundPin[] => {
    const { head = '', name = '', quote = '', value = '' } = match.groups ?? {};
    if (!/(?:^|_)(?:image_?)?(?:tag|version)$|[a-z](?:Tag|ImageVersion)$/i.test(name)) return [];
    if (!isImageTag(value) || !/\d/.test(value)) return [];
    const sureness = /tag$|image/i.test(name) ? 'likely' : 'perhaps';
    return [found({ number, path: pattern(name, quote, head), value, sureness })];
  });
}

/** A whole reference in a variable that is called after an image: `image: 'registry/docs:1.4.2'`. */
const reference =
  /^[^\n#]*?image\w*["']?[ \t]*[:=]+[ \t]*["']?(?<repository>[a-z0-9][a-z0-9.-]*(?::\d+)?(?:\/[a-z0-9][a-z0-9._-]*)+):(?<tag>\w[\w.-]*)/i;

function images({ text }: Source): readonly FoundPin[] {
  return matchesIn(text, reference).flatMap(({ match, number }): FoundPin[] => {
    const { repository = '', tag = '' } = match.groups ?? {};
    if (!isImageTag(tag)) return [];
    const path = `${repository.replaceAll('.', '\\.')}:([\\w.-]+)`;
    return [found({ number, path, value: tag, sureness: 'likely', image: repository })];
  });
}

/** Lines are looked at one by one, and long ones not at all: nobody writes them, and patterns are slow on them. */
function matchesIn(
  text: string,
  shape: RegExp,
): readonly { readonly match: RegExpExecArray; readonly number: number }[] {
  return text.split('\n').flatMap((line, index) => {
    const match = line.length > longestLine ? null : shape.exec(line.replace(/\r$/, ''));
    return match === null ? [] : [{ match, number: index + 1 }];
  });
}

const longestLine = 1000;

function found({
  number,
  path,
  value,
  sureness,
  image = null,
}: {
  readonly number: number;
  readonly path: string;
  readonly value: string;
  readonly sureness: FoundPin['sureness'];
  readonly image?: string | null;
}): FoundPin {
  return {
    selector: { format: 'text', path },
    text: value,
    line: number,
    image,
    holds: 'tag',
    sureness,
    why: image === null ? 'a variable called after a version' : 'a tag behind the name of an image',
  };
}

const largest = 256 * 1024;
