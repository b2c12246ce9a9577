import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@lanewise/source'] },
  ssr: { resolve: { conditions: ['@lanewise/source'] } },
  test: {
    root: import.meta.dirname,
    include: ['checks/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
