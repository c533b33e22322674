/** Tests that take long by what they are: `npm run test:slow`. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import config, { testsWith } from '../../vitest.config.js';

const { projects: _, ...shared } = config.test ?? {};

export default defineConfig({
  ...config,
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    ...shared,
    // And the tests that take some of their cases in the quick suite.
    include: ['test/slow/**/*.slow.ts', 'test/connections/*.test.ts', ...testsWith("/length.js'")],
    // Draws of the laws of connections, as many times as in the quick suite.
    env: { EQPROP_LENGTH: '8' },
  },
});
