/** Tests that take long by what they are: `npm run test:slow`. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import config from '../../vitest.config.js';

const { projects: _, ...shared } = config.test ?? {};

export default defineConfig({
  ...config,
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    ...shared,
    include: ['test/slow/**/*.slow.ts', 'test/connections/*.test.ts'],
    // Draws of the laws of connections, as many times as in the quick suite.
    env: { EQPROP_LENGTH: '5' },
  },
});
