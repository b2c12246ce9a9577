import {
  configOf,
  isImageDigest,
  isImageTag,
  isLanewiseError,
  tagRef,
  type CommitId,
  type Config,
  type EnvironmentName,
  type Images,
  type Member,
  type ProductName,
  type ProjectName,
  type Release,
  type Timestamp,
  type Version,
} from '@lanewise/model';
import type { Identity, Repository, TagDraft } from '@lanewise/git';
import { nameCommit, type Naming, type Revisions } from './adopt-commit.js';
import { renderImages } from './images.js';
import { pushProducts } from './publish.js';
import { encodeRecord, type ReleaseRecord } from './record.js';
import type { ReleaseBook } from './release-book.js';
import { toRelease } from './releases.js';
import { isVersion, releaseTagName, type TagNaming } from './tag-name.js';

/** A value that pins of a product have now, in these environments. */
export interface PinnedValue {
  readonly product: ProductName;
  readonly project: ProjectName | null;
  /** Members of a group. */
  readonly members?: readonly Member[];
  readonly text: string;
  readonly environments: readonly EnvironmentName[];
}

/** A release that `adopt` would record, or why it does not. */
export type AdoptionEntry = {
  readonly product: ProductName;
  readonly text: string;
  readonly environments: readonly EnvironmentName[];
} & (
  | {
      readonly kind: 'adopt';
      readonly version: Version;
      readonly commit: CommitId;
      readonly committedAt: Timestamp;
      readonly project: ProjectName | null;
      readonly images: Images;
      /** By what the commit was found: the tag, the id in the value, or what the caller said. */
      readonly by: string;
    }
  /** A release of that version, or from that commit, is published; or this run makes it, for the value `sameAs`. */
  | { readonly kind: 'already'; readonly version: Version; readonly sameAs?: string }
  /** No commit can be told for the value. */
  | { readonly kind: 'unresolved'; readonly why: string; readonly hint: string }
);

/** The first records of a workspace that was never released with Lanewise. */
export interface AdoptionPlan {
  readonly plan: 'lanewise/adoption';
  readonly version: 1;
  readonly entries: readonly AdoptionEntry[];
}

/**
 * One record per product and distinct value over all environments, on the commit that the value
 * names. HEAD is never assumed: it would hide every change that is not released yet.
 */
export function planAdoption(
  values: readonly PinnedValue[],
  book: ReleaseBook,
  revisions: Revisions,
  naming: Naming,
  config: Config,
): AdoptionPlan {
  const entries: AdoptionEntry[] = [];
  const planned = new Map<string, string>();
  for (const value of distinctValues(values)) {
    const entry = planValue(value, book, revisions, naming, config);
    const key = 'version' in entry ? releaseTagName(entry.product, entry.version) : null;
    const sameAs = key === null ? undefined : planned.get(key);
    if (entry.kind === 'adopt' && sameAs !== undefined) {
      const { product, text, environments, version } = entry;
      entries.push({ kind: 'already', product, text, environments, version, sameAs });
    } else entries.push(entry);
    if (key !== null && entry.kind === 'adopt' && sameAs === undefined)
      planned.set(key, value.text);
  }
  return { plan: 'lanewise/adoption', version: 1, entries };
}

export type AdoptionResult =
  | { readonly kind: 'adopted'; readonly product: ProductName; readonly release: Release }
  | { readonly kind: 'moved'; readonly product: ProductName; readonly version: Version }
  | {
      readonly kind: 'refused';
      readonly product: ProductName;
      readonly version: Version;
      readonly reason: string;
    };

/** Publishes the records of a plan, all in one push; what exists meanwhile is left alone. */
export async function applyAdoption(
  repository: Pick<Repository, 'write' | 'publish'>,
  plan: AdoptionPlan,
  tagger: Identity,
  at: Timestamp,
  tags: Pick<TagNaming, 'name'> = { name: releaseTagName },
): Promise<readonly AdoptionResult[]> {
  const drafts = plan.entries.flatMap((entry) =>
    entry.kind === 'adopt' ? [draftAdoption(entry, tags, tagger, at)] : [],
  );
  const ids = await repository.write(drafts.map(({ draft }) => draft));
  const written = drafts.flatMap(({ record, draft }) => {
    const id = ids.get(draft.mark);
    if (id === undefined) return [];
    const ref = tagRef(draft.name);
    return [
      { record, release: toRelease(record, { ref, id }), update: { ref, expected: null, to: id } },
    ];
  });
  const results: AdoptionResult[] = [];
  let open = written;
  // A tag that somebody made meanwhile moves the whole push: the others go on without it.
  while (open.length > 0) {
    const outcome = await repository.publish(open.map(({ update }) => update));
    if (outcome.kind === 'published') {
      results.push(
        ...open.map(({ release }) => ({
          kind: 'adopted' as const,
          product: release.product,
          release,
        })),
      );
      break;
    }
    if (outcome.kind === 'refused') {
      results.push(...(await pushSingly(repository, open)));
      break;
    }
    const gone = new Set(outcome.moved.map(({ ref }) => ref));
    const lost = open.filter(({ update }) => gone.has(update.ref));
    results.push(
      ...lost.map(({ record }) => ({
        kind: 'moved' as const,
        product: record.product,
        version: record.version,
      })),
    );
    if (lost.length === 0) break;
    open = open.filter(({ update }) => !gone.has(update.ref));
  }
  return results;
}

interface WrittenAdoption {
  readonly record: ReleaseRecord;
  readonly release: Release;
  readonly update: {
    readonly ref: Release['tag'];
    readonly expected: null;
    readonly to: Release['tagObject'];
  };
}

async function pushSingly(
  repository: Pick<Repository, 'publish'>,
  written: readonly WrittenAdoption[],
): Promise<readonly AdoptionResult[]> {
  const results: AdoptionResult[] = [];
  for (const { record, release, update } of written) {
    const { product, version } = record;
    const result = (await pushProducts(repository, [{ product, updates: [update] }])).get(product);
    if (result?.kind === 'refused')
      results.push({ kind: 'refused', product, version, reason: result.reason });
    else if (result?.kind === 'moved') results.push({ kind: 'moved', product, version });
    else results.push({ kind: 'adopted', product, release });
  }
  return results;
}

function planValue(
  value: PinnedValue,
  book: ReleaseBook,
  revisions: Revisions,
  naming: Naming,
  config: Config,
): AdoptionEntry {
  const { product, project, text, environments } = value;
  const said = { product, text, environments };
  const plain = tagOf(text).replace(/^v(?=\d)/, '');
  const known = isVersion(plain) ? book.get(product, plain) : null;
  if (known !== null) return { kind: 'already', ...said, version: known.version };
  const named = nameCommit({ product, text, tag: tagOf(text) }, revisions, naming);
  if (named.kind === 'unresolved') return { ...named, ...said };
  const { commit, committedAt, by } = named;
  const version = isVersion(plain) ? plain : (commit as string as Version);
  if (book.get(product, version) !== null) return { kind: 'already', ...said, version };
  const images = adoptedImages(value, { product, project, version, commit, committedAt }, config);
  return { kind: 'adopt', ...said, version, commit, committedAt, project, images, by };
}

/** What names the version in a value that holds the image's digest too: `1.4.2@sha256:…`. */
function tagOf(text: string): string {
  const at = text.indexOf('@');
  return at > 0 && isImageDigest(text.slice(at + 1)) ? text.slice(0, at) : text;
}

/** The template's name with the tag that runs; nothing where the value is no tag. */
function adoptedImages(
  { product, project, members, text }: PinnedValue,
  words: Parameters<typeof renderImages>[1],
  config: Config,
): Images {
  try {
    const rendered = Object.entries(
      renderImages(
        configOf(config, { name: product, project, ...(members && { members }) }),
        words,
      ),
    );
    const tag = tagOf(text);
    if (!isImageTag(tag)) return {};
    const digest = tag === text ? undefined : text.slice(tag.length + 1);
    return Object.fromEntries(
      rendered.map(([name, { repository }]) => [
        name,
        { repository, tag, ...(digest !== undefined && { digest }) },
      ]),
    );
  } catch (error) {
    if (isLanewiseError(error)) return {};
    throw error;
  }
}

function draftAdoption(
  entry: Extract<AdoptionEntry, { readonly kind: 'adopt' }>,
  tags: Pick<TagNaming, 'name'>,
  tagger: Identity,
  at: Timestamp,
): { readonly record: ReleaseRecord; readonly draft: TagDraft } {
  const { product, project, version, commit, committedAt, images, text, environments, by } = entry;
  const record: ReleaseRecord = {
    kind: 'adopted',
    product,
    project,
    version,
    commit,
    committedAt,
    images,
    inputs: null,
    needs: {},
    pinText: text,
    allowed: {},
  };
  const name = tags.name(product, version);
  const message = encodeRecord(record, [
    `Adopted: ${text} was found in ${environments.join(', ')}.`,
    `Commit by ${by}.`,
  ]);
  return { record, draft: { kind: 'tag', mark: name, name, target: commit, message, tagger, at } };
}

function distinctValues(values: readonly PinnedValue[]): readonly PinnedValue[] {
  const distinct = new Map<string, PinnedValue>();
  for (const value of values) {
    const key = `${value.product}\0${value.text}`;
    const known = distinct.get(key);
    const environments = [...new Set([...(known?.environments ?? []), ...value.environments])];
    distinct.set(key, { ...value, environments });
  }
  return [...distinct.values()].filter(({ text }) => text !== '');
}
