/**
 * Removes what could be a secret from a text about to be shown: user and password in URLs,
 * `Authorization` values, and the given secrets themselves.
 */
export function redactCredentials(text: string, secrets: readonly string[] = []): string {
  let shown = text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^/?#\s'"]*@/gi, '$1')
    .replace(/(authorization:\s*)(\S+\s+)?\S+/gi, '$1***');
  for (const secret of secrets) {
    if (secret.length > 0) shown = shown.replaceAll(secret, '***');
  }
  return shown;
}
