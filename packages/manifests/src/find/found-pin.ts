import type { FormatName, PinSelector } from '@lanewise/model';

/** A pin that was recognised in a manifest without being told. */
export interface FoundPin {
  /** Finds the same place again, with its format. */
  readonly selector: PinSelector & { readonly format: FormatName };
  /** What stands there now. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** The image's name with its registry, where the manifest tells it. */
  readonly image: string | null;
  readonly holds: 'tag' | 'digest' | 'version' | 'revision';
  /** `sure`: the manifest says by itself what it is; `likely`: by its names; `perhaps`: by its looks. */
  readonly sureness: 'sure' | 'likely' | 'perhaps';
  /** Why it was taken for a pin. */
  readonly why: string;
}
