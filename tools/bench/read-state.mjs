// Reads what runs where, of all products in all environments, from the mirror: the state that every
// decision begins with.   node read-state.mjs CHECKOUT   (with LANEWISE_CACHE)
import { defaultCacheDirectory, openCheckout, openRepository } from '@lanewise/git';
import { parseConfig, parseProductName } from '@lanewise/model';
import { observePromotion } from '@lanewise/promotion';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [root, ...names] = process.argv.slice(2);
const environment = process.env;
const config = parseConfig(readFileSync(join(root, 'lanewise.yaml'), 'utf8'), 'lanewise.yaml');
const products = names
  .join('')
  .split(',')
  .map((name) => ({ name: parseProductName(name), project: null }));
const cacheDirectory = defaultCacheDirectory(environment);
const borrow = await openCheckout(root, { environment });
const workspace = await openRepository({
  url: borrow.remote.url,
  borrow,
  cacheDirectory,
  environment,
});
const gitops = await openRepository({ url: config.gitops.repository, cacheDirectory, environment });
const sources = { config, configBranch: 'main', products, workspace, gitops };
const scope = { products: null, history: false, requests: false };
const began = performance.now();
const { cells } = await observePromotion(sources, scope, Math.floor(Date.now() / 1000));
const took = (performance.now() - began).toFixed(1);
const kinds = [...cells.values()].map(({ state }) => state.kind);
process.stdout.write(
  `${kinds.length} cells, ${kinds.filter((kind) => kind === 'release').length} of a release, in ${took} ms\n`,
);
await Promise.all([workspace.close(), gitops.close()]);
