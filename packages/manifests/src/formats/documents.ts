import { LanewiseError, type PinSelector } from '@lanewise/model';

import { resolvePath, type Resolved } from '../paths/resolve-path.js';
import type { PathStep } from '../paths/parse-path.js';
import { textAt } from '../paths/node-at.js';
import { errorAt, type Source } from '../source.js';
import type { OutlineDocument, OutlineNode } from '../yaml/outline.js';

type Choice = PinSelector['document'];

/** The documents that a selector allows: those of its kind and name, or all that hold something. Throws PIN_MISSING. */
export function chooseDocuments(
  source: Source,
  documents: readonly OutlineDocument[],
  choice: Choice,
): readonly OutlineDocument[] {
  if (choice === undefined) {
    const filled = documents.filter(({ root }) => root !== null);
    return filled.length === 0 ? documents.slice(0, 1) : filled;
  }
  const chosen = documents.filter(({ root }) => fits(root, choice));
  if (chosen.length > 0) return chosen;
  const present = documents.flatMap(({ root }) => (root === null ? [] : [describe(root)]));
  throw new LanewiseError(
    'PIN_MISSING',
    `No document of '${source.file}' is ${describeChoice(choice)}.`,
    {
      place: { file: source.file },
      hint:
        present.length === 0
          ? 'The file is empty.'
          : `The file holds ${present.slice(0, 8).join(', ')}.`,
    },
  );
}

/**
 * Follows a path in the one document that has it. Throws PIN_AMBIGUOUS where several have it, and
 * what `resolvePath` throws. Where none has it: absent, in the document that was chosen or the only one.
 */
export function resolveInDocuments(
  source: Source,
  documents: readonly OutlineDocument[],
  steps: readonly PathStep[],
  choice: Choice,
): Resolved {
  const chosen = chooseDocuments(source, documents, choice);
  const results = chosen.map((document) => resolvePath(source, document, steps));
  const found = results.filter((result) => result.kind === 'node');
  const [first, second] = found;
  if (second?.kind === 'node') {
    throw errorAt(source, second.node.start, {
      code: 'PIN_AMBIGUOUS',
      message: `${found.length} documents of '${source.file}' have this path.`,
      hint: 'Choose one: document: { kind: …, name: … } on the pin.',
    });
  }
  if (first) return first;
  const [absent] = results;
  if (absent === undefined) return absentInNothing(source, steps);
  return results.length === 1 || absent.kind !== 'absent'
    ? absent
    : { ...absent, error: absentInAll(source, absent.error) };
}

function fits(root: OutlineNode | null, choice: NonNullable<Choice>): boolean {
  if (root === null) return false;
  const kind = choice.kind === undefined || textAt(root, 'kind') === choice.kind;
  return kind && (choice.name === undefined || textAt(root, 'metadata', 'name') === choice.name);
}

function describe(root: OutlineNode): string {
  const kind = textAt(root, 'kind') ?? 'a document without kind';
  const name = textAt(root, 'metadata', 'name');
  return name === null ? kind : `${kind} '${name}'`;
}

function describeChoice({ kind, name }: NonNullable<Choice>): string {
  return [
    kind === undefined ? 'a document' : `of kind ${kind}`,
    name === undefined ? '' : `named '${name}'`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function absentInNothing(source: Source, steps: readonly PathStep[]): Resolved {
  const error = new LanewiseError('PIN_MISSING', `'${source.file}' is empty.`, {
    place: { file: source.file },
    hint: 'Write the key by hand, or say create: true on the pin.',
  });
  return {
    kind: 'absent',
    deepest: null,
    deepestEntry: null,
    inFlow: false,
    missing: steps,
    error,
  };
}

function absentInAll(source: Source, error: LanewiseError): LanewiseError {
  return new LanewiseError(
    'PIN_MISSING',
    `None of the documents of '${source.file}' has this path. ${error.message}`,
    {
      place: { file: source.file },
      hint: 'Choose the document: document: { kind: …, name: … } on the pin.',
    },
  );
}
