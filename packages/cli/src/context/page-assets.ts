import type { PageAssets } from '@lanewise/graph';

/**
 * The page's program and style. The build puts them in place of this file (`page-bundle.mjs`); run
 * from its sources, the command makes them by the same bundler.
 */
export async function pageAssets(): Promise<PageAssets> {
  const bundler = new URL('../../page-bundle.mjs', import.meta.url).href;
  const { bundlePage } = (await import(bundler)) as { bundlePage: () => Promise<PageAssets> };
  return bundlePage();
}
