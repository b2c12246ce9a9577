import { isLanewiseError } from '@lanewise/model';

/** Runs a generator so that Nx prints what went wrong with the place and the way out. */
export async function told<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isLanewiseError(error)) throw error;
    const { file, line } = error.place ?? {};
    const at = file === undefined ? '' : ` (${[file, line].filter(Boolean).join(':')})`;
    throw new Error([`${error.message}${at}`, error.hint].filter(Boolean).join('\n'), {
      cause: error,
    });
  }
}
