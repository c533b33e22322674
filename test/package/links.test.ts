/** Links in the pages that the package ships lead to files that it ships, and to headings that are there. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { packedPaths, root } from './packed.js';

const paths = packedPaths();
const pages = [...paths].filter((path) => path.endsWith('.md'));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** As GitHub makes them. */
function anchorsOf(page: string): readonly string[] {
  const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(pages)('%s links to what is there', (page) => {
  const targets = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
  const broken = targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path, anchor] = target.split('#');
    const file = path === '' ? page : posix.join(posix.dirname(page), path);
    return !paths.has(file) || (anchor !== undefined && !anchorsOf(read(file)).includes(anchor));
  });
  expect(broken).toEqual([]);
});

test('the README, SECURITY.md and the docs are among the pages', () => {
  expect(pages).toEqual(
    expect.arrayContaining([
      'README.md',
      'SECURITY.md',
      'docs/architecture.md',
      'docs/results.md',
      'docs/using.md',
    ]),
  );
});
