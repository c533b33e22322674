import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // For what lies in a package of its own, as the benchmark does.
  resolve: {
    alias: [
      { find: /^#host\/(.*)$/, replacement: fileURLToPath(new URL('dist/host/$1.js', import.meta.url)) },
    ],
  },
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
