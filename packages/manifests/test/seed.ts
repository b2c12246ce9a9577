/** The seed of this run: `LANEWISE_SEED` repeats one that a failure printed. */
export const seed = Number(process.env['LANEWISE_SEED'] ?? Date.now() % 2_147_483_647);
