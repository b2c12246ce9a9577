import { LanewiseError } from '@lanewise/model';

import type { Manifest } from '../format.js';
import { textAt } from '../paths/node-at.js';
import { openSource, placeAt } from '../source.js';

/** An automation of Flux that writes image versions by itself. */
export interface ImageUpdateAutomation {
  readonly name: string;
  readonly namespace: string | null;
  /** Folder under which it writes, from the repository's root: `./apps`. */
  readonly path: string;
  readonly suspended: boolean;
  /** Where its document begins, from 1. */
  readonly line: number;
}

/** The automations that a manifest declares; none for a file that cannot be read. */
export function findImageUpdateAutomations(manifest: Manifest): readonly ImageUpdateAutomation[] {
  try {
    const source = openSource(manifest);
    if (!source.text.includes('ImageUpdateAutomation')) return [];
    return source.yaml().documents.flatMap(({ root }) => {
      if (textAt(root, 'kind') !== 'ImageUpdateAutomation') return [];
      const name = textAt(root, 'metadata', 'name') ?? '';
      const namespace = textAt(root, 'metadata', 'namespace');
      const path = textAt(root, 'spec', 'update', 'path') ?? '.';
      const suspended = textAt(root, 'spec', 'suspend') === 'true';
      const { line } = placeAt(source, root?.start ?? 0);
      return [{ name, namespace, path, suspended, line }];
    });
  } catch (error) {
    if (error instanceof LanewiseError) return [];
    throw error;
  }
}
