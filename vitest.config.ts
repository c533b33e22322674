import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // For what lies in a package of its own, as the benchmark does.
  resolve: {
    alias: [
      { find: /^#host\/(.*)$/, replacement: fileURLToPath(new URL('dist/host/$1.js', import.meta.url)) },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // As many files at once as there are cores: many of them wait.
    maxWorkers: '100%',
    // A net below tests that hang; a slow computer never reaches it.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000 } },
  },
});
