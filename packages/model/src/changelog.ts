import { placed, type ConfigSource } from './config-source.js';
import { LanewiseError } from './errors.js';
import { parseRepoPath, show, type RepoPath } from './ids.js';
import type { WrittenChangelog } from './versioning-schema.js';

/** What a remote is, which decides what its pages are called. */
export type ForgeKind = 'github' | 'gitlab' | 'gitea' | 'bitbucket';

/** How notes are written. */
export interface Changelog {
  /** File of a Liquid template; null: the one that comes with Lanewise. */
  readonly template: RepoPath | null;
  /** null: told by the remote's address; `none`: no links. */
  readonly forge: ForgeKind | 'none' | null;
  /** Address of the repository's pages, without a final slash; null: from the remote. */
  readonly url: string | null;
}

/** What `changelog` says. Throws CONFIG_INVALID, CONFIG_ESCAPES_ROOT. */
export function understandChangelog(written: WrittenChangelog, source: ConfigSource): Changelog {
  const { template, forge, url } = written;
  return {
    template:
      template === undefined
        ? null
        : placed(source, ['changelog', 'template'], () => parseRepoPath(template)),
    forge: forge === 'forgejo' ? 'gitea' : (forge ?? null),
    url: url === undefined ? null : placed(source, ['changelog', 'url'], () => parsePage(url)),
  };
}

function parsePage(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const plain = url !== null && url.username === '' && url.password === '';
  if (url !== null && plain && (url.protocol === 'https:' || url.protocol === 'http:'))
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  throw new LanewiseError('CONFIG_INVALID', `${show(text)} is no address of pages.`, {
    hint: 'Write https://git.example.com/acme/shop, without user and password.',
  });
}
