const ranks: readonly (readonly string[])[] = [
  ['local', 'dev', 'develop', 'development', 'sandbox', 'nightly'],
  ['int', 'integration', 'ci', 'test', 'testing', 'tst', 'qa', 'preview', 'review'],
  ['stage', 'stg', 'staging', 'uat', 'acc', 'acceptance', 'demo'],
  ['preprod', 'pre-prod', 'pre-production', 'canary'],
  ['prod', 'prd', 'production', 'live'],
];

/** Folders have these names for other reasons too: they count only beside a surer one. */
const weakWords = new Set(
  'local,nightly,int,ci,test,testing,tst,preview,review,demo,canary,live,sandbox'.split(','),
);

const word = ranks
  .flat()
  .sort((a, b) => b.length - a.length)
  .join('|');
const region =
  '(?:eu|us|usa|uk|ap|ca|sa|af|me|na|emea|apac|apj|latam|asia|europe|global)(?:-?(?:north|south|east|west|central)+(?:east|west)?-?\\d?[a-z]?)?|[a-z]{2}(?:-?\\d+)?|\\d+[a-z]?|blue|green|primary|secondary|dr';
const name = `(?:(?:${region})-)*(?:${word})(?:-(?:${region}))*|(?:${word})\\d+`;

const whole = new RegExp(`^(?:${name})$`);
const suffix = new RegExp(`^(.*?[a-z0-9_*]?[-._])(${name})$`);
const prefix = new RegExp(`^(${name})([-._].+)$`);

/** Tells whether a text is an environment's name as teams give it: `prod`, `prod-eu`, `eu-staging`. */
export function isEnvironmentWord(text: string): boolean {
  return whole.test(text);
}

/** Tells whether such a name is used for other things as well. */
export function isWeakWord(text: string): boolean {
  const word = text.split('-').find((part) => ranks.flat().includes(part)) ?? text;
  return weakWords.has(word);
}

/** A name that ends or begins with an environment: `values-prod`, `docs.staging`, `prod-values`. */
export function splitEnvironment(
  text: string,
): { readonly before: string; readonly name: string; readonly after: string } | null {
  const [, before, last] = suffix.exec(text) ?? [];
  if (before !== undefined && last !== undefined) return { before, name: last, after: '' };
  const [, first, after] = prefix.exec(text) ?? [];
  if (first !== undefined && after !== undefined) return { before: '', name: first, after };
  return null;
}

/** Tells whether a folder is a region below an environment rather than a product. */
export function isRegion(text: string): boolean {
  return new RegExp(`^(?:${region})$`).test(text);
}

/** Place of an environment on the usual way of a release: lower comes first; unknown names before production. */
export function environmentRank(text: string): number {
  const parts = [text, ...text.split('-'), text.replace(/\d+$/, '')];
  const rank = ranks.findIndex((group) => group.some((one) => parts.includes(one)));
  return rank < 0 ? ranks.length - 2 : rank;
}
