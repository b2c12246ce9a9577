import type { ReleasePlan } from '@lanewise/release';

/** A release plan as data: it is plain already; the inputs' list of projects is left to the record. */
export function planJson(plan: ReleasePlan): Readonly<Record<string, unknown>> {
  const entries = plan.entries.map((entry) => {
    if (entry.kind !== 'release') return entry;
    const { inputs, ...rest } = entry;
    return { ...rest, inputsDigest: inputs?.digest ?? null };
  });
  return { head: plan.head, stop: plan.stop, entries, shared: plan.shared, notices: plan.notices };
}
