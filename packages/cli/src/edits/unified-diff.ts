/** The change of a file as `git apply` takes it, with three lines around. */
export async function unifiedDiff(
  name: string,
  before: Uint8Array,
  after: Uint8Array,
): Promise<string> {
  const { createTwoFilesPatch } = await import('diff');
  const decode = (bytes: Uint8Array): string =>
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const path = name.split('\\').join('/');
  const patch = createTwoFilesPatch(
    `a/${path}`,
    `b/${path}`,
    decode(before),
    decode(after),
    undefined,
    undefined,
    { context: 3 },
  );
  return patch.replace(/^=+\n/, '');
}
