import { describe, expect, test } from 'vitest';
import { standalone } from '#host/drawing/drawing';
import { chartFigure, lineChart, type Panel } from '#host/drawing/line-chart';

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

const drawn = (one: Panel) => lineChart(one).text;

/** Vertical places of a curve's points; the greater, the lower. */
function heights(svg: string): number[] {
  const [, points] = /points="([^"]+)"/.exec(svg) ?? [];
  return points.split(' ').map((place) => Number(place.split(',')[1]));
}

describe('a panel', () => {
  test('is to scale: half the error is half the height', () => {
    const [top, middle, bottom] = heights(drawn(panel));
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
    const [a, b, c] = heights(drawn({ title: 't', xLabel: '', yLabel: '', yScale: 'log', curves }));
    expect(b - a).toBeCloseTo(c - b, 1);
  });

  test('escapes, marks single points, has whole numbers alone along x', () => {
    const svg = drawn(panel);
    expect(svg).toContain('a &lt;b&gt;');
    expect(svg.match(/class="c\d solid"/g)).toHaveLength(1);
    expect(svg).not.toContain('>1.5<');
  });

  test('its curves are not filled, which is what marks are', () => {
    expect(drawn(panel)).toMatch(/<polyline class="curve c0" /);
    expect(drawn(panel)).not.toMatch(/<polyline class="[^"]*solid/);
  });

  test('what is undefined is a gap in the curve; a single point beside one is marked', () => {
    const points = [
      [1, 10],
      [2, 5],
      [3, null],
      [4, 5],
    ] as const;
    const svg = drawn({ ...panel, curves: [{ label: 'l', colour: 'blue', points }] });
    const pieces = [...svg.matchAll(/<polyline [^>]*points="([^"]+)"/g)].map(([, text]) => text.split(' '));
    expect(pieces.map(({ length }) => length)).toEqual([2, 1]);
    expect(svg.match(/class="c\d solid"/g)).toHaveLength(1);
    expect(pieces[1][0].split(',')[1]).toBe(pieces[0][1].split(',')[1]);
  });

  test('so is what a logarithmic axis has no place for', () => {
    const points = [
      [1, 100],
      [2, 0],
      [3, 1],
    ] as const;
    const svg = drawn({ ...panel, yScale: 'log', curves: [{ label: 'l', colour: 'blue', points }] });
    expect(svg.match(/<polyline /g)).toHaveLength(2);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  test('refuses to draw nothing', () => {
    const gaps = [{ label: 'l', colour: 'blue', points: [[1, null]] }] as const;
    expect(() => drawn({ ...panel, curves: gaps })).toThrow(RangeError);
    expect(() => drawn({ ...panel, curves: [] })).toThrow(RangeError);
  });
});

test('a curve is cut off where the axis ends', () => {
  const svg = drawn({ ...panel, yRange: [0, 5] });
  const [, top, height] = /<svg x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"/.exec(svg) ?? [];
  const [outside, edge, bottom] = heights(svg);
  expect(outside).toBeLessThan(Number(top));
  expect(edge).toBeGreaterThan(Number(top));
  expect(bottom).toBeLessThan(Number(top) + Number(height));
});

describe('a figure of several charts', () => {
  const svg = standalone(chartFigure('F & "E"', [panel, panel, panel]));

  test('brings its colours, light and dark', () => {
    expect(svg).toMatch(/<style>.*\.c0 \{ stroke: var\(--blue, #[\da-f]{6}\).*prefers-color-scheme: dark/);
  });

  test('says how large it is: two charts wide, and no rule widens it to its place', () => {
    expect(svg).toMatch(/^<svg [^>]*width="880" height="(\d+)" viewBox="0 0 880 \1"/);
    expect(svg).not.toMatch(/\.drawing \{[^}]*width/);
  });

  test('holds each under its title, side by side', () => {
    expect(svg.match(/<svg /g)).toHaveLength(1 + 2 * 3);
    expect(svg.match(/class="heading"[^>]*>a &lt;b&gt;</g)).toHaveLength(3);
    expect(svg).toMatch(/<svg x="440" y="0" /);
    expect(svg).toMatch(/<svg x="0" y="[1-9]\d*" /);
  });

  test('says what it shows', () => {
    expect(svg).toContain('aria-label="F &amp; &quot;E&quot;"');
    expect(svg).toContain('<title>F &amp; &quot;E&quot;</title>');
  });
});
