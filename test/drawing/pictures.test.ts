/** Pictures of black and white in a figure. */
import { expect, test } from 'vitest';
import { chartFigure } from '#host/drawing/index';

test('each run of ink is a rectangle one pixel high', () => {
  const pictures = ['110001', '000111'];
  const text = chartFigure('two', [{ title: 'two', columns: 3, perRow: 2, pictures }]).text;
  expect(text).toContain('viewBox="0 0 3 2"');
  expect(text).toContain('d="M0 0h2v1h-2zM2 1h1v1h-1z"');
  expect(text).toContain('d="M0 1h3v1h-3z"');
});
