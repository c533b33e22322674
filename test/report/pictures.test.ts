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
      inputs: { rows: 3, columns: 3 },
      fields: { values, fraction: 13, isOutput: false },
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
      inputs: { rows: 2, columns: 6 },
      fields: { values, fraction: 13, isOutput: false },
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
    const page = renderReport({ ...fullRun, inputs: { rows: 5, columns: 7 }, mistakes: [] });
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
    expect(page.match(/taken for/g)).toHaveLength(120);
    expect(page).toContain('60 of 75 shown');
  });
});

describe('kernels', () => {
  it('are pictures, one a channel, where they look at the image', () => {
    // 2 × 2 weights of three channels, row-major [pixel][channel]: channel 2 has the ends of the scale.
    const values = new Int16Array(12);
    values[0 * 3 + 2] = -4096;
    values[3 * 3 + 2] = 4096;
    const kernels = [{ name: 'Layer 0 to 1', side: 2, from: 1, to: 3, values, fraction: 13 }];
    const page = renderReport({ ...shortRun, kernels });
    const [picture] = spritesOf(page);
    expect([picture.width, picture.height]).toEqual([6, 2]);
    expect(picture.at(4, 0)).toEqual(BLUE_END);
    expect(picture.at(5, 1)).toEqual(RED_END);
    expect(picture.at(5, 0)).toEqual(WHITE);
    expect(page).toContain('2 × 2 weights, one of 3 channels each.');
    expect(page).toContain('kernel of channel 2');
  });

  it('stand in a sheet else: down the channels they look at, across those they make', () => {
    // [pixel][from][to] of 2 × 2 pixels, 2 and 3 channels.
    const values = new Int8Array(24);
    const at = (pixel: number, from: number, to: number) => (pixel * 2 + from) * 3 + to;
    values[at(1, 1, 2)] = 64;
    values[at(2, 0, 1)] = -64;
    const kernels = [{ name: 'Layer 1 to 2', side: 2, from: 2, to: 3, values, fraction: 6 }];
    const [picture] = spritesOf(renderReport({ ...shortRun, kernels }));
    expect([picture.width, picture.height]).toEqual([8, 5]);
    // Kernel (1, 2) begins at column 6, row 3; (0, 1) at column 3, row 0.
    expect(picture.at(7, 3)).toEqual(RED_END);
    expect(picture.at(3, 1)).toEqual(BLUE_END);
    expect(picture.at(6, 3)).toEqual(WHITE);
    expect(picture.opacity(7, 3)).toBe(255);
    expect([picture.opacity(2, 0), picture.opacity(0, 2), picture.opacity(5, 4)]).toEqual([0, 0, 0]);
  });

  it('are the first of very many', () => {
    const values = new Int8Array(70 * 80);
    const kernels = [{ name: 'Layer 1 to 2', side: 1, from: 70, to: 80, values, fraction: 6 }];
    const page = renderReport({ ...shortRun, kernels });
    const [picture] = spritesOf(page);
    expect([picture.width, picture.height]).toEqual([127, 127]);
    expect(page).toContain('70 channels below (down) × 80 above (across), the first 64 × 64 shown.');
  });
});

describe('an example settling', () => {
  const shape = { channels: 2, rows: 2, columns: 3 };
  const stage = (iterations: number, unit: number, state: number) => {
    const states = new Float64Array(12);
    states[unit] = state;
    return { iterations, states: [states] };
  };
  const settling = {
    name: 'test example 0',
    label: 3,
    image: new Uint8Array(9),
    layers: [{ name: 'Layer 1', shape }],
    // Unit 9: row 1, column 1, channel 1.
    stages: [stage(1, 9, 1), stage(12, 9, 0.5)],
    settled: true,
  };

  it('shows the image, then a row of maps a stage', () => {
    const page = renderReport({ ...shortRun, inputs: { rows: 3, columns: 3 }, settling });
    const [image, first, last] = spritesOf(page);
    expect([image.width, image.height]).toEqual([3, 3]);
    expect([first.width, first.height]).toEqual([7, 2]);
    const [ink] = first.at(4 + 1, 1);
    const [half] = last.at(4 + 1, 1);
    const [paper] = last.at(1, 1);
    expect([ink, half, paper]).toEqual([0, 122, 244]);
    expect(first.opacity(3, 0)).toBe(0);
    expect(page).toContain('Test example 0, of class 3.');
    expect(page).toContain('Layer 1 after 12 iterations');
    expect(page).toContain('the last is the fixed point');
  });

  it('says where it has not come to rest', () => {
    const page = renderReport({
      ...shortRun,
      inputs: { rows: 3, columns: 3 },
      settling: { ...settling, settled: false },
    });
    expect(page).toContain('it has not come to rest');
  });
});

it('shows how many units are at 0 and at 1', () => {
  const drives = [{ layer: '1', bound: 4, range: 16, occupancy: { zero: 0.5, one: 0.125 } }];
  const page = renderReport({ ...shortRun, drives });
  expect(page).toContain('<td>50.00 %</td><td>37.50 %</td><td>12.50 %</td>');
  expect(page).toContain('--zero:50%;--below:87.5%');
});
