import type { Changelog, CommitId, ForgeKind } from '@lanewise/model';

/** Addresses of a forge's pages. */
export interface ForgeLinks {
  commit(id: CommitId): string;
  /** A request or an issue: `#12`, `!12`; null where the forge has no page for such a name. */
  reference(name: string): string | null;
  /** What changed between two tags or commits. */
  compare(from: string, to: string): string;
}

/**
 * The pages of a remote, told by its address or by what `changelog` says; null where no forge is
 * known: links that lead nowhere are worse than none. Credentials in an address are left out.
 */
export function forgeLinks(
  remote: string | null,
  { forge, url }: Pick<Changelog, 'forge' | 'url'>,
): ForgeLinks | null {
  const page = url ?? (remote === null ? null : pageOf(remote));
  if (page === null || forge === 'none') return null;
  const kind = forge ?? kindOf(new URL(page).hostname);
  return kind === null ? null : linksOf[kind](page);
}

/** `https://host/acme/shop` of `git@host:acme/shop.git` and the like. */
function pageOf(remote: string): string | null {
  const scp = /^(?:[\w.-]+@)?([A-Za-z0-9.-]+):(?!\/\/)\/?([^\s]+)$/.exec(remote);
  if (scp !== null && !remote.includes('://')) return page(scp[1] ?? '', scp[2] ?? '');
  if (!URL.canParse(remote)) return null;
  const { protocol, hostname, host, pathname } = new URL(remote);
  if (protocol === 'https:' || protocol === 'http:') return page(host, pathname.slice(1), protocol);
  // A port of ssh is none of the pages.
  return protocol === 'ssh:' || protocol === 'git+ssh:' ? page(hostname, pathname.slice(1)) : null;
}

function page(host: string, path: string, protocol = 'https:'): string | null {
  const plain = path.replace(/\/+$/, '').replace(/\.git$/, '');
  const address = `${protocol}//${host}/${plain}`;
  return plain === '' || !host.includes('.') || !URL.canParse(address) ? null : address;
}

function kindOf(host: string): ForgeKind | null {
  const labels = host.toLowerCase().split('.');
  const known: readonly (readonly [string, ForgeKind])[] = [
    ['github', 'github'],
    ['gitlab', 'gitlab'],
    ['bitbucket', 'bitbucket'],
    ['gitea', 'gitea'],
    ['forgejo', 'gitea'],
    ['codeberg', 'gitea'],
  ];
  return known.find(([label]) => labels.includes(label))?.[1] ?? null;
}

const linksOf: Readonly<Record<ForgeKind, (page: string) => ForgeLinks>> = {
  github: (page) => ({
    commit: (id) => `${page}/commit/${id}`,
    // GitHub leads from an issue's address to a pull request of that number, and back.
    reference: (name) => numbered(name, '#', `${page}/pull/`),
    compare: (from, to) => `${page}/compare/${encode(from)}...${encode(to)}`,
  }),
  gitlab: (page) => ({
    commit: (id) => `${page}/-/commit/${id}`,
    reference: (name) =>
      numbered(name, '!', `${page}/-/merge_requests/`) ?? numbered(name, '#', `${page}/-/issues/`),
    compare: (from, to) => `${page}/-/compare/${encode(from)}...${encode(to)}`,
  }),
  gitea: (page) => ({
    commit: (id) => `${page}/commit/${id}`,
    reference: (name) => numbered(name, '#', `${page}/issues/`),
    compare: (from, to) => `${page}/compare/${encode(from)}...${encode(to)}`,
  }),
  bitbucket: (page) => ({
    commit: (id) => `${page}/commits/${id}`,
    reference: (name) => numbered(name, '#', `${page}/pull-requests/`),
    compare: (from, to) => `${page}/branches/compare/${encode(to)}..${encode(from)}`,
  }),
};

function numbered(name: string, sign: string, before: string): string | null {
  return name.startsWith(sign) ? `${before}${name.slice(sign.length)}` : null;
}

function encode(name: string): string {
  return encodeURIComponent(name).replace(/%40/g, '@');
}
