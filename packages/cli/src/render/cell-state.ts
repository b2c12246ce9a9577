import type { CellState } from '@lanewise/promotion';
import { shorten } from './release-plan.js';

/** What runs in a cell, in a word or two; a version where it is a release. */
export function describeState(state: CellState): string {
  switch (state.kind) {
    case 'release':
      return shorten(state.release.version) + (state.told === null ? '' : ' (own image)');
    case 'image':
      return `${shorten(state.text)} (no release)`;
    case 'mixed':
      return 'pins disagree';
    case 'empty':
      return '(empty)';
    case 'missing':
      return 'file missing';
    case 'unreadable':
      return 'unreadable';
    case 'outside':
      return '';
    default:
      return state satisfies never;
  }
}

/** A state as data: the release by its version and commit instead of its whole record. */
export function stateJson(state: CellState): Readonly<Record<string, unknown>> {
  if (state.kind !== 'release') return { ...state };
  const { release, told } = state;
  return {
    kind: 'release',
    version: release.version,
    commit: release.commit,
    tag: release.tag.replace(/^refs\/tags\//, ''),
    told,
  };
}
