import { branchRef, type Placement, type ProductName } from '@lanewise/model';
import { requireTip } from './gitops-tip.js';
import { pinsByFile } from './history.js';
import { readPinnedValues, valuesOfPins, type PinnedValues } from './observe-cells.js';
import type { PromotionSources } from './promotion-sources.js';
import { addVersions } from './views/values.js';

/**
 * Texts found in the pins of some products, now and in their history: version numbers among them
 * are never given again. What `takenVersions` finds in a whole state, without what it does not need:
 * no release is read, and no other product. Throws REF_UNKNOWN, and what the repository throws.
 */
export async function readTakenVersions(
  sources: Pick<PromotionSources, 'config' | 'gitops' | 'products'>,
  names: readonly ProductName[],
): Promise<ReadonlyMap<ProductName, ReadonlySet<string>>> {
  const { config, gitops } = sources;
  const wanted = new Set(names);
  const products = sources.products.filter(({ name }) => wanted.has(name));
  const branch = branchRef(config.gitops.branch);
  const heads = await gitops.fetch({ refs: [branch], depth: 'history' });
  const tip = requireTip(heads, branch, gitops);
  const pinned = await readPinnedValues({ sources, history: true, products, tip, branch });
  const taken = new Map(products.map(({ name }) => [name, new Set<string>()]));
  for (const placement of pinned.placed) {
    const versions = taken.get(placement.product);
    if (versions !== undefined) addVersions(versions, placement.pins, textsOf(placement, pinned));
  }
  return taken;
}

/** Every text that the pins hold or ever held. */
function textsOf(
  placement: Placement,
  { values, files, pasts }: PinnedValues,
): ReadonlySet<string> {
  const valuesOf = valuesOfPins(placement, values);
  const texts = new Set<string>();
  for (const file of pinsByFile(placement).keys()) {
    const entry = files.get(file);
    const now = entry?.type === 'blob' ? [entry.id] : [];
    const past = (pasts?.get(file)?.steps ?? []).flatMap(({ blob }) => blob ?? []);
    for (const blob of new Set([...now, ...past])) {
      for (const value of valuesOf(file, blob)) if (value.kind === 'value') texts.add(value.text);
    }
  }
  return texts;
}
