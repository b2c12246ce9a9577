/** Values of `vars` as the text they are written with in templates. */
export function textsOf(
  vars: Readonly<Record<string, string | number | boolean>> | undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(vars ?? {}).map(([name, value]) => [name, String(value)]),
  );
}
