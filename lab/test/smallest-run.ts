/** The smallest run, on a page and in Node. */
import { expect } from 'vitest';
import { digestInNode } from './in-node.js';
import { fill, textOf, told, type Visit } from './visits.js';

/**
 * Trains in the room *Train here*, to the digest of Node and without a trouble; closes the page.
 * @param more fields of the form
 */
export async function learnsAsInNode(
  { page, troubles }: Visit,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await fill(page, { preset: 'tiny', network: '784-12-10', epochs: '1', ...more });
  await page.click('[type=submit]');
  expect(await told(page, '#said', /Learnt in|;/)).toMatch(/^Learnt in/);
  expect(await textOf(page, '#digest')).toBe(await digestInNode('tiny', { network: '784-12-10', epochs: 1 }));
  expect(troubles).toEqual([]);
  await page.close();
}
