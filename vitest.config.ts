import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Tests run the TypeScript sources of every room: nothing has to be built first.
  resolve: { conditions: ['@lanewise/source'] },
  ssr: { resolve: { conditions: ['@lanewise/source'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'tools/*/test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    env: { NX_DAEMON: 'false' },
  },
});
