/**
 * What two addresses of one repository have in common, however it is reached: host and path, without
 * protocol, user, port and `.git`.
 */
export function unscopedAddress(address: string): string {
  return address
    .trim()
    .replace(/^[a-z+]+:\/\//i, '')
    .replace(/^[^@/]*@/, '')
    .replace(/^([^/:]+):(?:\d+\/)?/, '$1/')
    .replace(/(?:\.git)?\/*$/, '')
    .toLowerCase();
}
