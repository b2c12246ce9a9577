import {
  formatImageReference,
  isLanewiseError,
  isProductName,
  parseCommitId,
  parseImageReference,
  parseProjectName,
  type Images,
  type InputsDigest,
  type Need,
  type RecordedProject,
} from '@lanewise/model';
import type { Allowed, ReleaseRecord } from './record.js';
import { isVersion } from './tag-name.js';

type Fail = (what: string) => Error;
type Json = Readonly<Record<string, unknown>>;

/**
 * Validates the JSON of a record (version 1). Keys that are not known are passed over: a later
 * Lanewise may add to a record what an earlier one need not know.
 */
export function readRecord(value: unknown, fail: Fail): ReleaseRecord {
  const json = object(value, 'its record', fail);
  const { kind, product, version } = json;
  if (kind !== 'own' && kind !== 'adopted') throw fail('its record is of no known kind');
  if (typeof product !== 'string' || !isProductName(product))
    throw fail('its record names no product');
  if (typeof version !== 'string' || !isVersion(version)) throw fail('its record has no version');
  return {
    kind,
    product,
    version,
    commit: attempt(() => parseCommitId(text(json['commit'], 'commit', fail)), 'commit', fail),
    committedAt: whole(json['committedAt'], 'committedAt', fail),
    project: json['project'] === null ? null : project(json['project'], fail),
    images: images(json['images'], fail),
    inputs: json['inputs'] === null ? null : inputs(json['inputs'], fail),
    needs: mapped(json['needs'], 'needs', fail, (need) => readNeed(need, fail)),
    pinText: json['pinText'] === null ? null : text(json['pinText'], 'pinText', fail),
    allowed: allowed(json['allowed'], fail),
  };
}

function images(value: unknown, fail: Fail): Images {
  return mapped(value, 'images', fail, (entry) => {
    const json = object(entry, 'an image', fail);
    const reference = {
      repository: text(json['repository'], 'repository', fail),
      ...(json['tag'] !== undefined && { tag: text(json['tag'], 'tag', fail) }),
      ...(json['digest'] !== undefined && { digest: text(json['digest'], 'digest', fail) }),
    };
    return attempt(() => parseImageReference(formatImageReference(reference)), 'image', fail);
  });
}

function inputs(value: unknown, fail: Fail): InputsDigest {
  const json = object(value, 'inputs', fail);
  if (!Array.isArray(json['projects'])) throw fail("the 'inputs' of its record have no projects");
  return {
    algorithm: whole(json['algorithm'], 'algorithm', fail),
    digest: text(json['digest'], 'digest', fail),
    projects: json['projects'].map((entry: unknown) => recordedProject(entry, fail)),
  };
}

/** Projects of records that were read before, by name: thousands of records share a few thousand. */
const shared = new Map<unknown, RecordedProject>();
const mostShared = 50_000;

function recordedProject(entry: unknown, fail: Fail): RecordedProject {
  const member = object(entry, 'a project', fail);
  const before = shared.get(member['name']);
  const isKnown = before?.root === member['root'] && before?.filters === member['filters'];
  if (before !== undefined && isKnown) return before;
  const read = {
    name: project(member['name'], fail),
    root: text(member['root'], 'root', fail),
    filters: text(member['filters'], 'filters', fail),
  };
  if (shared.size >= mostShared) shared.clear();
  shared.set(read.name, read);
  return read;
}

function readNeed(value: unknown, fail: Fail): Need {
  const json = object(value, 'a need', fail);
  const version = (key: string): Need['seen'] => {
    const found = json[key];
    if (found === null || (typeof found === 'string' && isVersion(found))) return found;
    throw fail(`the '${key}' of a need is no version`);
  };
  return { seen: version('seen'), required: version('required') };
}

function allowed(value: unknown, fail: Fail): Allowed {
  if (value === undefined) return {};
  const json = object(value, 'allowed', fail);
  const { maxAffected, acceptedBase, leftBehind } = json;
  return {
    ...(typeof maxAffected === 'number' && { maxAffected }),
    ...(typeof acceptedBase === 'string' && { acceptedBase }),
    ...(Array.isArray(leftBehind) && {
      leftBehind: leftBehind.filter((one) => typeof one === 'string').filter(isVersion),
    }),
  };
}

function mapped<T>(
  value: unknown,
  what: string,
  fail: Fail,
  entry: (value: unknown) => T,
): Record<string, T> {
  const json = object(value, what, fail);
  const read: Record<string, T> = {};
  for (const key of Object.keys(json)) {
    if (key === '__proto__') throw fail(`'${what}' of its record has a key that no name may be`);
    read[key] = entry(json[key]);
  }
  return read;
}

function object(value: unknown, what: string, fail: Fail): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw fail(`${what} is no object`);
  return value as Json;
}

function text(value: unknown, what: string, fail: Fail): string {
  if (typeof value !== 'string' || value.length > 4096)
    throw fail(`'${what}' of its record is no text`);
  return value;
}

function whole(value: unknown, what: string, fail: Fail): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw fail(`'${what}' of its record is no number`);
  return value;
}

/** What nearly all names of projects are, and what no rule refuses. */
function isPlainName(name: string): boolean {
  return name.length <= 214 && /^[\w@./-]+$/.test(name);
}

function project(value: unknown, fail: Fail): ReturnType<typeof parseProjectName> {
  const name = text(value, 'project', fail);
  if (isPlainName(name)) return name as ReturnType<typeof parseProjectName>;
  return attempt(() => parseProjectName(name), 'project', fail);
}

function attempt<T>(read: () => T, what: string, fail: Fail): T {
  try {
    return read();
  } catch (error) {
    if (isLanewiseError(error, 'NAME_INVALID', 'IMAGE_INVALID')) {
      throw fail(`'${what}' of its record is not valid`);
    }
    throw error;
  }
}
