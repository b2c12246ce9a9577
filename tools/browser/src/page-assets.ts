import type { PageAssets } from '@lanewise/graph';

/** The page's program and style as the build makes them. */
export async function pageAssets(): Promise<PageAssets> {
  const bundler = new URL('../../../packages/cli/page-bundle.mjs', import.meta.url).href;
  const { bundlePage } = (await import(bundler)) as { bundlePage: () => Promise<PageAssets> };
  return bundlePage();
}
