import { describe, expect, it } from 'vitest';
import { divergingPalette, receptiveFields, ZERO_LEVEL } from '#host/report/receptive-fields';
import { renderReport } from '#host/report/report';
import { sprite } from '#host/report/sprite';
import { decodePng, spritesOf } from './decode-png.js';
import { fullRun, shortRun } from './run.js';

const WHITE = [0xf7, 0xf7, 0xf7];
const BLUE_END = [0x05, 0x30, 0x61];
const RED_END = [0x67, 0x00, 0x1f];

describe('receptive fields', () => {
  // Two pixels by two units: unit 1 has the larger norm and the whole range of the scale.
  const weights = Int16Array.of(1, -8192, 0, 8192);

  it('are the columns of the matrix, the largest norm first', () => {
    const fields = receptiveFields(weights, 2, 13, 100);
    expect(fields.units.map(({ unit }) => unit)).toEqual([1, 0]);
    expect(fields.units[0].norm).toBeCloseTo(Math.SQRT2, 12);
    expect(fields.limit).toBe(1);
    expect([...fields.levels[0]]).toEqual([0, 2 * ZERO_LEVEL]);
    expect([...fields.levels[1]]).toEqual([ZERO_LEVEL, ZERO_LEVEL]);
    expect(receptiveFields(weights, 2, 13, 1).levels).toHaveLength(1);
  });

  it('survive weights that are all zero', () => {
    const { levels } = receptiveFields(new Int16Array(6), 3, 13, 100);
    expect(levels.map((field) => [...field])).toEqual([
      [ZERO_LEVEL, ZERO_LEVEL, ZERO_LEVEL],
      [ZERO_LEVEL, ZERO_LEVEL, ZERO_LEVEL],
    ]);
  });

  it('are blue, white and red in the page', () => {
    const values = new Int16Array(36);
    // Unit 2, pixels 0 and 8 of 3 × 3.
    values[2] = -4096;
    values[8 * 4 + 2] = 4096;
    const page = renderReport({
      ...shortRun,
      picture: { rows: 3, columns: 3 },
      fields: { values, fraction: 13 },
    });
    const [picture] = spritesOf(page);
    expect([picture.width, picture.height]).toEqual([12, 3]);
    expect(picture.at(0, 0)).toEqual(BLUE_END);
    expect(picture.at(2, 2)).toEqual(RED_END);
    expect(picture.at(1, 1)).toEqual(WHITE);
    expect(picture.at(3, 0)).toEqual(WHITE);
    expect(page).toContain('weights into hidden unit 2, norm 0.707');
  });

  it('are as high and as wide as the images, as the mistakes are', () => {
    const values = new Int16Array(24);
    // Unit 0 of 2, pixel 11 of 2 × 6: the second row's last.
    values[22] = 4096;
    const image = Uint8Array.from({ length: 12 }, (_, pixel) => (pixel === 6 ? 255 : 0));
    const page = renderReport({
      ...shortRun,
      picture: { rows: 2, columns: 6 },
      fields: { values, fraction: 13 },
      mistakes: [{ image, label: 1, predicted: 2, index: 0 }],
    });
    const [fields, mistakes] = spritesOf(page);
    expect([fields.width, fields.height]).toEqual([12, 2]);
    expect(fields.at(5, 1)).toEqual(RED_END);
    expect(fields.at(5, 0)).toEqual(WHITE);
    expect([mistakes.width, mistakes.height]).toEqual([6, 2]);
    expect(mistakes.at(0, 1)).toEqual([0, 0, 0]);
    expect(mistakes.at(0, 0)).toEqual([255, 255, 255]);
  });

  it('are left out where the input is not the picture', () => {
    const page = renderReport({ ...fullRun, picture: { rows: 5, columns: 7 }, mistakes: [] });
    expect(page).not.toContain('id="receptive-fields"');
  });

  it('have a palette that is symmetric around white', () => {
    const palette = divergingPalette();
    expect([...palette.subarray(3 * ZERO_LEVEL, 3 * ZERO_LEVEL + 3)]).toEqual(WHITE);
    expect(palette).toHaveLength(3 * (2 * ZERO_LEVEL + 1));
  });
});

describe('sprites', () => {
  it('stand ten in a row', () => {
    const cells = Array.from({ length: 23 }, (_, i) => Uint8Array.of(i, 100 + i));
    const { png, across, down } = sprite(cells, 1, 2);
    expect([across, down]).toEqual([10, 3]);
    const picture = decodePng(png);
    expect([picture.width, picture.height]).toEqual([20, 3]);
    expect(picture.at(4, 2)[0]).toBe(22);
    expect(picture.at(5, 2)[0]).toBe(122);
    expect(picture.at(6, 2)[0]).toBe(0);
  });

  it('show mistakes as ink on paper', () => {
    const digits = spritesOf(renderReport(fullRun))[1];
    expect([digits.width, digits.height]).toEqual([6, 3]);
    expect(digits.at(1, 0)).toEqual([0, 0, 0]);
    expect(digits.at(0, 0)).toEqual([255, 255, 255]);
    expect(digits.at(3, 0)).toEqual([255, 255, 255]);
  });

  it('are of sixty mistakes at most', () => {
    const mistakes = Array.from({ length: 75 }, (_, index) => ({ ...fullRun.mistakes[0], index }));
    const page = renderReport({ ...fullRun, mistakes });
    expect(page.match(/taken for a/g)).toHaveLength(120);
    expect(page).toContain('60 of 75 shown');
  });
});
