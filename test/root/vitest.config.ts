/** Tests that only root can run, in network namespaces of their own: `npm run test:root`. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import config from '../../vitest.config.js';

const { projects: _, ...shared } = config.test ?? {};

export default defineConfig({
  ...config,
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: { ...shared, include: ['test/root/*.root.ts'] },
});
