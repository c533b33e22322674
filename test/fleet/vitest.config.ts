/** Tests of comparisons over a Redis, workers and the Redis killed on purpose: `npm run test:fleet`. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import config from '../../vitest.config.js';

const { projects: _, ...shared } = config.test ?? {};

export default defineConfig({
  ...config,
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: { ...shared, include: ['test/fleet/*.fleet.ts'], fileParallelism: false },
});
