// What a process that has started spends on two things that `lanewise affected` does:
//   node inside-affected.mjs bases CHECKOUT   looking at all projects' folders at all products' bases
//   node inside-affected.mjs clean CHECKOUT   telling that the work tree is HEAD's tree
import { defaultCacheDirectory, openCheckout, openRepository } from '@lanewise/git';
import { loadNxGraph, productInputs, selectProducts } from '@lanewise/graph';
import { parseConfig } from '@lanewise/model';
import { compareInputs, readReleases } from '@lanewise/release';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [what, root] = process.argv.slice(2);
const environment = process.env;
const checkout = await openCheckout(root, { environment });
const clock = () => performance.now();
const answer = what === 'clean' ? await clean() : await bases();
process.stdout.write(JSON.stringify(answer));

async function clean() {
  const began = clock();
  const { difference } = await checkout.matchTree();
  if (difference !== null) throw new Error(difference);
  return { ms: clock() - began };
}

async function bases() {
  const config = parseConfig(readFileSync(join(root, 'lanewise.yaml'), 'utf8'), 'lanewise.yaml');
  const graph = await loadNxGraph({ root, environment, timeoutMs: 300_000 });
  const products = selectProducts(graph, config, []);
  const cacheDirectory = defaultCacheDirectory(environment);
  const repository = await openRepository({
    url: checkout.remote.url,
    borrow: checkout,
    cacheDirectory,
    environment,
  });
  const snapshot = await repository.fetch({ refs: ['refs/tags/'], depth: 'history' });
  const book = await readReleases(repository, snapshot, { products, config });
  let [ms, looks] = [0, 0];
  const timed = {
    ...repository,
    readEntries: async (paths) => {
      const began = clock();
      const entries = await repository.readEntries(paths);
      ms += clock() - began;
      looks += paths.length;
      return entries;
    },
  };
  const questions = products.map((product) => ({
    inputs: productInputs(graph, product, config, products),
    base: book.releases(product.name)[0] ?? null,
  }));
  await compareInputs(
    { repository: timed, head: checkout.head, graph, config, pins: [] },
    questions,
  );
  await repository.close();
  return { ms, looks, bases: new Set(questions.map(({ base }) => base?.commit)).size };
}
