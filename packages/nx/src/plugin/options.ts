/** What the plugin's entry in nx.json may say. */
export interface LanewisePluginOptions {
  /** Name of the inferred target that releases a product; default `lanewise-release`. */
  readonly releaseTargetName?: string;
  /** Name of the inferred target that promotes a product; default `lanewise-promote`. */
  readonly promoteTargetName?: string;
  /**
   * Target that builds a product's image, as `lanewise release --target` takes it (`container`).
   * Absent: the images are told, or built elsewhere.
   */
  readonly buildTarget?: string;
  /**
   * What must have run before a release, as an Nx target's `dependsOn` (`["lint", "test"]`).
   * Default: nothing, as a release builds what it needs by itself.
   */
  readonly releaseDependsOn?: readonly string[];
}

/** The options with every default filled in. */
export interface UnderstoodOptions {
  readonly releaseTargetName: string;
  readonly promoteTargetName: string;
  readonly buildTarget: string | null;
  readonly releaseDependsOn: readonly string[];
}

/** Fills in what nx.json leaves open. */
export function understandOptions(options: LanewisePluginOptions | undefined): UnderstoodOptions {
  return {
    releaseTargetName: options?.releaseTargetName ?? 'lanewise-release',
    promoteTargetName: options?.promoteTargetName ?? 'lanewise-promote',
    buildTarget: options?.buildTarget ?? null,
    releaseDependsOn: options?.releaseDependsOn ?? [],
  };
}
