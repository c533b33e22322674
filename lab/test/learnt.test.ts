/** The network that learnt last, for rooms that draw digits. */
import { expect, test } from 'vitest';
import { isDrawable } from '../page/learnt.js';

test.each([
  [{ rows: 28, columns: 28, pixels: 784 }, true],
  [{ rows: 28, columns: 28, pixels: 3 * 784 }, false],
  [{ rows: 1, columns: 784, pixels: 784 }, false],
  [{ rows: 6, columns: 6, pixels: 36 }, false],
])('%o can be drawn: %s', (data, expected) => {
  expect(isDrawable(data)).toBe(expected);
});
