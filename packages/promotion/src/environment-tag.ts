import {
  didYouMean,
  LanewiseError,
  show,
  type CommitId,
  type Config,
  type EnvironmentName,
  type ObjectId,
  type ProductName,
  type RefName,
} from '@lanewise/model';

/** The three words of a tag such as `prod/docs@1.4.2`. */
export interface EnvironmentTagName {
  /** The environment or group that it names. */
  readonly target: string;
  readonly environments: readonly EnvironmentName[];
  readonly product: ProductName;
  /** What stands behind the `@`. */
  readonly version: string;
}

/** A tag that asks for a promotion: three words, and the commit that it stands on. */
export interface EnvironmentTag extends EnvironmentTagName {
  readonly name: string;
  readonly ref: RefName;
  readonly object: ObjectId;
  /** The commit it peels to; null where it peels to none. */
  readonly commit: CommitId | null;
}

const prefix = 'refs/tags/';

/** Reads a tag's name by the known names; null for every other tag. */
export function parseEnvironmentTag(
  name: string,
  targets: Config['targets'],
  products: ReadonlySet<string>,
): EnvironmentTagName | null {
  const slash = name.indexOf('/');
  const at = name.indexOf('@', slash + 1);
  if (slash < 0 || at < 0) return null;
  const target = name.slice(0, slash);
  const product = name.slice(slash + 1, at);
  const version = name.slice(at + 1);
  const environments = targets.get(target);
  if (environments === undefined || !products.has(product) || version === '') return null;
  return { target, environments, product: product as ProductName, version };
}

/** The same for a tag that somebody names. Throws REQUEST_INVALID, which says what is wrong with it. */
export function requireEnvironmentTag(
  text: string,
  targets: Config['targets'],
  products: ReadonlySet<string>,
): EnvironmentTagName & { readonly name: string } {
  const name = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  const parsed = parseEnvironmentTag(name, targets, products);
  if (parsed !== null) return { ...parsed, name };
  throw new LanewiseError(
    'REQUEST_INVALID',
    `The tag ${show(name)} asks for nothing: ${whatIsWrong(name, targets, products)}.`,
    {
      hint: wayOut(name, targets, products),
    },
  );
}

function whatIsWrong(
  name: string,
  targets: Config['targets'],
  products: ReadonlySet<string>,
): string {
  const [, target = '', product = ''] = /^([^/]*)\/([^@]*)@./.exec(name) ?? [];
  if (target === '') return 'it is not written as environment/product@version';
  if (!targets.has(target)) return `${show(target)} is no environment and no group`;
  return products.has(product) ? 'it cannot be read' : `${show(product)} is no product`;
}

function wayOut(name: string, targets: Config['targets'], products: ReadonlySet<string>): string {
  const [, target = '', product = ''] = /^([^/]*)\/([^@]*)@./.exec(name) ?? [];
  if (target === '') return 'Push a tag such as prod/docs@1.4.2.';
  if (!targets.has(target)) {
    return didYouMean(target, targets.keys(), `Known are: ${[...targets.keys()].join(', ')}.`);
  }
  return didYouMean(product, products, 'lanewise status lists the products.');
}

/** Names the commit of the GitOps branch in the message of a record. */
const recordLine = /^Lanewise-Commit: ([0-9a-f]{40}|[0-9a-f]{64})$/m;

/** The commit that an annotated tag records; null where it is a request. */
export function recordedCommit(message: string): CommitId | null {
  return (recordLine.exec(message)?.[1] ?? null) as CommitId | null;
}
