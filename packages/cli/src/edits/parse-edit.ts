import { LanewiseError, show, type FormatName, type PinSelector } from '@lanewise/model';
import { formats } from '@lanewise/manifests';

/** One value to be written into one file, as it was asked for. */
export interface AskedEdit {
  /** As typed: from the working directory. */
  readonly file: string;
  readonly selector: PinSelector;
  readonly value: string | number | boolean;
}

export interface EditOptions {
  readonly format?: string;
  readonly document?: string;
  readonly create?: boolean;
  /** Take every value as text. */
  readonly text?: boolean;
}

/** `FILE PATH=VALUE…` as edits. Throws USAGE. */
export function parseTypedEdits(
  [file, ...words]: readonly string[],
  options: EditOptions,
): readonly AskedEdit[] {
  if (file === undefined || file === '' || words.length === 0) {
    throw new LanewiseError('USAGE', "'pins set' needs a file and at least one PATH=VALUE.", {
      hint: 'For example: lanewise pins set apps/prod/docs/values.yaml image.tag=1.4.2',
    });
  }
  return words.map((word) => {
    const at = equalsSign(word);
    if (at <= 0) {
      throw new LanewiseError('USAGE', `${show(word)} is no PATH=VALUE.`, {
        hint: 'For example image.tag=1.4.2, or images[name=docs].newTag=1.4.2 (quoted for the shell).',
      });
    }
    const value = word.slice(at + 1);
    return {
      file,
      selector: { ...selectorOf(options), path: word.slice(0, at) },
      value: options.text === true ? value : typedValue(value),
    };
  });
}

/** The first `=` that is not inside brackets, where a list entry is chosen by name. */
function equalsSign(word: string): number {
  let depth = 0;
  for (let at = 0; at < word.length; at += 1) {
    if (word[at] === '[') depth += 1;
    if (word[at] === ']') depth -= 1;
    if (word[at] === '=' && depth === 0) return at;
  }
  return -1;
}

/**
 * A switch or a small number keeps the type that the old value has in the file. Anything that could
 * be a version (`1.10`, seven digits of a commit) is text, as a number would lose its zeros.
 */
function typedValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^(?:0|[1-9]\d{0,5})$/.test(text) ? Number(text) : text;
}

function selectorOf({ format, document, create }: EditOptions): PinSelector {
  return {
    ...(format !== undefined && { format: formatNamed(format) }),
    ...(document !== undefined && { document: documentOf(document) }),
    ...(create === true && { create: true }),
  };
}

function formatNamed(name: string): FormatName {
  const format = formats.find((one) => one.name === name);
  if (format !== undefined) return format.name;
  throw new LanewiseError('USAGE', `There is no format ${show(name)}.`, {
    hint: `Known are: ${formats.map((one) => one.name).join(', ')}.`,
  });
}

/** `Deployment/docs`, `Deployment` or `/docs`. */
function documentOf(text: string): NonNullable<PinSelector['document']> {
  const [kind = '', ...name] = text.split('/');
  return {
    ...(kind !== '' && { kind }),
    ...(name.length > 0 && { name: name.join('/') }),
  };
}

/** JSON lines `{"file", "path", "value"}` as edits. A line that is none stops all: nothing is written. Throws USAGE with its number. */
export function parseEditLines(input: string): readonly AskedEdit[] {
  return input.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const edit = parseLine(line);
    if (typeof edit !== 'string') return [edit];
    throw new LanewiseError('USAGE', `Line ${index + 1} of standard input ${edit}.`, {
      hint: 'Each line is an object: {"file": "apps/prod/docs/values.yaml", "path": "image.tag", "value": "1.4.2"}. Nothing was written.',
    });
  });
}

/** The edit, or what is wrong with the line. */
function parseLine(line: string): AskedEdit | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'is no JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is no object';
  const fields = value as Record<string, unknown>;
  const known = ['file', 'path', 'value', 'format', 'document', 'image', 'create'];
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown !== undefined) return `has an unknown key ${show(unknown)}`;
  const text = (key: string): string | undefined =>
    typeof fields[key] === 'string' && fields[key] !== '' ? fields[key] : undefined;
  const file = text('file');
  const [path, image, format] = [text('path'), text('image'), text('format')];
  const written = fields['value'];
  if (file === undefined) return "has no text 'file'";
  if (path === undefined && image === undefined) return "has no text 'path'";
  if (typeof written !== 'string' && typeof written !== 'number' && typeof written !== 'boolean')
    return "has no 'value' that is a text, number or Boolean";
  const document = fields['document'];
  if (document !== undefined && !isDocument(document))
    return "has a 'document' without kind and name";
  return {
    file,
    value: written,
    selector: {
      ...(path !== undefined && { path }),
      ...(image !== undefined && { image }),
      ...(format !== undefined && { format: formatNamed(format) }),
      ...(document !== undefined && { document }),
      ...(fields['create'] === true && { create: true }),
    },
  };
}

function isDocument(value: unknown): value is NonNullable<PinSelector['document']> {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, name, ...rest } = value as Record<string, unknown>;
  const isText = (one: unknown): boolean => one === undefined || typeof one === 'string';
  return isText(kind) && isText(name) && Object.keys(rest).length === 0;
}
