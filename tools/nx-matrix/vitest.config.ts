import { defineConfig } from 'vitest/config';

// A suite of its own: it installs three versions of Nx, which takes minutes and a registry.
export default defineConfig({
  resolve: { conditions: ['@lanewise/source'] },
  ssr: { resolve: { conditions: ['@lanewise/source'] } },
  test: {
    root: import.meta.dirname,
    include: ['matrix/**/*.test.ts'],
    globalSetup: ['src/prepare.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
