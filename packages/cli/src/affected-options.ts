import type { ProjectsOptions } from './check-projects-options.js';

/** How `lanewise affected` may be written. */
export const affectedFormats = [
  'table',
  'names',
  'json',
  'github-matrix',
  'gitlab',
  'circleci',
  'buildkite',
  'dotenv',
  'any',
] as const;

export type AffectedFormat = (typeof affectedFormats)[number];

/** What may be typed behind `lanewise affected`. */
export interface AffectedOptions extends ProjectsOptions {
  readonly format: AffectedFormat;
  readonly first?: boolean;
  readonly prerelease?: string;
  readonly reserve?: boolean;
  readonly explain?: boolean;
  readonly all?: boolean;
  readonly projects?: boolean;
  readonly command?: string;
}
