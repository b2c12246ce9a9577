import { branchRef, type CommitId, type ProductName, type RefName } from '@lanewise/model';
import type { ReadTaken } from '@lanewise/release';
import { requireTip } from './gitops-tip.js';
import { readPinnedValues, type PinnedValues, type Placed } from './observe-cells.js';
import type { PromotionSources } from './promotion-sources.js';
import { addVersions } from './views/values.js';

/**
 * Texts found in the pins of some products, now and in their history: version numbers among them
 * are never given again. What `takenVersions` finds in a whole state, without what it does not need:
 * no release is read, and no other product. All is read at the branch's head as it is now, whenever
 * it is asked for. Throws REF_UNKNOWN, and what the repository throws.
 */
export async function openTakenVersions(sources: TakenSources): Promise<ReadTaken> {
  const { config, gitops } = sources;
  const branch = branchRef(config.gitops.branch);
  const heads = await gitops.fetch({ refs: [branch], depth: 'history' });
  const tip = requireTip(heads, branch, gitops);
  return (names) => readTaken(sources, { branch, tip }, names);
}

type TakenSources = Pick<PromotionSources, 'config' | 'gitops' | 'products'>;

async function readTaken(
  sources: TakenSources,
  { branch, tip }: { readonly branch: RefName; readonly tip: CommitId },
  names: readonly ProductName[],
): ReturnType<ReadTaken> {
  const wanted = new Set(names);
  const products = sources.products.filter(({ name }) => wanted.has(name));
  const pinned = await readPinnedValues({ sources, history: true, products, tip, branch });
  const taken = new Map(products.map(({ name }) => [name, new Set<string>()]));
  for (const one of pinned.placed) {
    const { product, pins } = one.placement;
    const versions = taken.get(product);
    if (versions !== undefined) addVersions(versions, pins, textsOf(one, pinned));
  }
  return taken;
}

/** Every text that the pins hold or ever held. */
function textsOf({ groups }: Placed, { values, files, pasts }: PinnedValues): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const pins of groups) {
    const entry = files.get(pins.file);
    const now = entry?.type === 'blob' ? [entry.id] : [];
    const past = (pasts?.get(pins.file)?.steps ?? []).flatMap(({ blob }) => blob ?? []);
    const found = values.in(pins);
    for (const blob of new Set([...now, ...past])) {
      for (const value of found.get(blob) ?? []) if (value.kind === 'value') texts.add(value.text);
    }
  }
  return texts;
}
