import { expect, test } from 'vitest';
import { excerpt, printable } from '#host/ground/index';

test('what steers a terminal is left out', () => {
  expect(printable('\x1b[2J\x1b]0;x\x07 ä\u202e\r\n€')).toBe('[2J]0;x ä€');
});

test('of a long text the beginning is shown', () => {
  expect(excerpt('12345', 5)).toBe('12345');
  expect(excerpt('1234\x0056', 5)).toBe('12345…');
});
