import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: {
    alias: [
      {
        find: /^#host\/(.*)$/,
        replacement: fileURLToPath(new URL('../../dist/host/$1.js', import.meta.url)),
      },
    ],
  },
  // As long as it takes.
  test: { include: ['test/soak/**/*.soak.ts'], testTimeout: 0, hookTimeout: 0 },
});
