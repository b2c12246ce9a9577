import { byText, type ProductName } from '@lanewise/model';
import type { Reason } from './reason.js';
import type { PlanEntry, SharedCause } from './release-plan.js';

/** Causes that more than one product has, the widest first: what a person looks at first. */
export function sharedCauses(entries: readonly PlanEntry[]): readonly SharedCause[] {
  const causes = new Map<string, Set<ProductName>>();
  for (const entry of entries) {
    if (!('reasons' in entry)) continue;
    for (const cause of entry.reasons.flatMap((reason) => causesOf(reason))) {
      causes.set(cause, (causes.get(cause) ?? new Set()).add(entry.product));
    }
  }
  return [...causes]
    .filter(([, products]) => products.size > 1)
    .map(([cause, products]) => ({ cause, products: [...products] }))
    .sort((a, b) => b.products.length - a.products.length || byText(a.cause, b.cause));
}

/** A reason in the words of its cause, without the product that it was found for. */
function causesOf(reason: Reason): readonly string[] {
  switch (reason.kind) {
    case 'dependency':
      return [`files of ${reason.project}`];
    case 'globals':
      return reason.files.shown.map(({ path }) => path);
    case 'package':
      return [`package ${reason.name} ${versions(reason.before)} -> ${versions(reason.after)}`];
    case 'lockfile-unreadable':
      return [reason.file];
    case 'typescript-path':
      return [`the alias ${reason.alias} in ${reason.file}`];
    case 'typescript-options':
      return [`compiler options in ${reason.file}`];
    case 'nx-json':
      return [
        `${reason.part === 'other' ? '' : `${reason.part} `}${reason.keys.join(', ')} in ${reason.file}`,
      ];
    case 'joined':
      return [`${reason.project} joined`];
    case 'left':
      return [`${reason.project} left`];
    case 'moved':
      return [`${reason.project} moved from ${reason.from} to ${reason.to}`];
    case 'filter':
      return [`the inputs of ${reason.project} are declared differently`];
    case 'new':
    case 'own-files':
    case 'boundary':
      return [];
    default:
      return reason satisfies never;
  }
}

function versions(list: readonly string[]): string {
  return list.join(', ') || 'none';
}
