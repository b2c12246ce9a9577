import { LanewiseError } from '@lanewise/model';

/** What `affected --projects` is asked. */
export interface ProjectsOptions {
  readonly base?: string;
  readonly head?: string;
  readonly graph?: string;
  readonly separator?: string;
  readonly format: string;
}

/** Throws USAGE where options do not go together. */
export function checkProjectsOptions(
  { base, head, separator, format }: ProjectsOptions,
  asked: { readonly projects: boolean; readonly products: readonly string[] },
): void {
  const wrong = (message: string, hint: string): LanewiseError =>
    new LanewiseError('USAGE', message, { hint });
  if (!asked.projects && (base !== undefined || head !== undefined)) {
    throw wrong(
      `${base === undefined ? '--head' : '--base'} compares projects with one commit; products are compared with their own releases.`,
      'Add --projects: lanewise affected --projects --base origin/main.',
    );
  }
  if (head !== undefined && base === undefined) {
    throw wrong(
      '--head says where a comparison ends, and nothing says where it begins.',
      'Add --base REV.',
    );
  }
  if (base !== undefined && asked.products.length > 0) {
    throw wrong(
      '--base compares projects with one commit, whatever product they belong to.',
      'Leave the names out, or leave --base out to see what makes these products affected.',
    );
  }
  if (separator !== undefined && format !== 'names') {
    throw wrong('--separator stands between names.', 'Add --format names.');
  }
  if (asked.projects && !['table', 'names', 'json', 'any'].includes(format)) {
    throw wrong(
      `--format ${format} is made of products and their versions, which projects do not have.`,
      'Take --format names, json, table or any.',
    );
  }
}
