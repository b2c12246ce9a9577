import { createHash } from 'node:crypto';
import { resolve } from 'node:path';

/** An address without its credentials, and the credentials beside it. */
export interface RemoteAddress {
  /** As git is given it; a path is absolute. */
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
}

/**
 * Takes user and password out of an http(s) address: what is written to a configuration file or
 * to an argument never holds them. Relative paths are taken from `base`.
 */
export function parseRemoteAddress(text: string, base: string): RemoteAddress {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) {
    const url = new URL(text);
    const username = url.username === '' ? null : decodeURIComponent(url.username);
    const password = url.password === '' ? null : decodeURIComponent(url.password);
    url.username = '';
    url.password = '';
    return { url: url.href, username, password };
  }
  // `host:path` and `scheme://…` are not paths; `transport::address` could run a program.
  const isPath =
    !/^[a-z][a-z0-9+.-]*:\/\//i.test(text) && (!/^[^/]*:/.test(text) || /^[a-z]:[\\/]/i.test(text));
  return { url: isPath ? resolve(base, text) : text, username: null, password: null };
}

/** Tells whether an address names a helper (`ext::…`) or begins like an option: git must not be given it. */
export function isUnsafeAddress(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  const isBroken = /[\u0000-\u001f]/.test(text);
  return isBroken || text === '' || text.startsWith('-') || /^[a-z0-9+.-]+::/i.test(text);
}

/**
 * Git settings that authenticate http(s) requests: a header for this server only, sent with the
 * first request, which also saves the round trip in which the server asks for it. Without a
 * password git's own credential helpers are asked.
 *
 * A token is written `token` or `user:token`; alone it goes with `x-access-token`, which GitHub
 * wants and GitLab and Gitea take.
 */
export function authenticationSettings(
  address: RemoteAddress,
  token: string | undefined,
): {
  readonly settings: readonly (readonly [string, string])[];
  readonly secrets: readonly string[];
} {
  if (!/^https?:\/\//i.test(address.url)) return { settings: [], secrets: [] };
  const origin = new URL(address.url).origin;
  const credential = chooseCredential(address, token);
  if (credential === null) {
    return {
      settings:
        address.username === null ? [] : [[`credential.${origin}.username`, address.username]],
      secrets: [],
    };
  }
  const basic = Buffer.from(`${credential.username}:${credential.password}`).toString('base64');
  return {
    settings: [
      // An empty value first drops headers that the configuration in force has for this server.
      [`http.${origin}/.extraHeader`, ''],
      [`http.${origin}/.extraHeader`, `Authorization: Basic ${basic}`],
    ],
    secrets: [credential.password, basic],
  };
}

function chooseCredential(
  address: RemoteAddress,
  token: string | undefined,
): { username: string; password: string } | null {
  if (token !== undefined && token !== '') {
    const colon = token.indexOf(':');
    if (colon > 0) return { username: token.slice(0, colon), password: token.slice(colon + 1) };
    return { username: address.username ?? 'x-access-token', password: token };
  }
  return address.password === null
    ? null
    : { username: address.username ?? 'x-access-token', password: address.password };
}

/** A folder name for an address: readable, and its own for each address and each lender of objects. */
export function mirrorName(url: string, lender: string | null): string {
  const digest = createHash('sha256')
    .update(`${url}\0${lender ?? ''}`)
    .digest('hex')
    .slice(0, 16);
  const readable =
    url
      .replace(/\.git$/, '')
      .split(/[/:\\]/)
      .at(-1)
      ?.replace(/[^A-Za-z0-9._-]/g, '') ?? '';
  return `${readable.slice(0, 40) || 'repository'}-${digest}`;
}
