import { describe, expect, it } from 'vitest';
import { lettersAbove } from '#host/report/class-name';
import { HEAT } from '#host/report/mistakes';
import { renderReport } from '#host/report/report';
import { style } from '#host/report/style';
import { fullRun, shortRun } from './run.js';

/** Rows of a page's table of that class, as text. */
function rowsOf(page: string, table: string): readonly (readonly string[])[] {
  const [, inside] = new RegExp(`<table class="[^"]*${table}[^"]*">([\\s\\S]*?)</table>`).exec(page) ?? [
    '',
    '',
  ];
  return [...inside.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row]) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell]) => cell.replace(/<[^>]*>/g, '')),
  );
}

describe('classes', () => {
  it('have recall and precision, and a gap where there is none', () => {
    const confusion = [
      [3, 1, 0, 0],
      [2, 6, 0, 0],
      // No example, one answer; no answer, one example; neither.
      [0, 0, 0, 0],
      [0, 0, 1, 0],
    ];
    const rows = rowsOf(renderReport({ ...shortRun, confusion }), 'classes');
    expect(rows).toEqual([
      ['class', 'examples', 'recall', 'answers', 'precision'],
      ['0', '4', '75.00 %', '5', '60.00 %'],
      ['1', '8', '75.00 %', '7', '85.71 %'],
      ['2', '0', '–', '1', '0.00 %'],
      ['3', '1', '0.00 %', '0', '–'],
    ]);
  });

  it('are told by name wherever they are, digits by number', () => {
    const page = renderReport(fullRun);
    expect(rowsOf(page, 'confusion').map(([name]) => name)).toEqual(['', 'cross', 'ring', 'dot']);
    expect(rowsOf(page, 'confusion')[0]).toEqual(['', 'cross', 'ring', 'dot']);
    expect(rowsOf(page, 'classes').map(([name]) => name)).toEqual(['class', 'cross', 'ring', 'dot']);
    expect(page).toContain('test example 77: ring, taken for dot');
    const { classNames: _, ...digits } = fullRun;
    expect(renderReport(digits)).toContain('test example 77: 1, taken for 2');
    expect(rowsOf(renderReport(digits), 'confusion')[0]).toEqual(['', '0', '1', '2']);
  });

  it('stay text, and are cut where they are long', () => {
    const hostile = '<b onmouseover="alert(1)">&';
    const long = 'a circle the wrong way around, by either hand';
    const page = renderReport({ ...fullRun, classNames: [hostile, long, '\u202edot\u0007'] });
    expect(page).not.toContain('<b ');
    expect(page).toContain('&lt;b onmouseover=&quot;alert(1)&quot;&gt;&amp;');
    expect(rowsOf(page, 'confusion')[2][0]).toBe('a circle the wrong way a…');
    expect(rowsOf(page, 'confusion')[0][2]).toBe('a circle the wrong wa…');
    expect(page).toContain(`<span title="${long}">`);
    expect(rowsOf(page, 'classes')[3][0]).toBe('dot');
  });

  it.each([
    [2, 24],
    [4, 16],
    [6, 10],
    [10, 8],
    [100, 8],
  ])('%i have names of up to %i letters above columns', (columns, letters) => {
    expect(lettersAbove(columns)).toBe(letters);
  });

  it('name the outputs of a network without hidden units', () => {
    const fields = { values: Int16Array.from({ length: 27 }, (_, i) => i), fraction: 13, isOutput: true };
    const page = renderReport({ ...fullRun, fields });
    expect(page).toContain('What the 3 outputs look for');
    expect(page).toContain('weights into the output ring, norm');
    expect(page).not.toContain('hidden unit ');
  });
});

/** Properties of a colouring, from the style sheet itself. */
function colours(sheet: string): ReadonlyMap<string, readonly number[]> {
  return new Map(
    [...sheet.matchAll(/--([a-z]+): #([0-9a-f]{6});/g)].map(([, name, hex]) => [
      name,
      [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)),
    ]),
  );
}

/** WCAG 2.2: relative luminance. */
function luminance(rgb: readonly number[]): number {
  const [red, green, blue] = rgb
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: readonly number[], other: readonly number[]): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe('the confusion matrix', () => {
  const AA = 4.5;
  const [light, dark] = style.split('@media (prefers-color-scheme: dark)');
  const ends = dark.indexOf('}');
  const colourings = [
    ['light', colours(light)],
    ['dark', colours(dark.slice(0, ends))],
  ] as const;

  it('mixes mistakes into paper, and writes in ink', () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 10);
    expect(style).toContain(
      '.confusion td { background: color-mix(in srgb, var(--bad) var(--heat, 0%), var(--paper));',
    );
    expect(style).toContain('body {\n  margin: 0 auto;');
    expect(style).toMatch(/background: var\(--paper\); color: var\(--ink\);/);
    expect(style).not.toMatch(/\.confusion td \{[^}]*\bcolor:/);
  });

  it.each(colourings)('is read in every shade: %s', (_, of) => {
    const [paper, ink, bad] = ['paper', 'ink', 'bad'].map((name) => of.get(name) ?? []);
    expect([paper, ink, bad].map(({ length }) => length)).toEqual([3, 3, 3]);
    for (let percent = 0; percent <= 100 * HEAT.most; percent++) {
      const shade = paper.map((value, channel) => value + ((bad[channel] - value) * percent) / 100);
      expect(contrast(ink, shade)).toBeGreaterThanOrEqual(AA);
    }
  });

  it.each(colourings)('is read on its diagonal, and where nothing was confused: %s', (_, of) => {
    const [muted, panel, paper] = ['muted', 'panel', 'paper'].map((name) => of.get(name) ?? []);
    expect(style).toContain('.confusion .right { color: var(--muted); background: var(--panel); }');
    expect(style).toContain('.confusion .none { color: var(--muted); background: none; }');
    expect(contrast(muted, panel)).toBeGreaterThanOrEqual(AA);
    expect(contrast(muted, paper)).toBeGreaterThanOrEqual(AA);
  });

  it('has no other shades', () => {
    const shades = (confusion: readonly (readonly number[])[]) =>
      [...renderReport({ ...shortRun, confusion }).matchAll(/--heat:(\d+)%/g)].map(([, heat]) =>
        Number(heat),
      );
    expect(
      shades([
        [0, 1, 1_000_000],
        [250_000, 0, 0],
        [0, 0, 9],
      ]),
    ).toEqual([8, 50, 29]);
    expect(shades([[9]])).toEqual([]);
  });
});
