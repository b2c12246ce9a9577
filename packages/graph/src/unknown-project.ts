import { didYouMean, LanewiseError, type Place } from '@lanewise/model';
import { unscopedName } from './unscoped-name.js';

/** PROJECT_UNKNOWN with the nearest names: `what` says who asks for it. */
export function unknownProject(
  what: string,
  wanted: string,
  known: Iterable<string>,
  details: { readonly place: Place | null; readonly hint?: string },
): LanewiseError {
  const names = [...known].flatMap((name) => [...new Set([name, unscopedName(name)])]);
  const near = didYouMean(wanted, names);
  const hint = details.hint ?? "'lanewise graph' lists the projects.";
  return new LanewiseError('PROJECT_UNKNOWN', what, {
    hint: near === '' ? hint : `${near} ${hint}`,
    place: details.place ?? undefined,
  });
}
