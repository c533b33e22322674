import { describe, expect, test } from 'vitest';
import { type Panel, renderFigure, renderPanel } from '#host/reproduction/figures';

const panel: Panel = {
  title: 'a <b>',
  xLabel: 'epoch',
  yLabel: 'error (%)',
  whole: true,
  yRange: [0, 10],
  curves: [
    {
      label: 'training',
      colour: 'blue',
      points: [
        [1, 10],
        [2, 5],
        [3, 0],
      ],
    },
    { label: 'once', colour: 'grey', stroke: 'dashed', points: [[2, 4]] },
  ],
};

/** Vertical places of a curve's points; the greater, the lower. */
function heights(svg: string): number[] {
  const [, points] = /points="([^"]+)"/.exec(svg) ?? [];
  return points.split(' ').map((place) => Number(place.split(',')[1]));
}

describe('a panel', () => {
  test('is to scale: half the error is half the height', () => {
    const [top, middle, bottom] = heights(renderPanel(panel));
    expect(middle).toBeCloseTo((top + bottom) / 2, 1);
    expect(bottom).toBeGreaterThan(top);
  });

  test('a decade is a decade on a logarithmic axis', () => {
    const points = [
      [1, 100],
      [2, 10],
      [3, 1],
    ] as const;
    const curves = [{ label: 'l', colour: 'blue', points }] as const;
    const [a, b, c] = heights(renderPanel({ title: 't', xLabel: '', yLabel: '', yScale: 'log', curves }));
    expect(b - a).toBeCloseTo(c - b, 1);
  });

  test('escapes, marks single points, has whole numbers alone along x', () => {
    const svg = renderPanel(panel);
    expect(svg).toContain('a &lt;b&gt;');
    expect(svg.match(/<circle/g)).toHaveLength(1);
    expect(svg).not.toContain('>1.5<');
  });

  test('refuses to draw nothing', () => {
    expect(() => renderPanel({ ...panel, curves: [] })).toThrow(RangeError);
  });
});

test('a file brings its colours', () => {
  const svg = renderFigure('Errors', [panel, panel, panel]);
  expect(svg).not.toContain('var(');
  expect(svg.match(/<svg /g)).toHaveLength(1 + 2 * 3);
});

test('a file says what it shows', () => {
  const svg = renderFigure('F & "E"', [panel]);
  expect(svg).toContain('aria-label="F &amp; &quot;E&quot;">\n<title>F &amp; &quot;E&quot;</title>');
  expect(svg).not.toContain('errors against epochs');
});
