const names =
  /\.(?:ya?ml|json|env|tf|tfvars|jsonnet|libsonnet)(?:\.[\w-]+)?$|(?:^|\/)(?:Dockerfile[\w.-]*|\.env[\w.-]*)$/i;
const lockfiles = /(?:^|\/)(?:package(?:-lock)?\.json|pnpm-lock\.yaml|tsconfig[\w.-]*\.json)$/;
const folders = /(?:^|\/)(?:node_modules|vendor|\.git|dist)\//;

/** Tells by its path alone whether a file may hold a pin: reading the others can be spared. */
export function isCandidatePath(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (names.test(path) || !name.includes('.')) && !lockfiles.test(path) && !folders.test(path);
}

const signs = 'tag Tag TAG mage ersion ERSION targetRevision digest ref='
  .split(' ')
  .map((sign) => Buffer.from(sign));
const expression = Buffer.from('{{');
const largest = 512 * 1024;

/**
 * Tells whether a file may hold a pin, by its path and a cheap look at its bytes: no parsing, no
 * decoding. Wrong only towards yes.
 */
export function isCandidate(path: string, bytes: Uint8Array): boolean {
  if (!isCandidatePath(path) || bytes.length > largest || bytes.includes(0)) return false;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (/(?:^|\/)templates\//.test(path) && buffer.includes(expression)) return false;
  return signs.some((sign) => buffer.includes(sign));
}
