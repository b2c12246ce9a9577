/** Options that every command of Lanewise takes. */
export interface CommonOptions {
  /** Default: the product that the project is. */
  readonly products?: readonly string[];
  readonly dryRun?: boolean;
  readonly config?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** The words of the common options. */
export function commonArguments({ dryRun, config, json, verbose }: CommonOptions): string[] {
  return [
    ...flag('dry-run', dryRun),
    ...value('config', config),
    ...flag('json', json),
    ...flag('verbose', verbose),
  ];
}

/** `--name`, where it is asked for. */
export function flag(name: string, isOn: boolean | undefined): string[] {
  return isOn === true ? [`--${name}`] : [];
}

/** `--name=value`, once for each: in one word, a value that begins with a dash stays a value. */
export function value(
  name: string,
  given: string | number | readonly string[] | undefined,
): string[] {
  const values = given === undefined ? [] : typeof given === 'object' ? given : [String(given)];
  return values.map((one) => `--${name}=${one}`);
}
