import { createHash } from 'node:crypto';
import type { Remote } from '@lanewise/testing';

/**
 * Refs of remotes in a form that two runs at different times have in common: a commit is its tree,
 * its author, its message and its parents; a tag is its target, its name and its message. Ids in
 * messages are replaced by the forms of what they name. Dates alone are left out.
 */
export function normalForm(remotes: readonly Remote[]): string {
  const objects = new Map(remotes.flatMap((remote) => [...readObjects(remote)]));
  const forms = new Map<string, string>();
  const formOf = (id: string): string => {
    const known = forms.get(id);
    if (known !== undefined) return known;
    const object = objects.get(id);
    if (object === undefined) return id;
    // A message that names what is being formed (none does) would go round for ever.
    forms.set(id, 'itself');
    const form = createHash('sha1').update(replaceIds(object, formOf)).digest('hex');
    forms.set(id, form);
    return form;
  };
  return remotes
    .map((remote) => [...remote.refs()].map(([ref, id]) => `${ref} ${formOf(id)}`).join('\n'))
    .join('\n--\n');
}

const id = /\b[0-9a-f]{40}\b/g;

/** The text of an object with the ids of commits and tags replaced; trees and blobs stay. */
function replaceIds(text: string, formOf: (id: string) => string): string {
  return text.replace(id, (found) => formOf(found));
}

/** Commits and annotated tags as text, without their dates, by id. */
function readObjects(remote: Remote): ReadonlyMap<string, string> {
  const tips = [...remote.refs().values()];
  if (tips.length === 0) return new Map();
  const commits = remote.git('log', '-z', '--format=%H%n%T%n%P%n%an <%ae>%n%cn <%ce>%n%B', ...tips);
  const found = new Map<string, string>();
  for (const text of commits.split('\0').filter(Boolean)) {
    const end = text.indexOf('\n');
    found.set(text.slice(0, end), text.slice(end + 1));
  }
  for (const text of remote.git('for-each-ref', `--format=${tagFormat}`).split('\0\n')) {
    const [type, tag = '', content = ''] = text.split('\0');
    if (type === 'tag') found.set(tag, content);
  }
  return found;
}

/** All that an annotated tag says but its date. */
const tagFormat =
  '%(objecttype)%00%(objectname)%00object %(object)%0atype %(type)%0atag %(tag)%0atagger %(taggername) %(taggeremail)%0a%0a%(contents)%00';
