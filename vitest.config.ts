import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const test = fileURLToPath(new URL('test', import.meta.url));

/** Paths of the tests whose text holds some words. */
export function testsWith(words: string): string[] {
  return readdirSync(test, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && readFileSync(`${test}/${name}`, 'utf8').includes(words))
    .map((name) => `test/${name}`);
}

/** Those that put something in a module's place: they need a process, and modules, of their own. */
const mocking = testsWith('vi.mock(');

export default defineConfig({
  // For what lies in a package of its own, as the benchmark does.
  resolve: {
    alias: [
      { find: /^#host\/(.*)$/, replacement: fileURLToPath(new URL('dist/host/$1.js', import.meta.url)) },
    ],
  },
  test: {
    globalSetup: `${test}/fleet/install.ts`,
    // As many files at once as there are cores: many of them wait.
    maxWorkers: '100%',
    // A net below tests that hang; a slow computer never reaches it.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: mocking,
          // One process reads the host's modules once, as Node does, and has compiled them when the next file comes.
          isolate: false,
          server: { deps: { external: [/\/dist\/host\//] } },
        },
      },
      { extends: true, test: { name: 'mocking', include: mocking } },
    ],
  },
});
