import { describe, expect, it } from 'vitest';
import type { Scaling } from '#host/model/index';
import { exampleGallery, exampleOf } from '#host/report/examples';
import { renderReport } from '#host/report/report';
import { spritesOf } from './decode-png.js';
import { fullRun, shortRun } from './run.js';

const step = { fraction: 0, offset: 0, multiplier: 1, shift: 0 };
const scaling = (kind: Scaling['kind'], steps: number): Scaling => ({
  kind,
  features: 4,
  steps: new Array(steps).fill(step),
});
const describeOne = () => ({ alt: 'an example' });
const points = (page: string) =>
  [...page.matchAll(/<polyline class="([^"]+)" points="([^"]+)"/g)].map(([, style, list]) => ({
    style,
    heights: list.split(' ').map((pair) => Number(pair.split(',')[1])),
  }));

describe('an example', () => {
  it('of a series is a curve a channel', () => {
    // Two channels of three samples, channels last: 0, 255, 0 and 51, 51, 51.
    const picture = { rows: 1, columns: 3, channels: 2 };
    const example = exampleOf(picture, undefined, Uint8Array.of(0, 51, 255, 51, 0, 51));
    const { text } = exampleGallery([example], describeOne);
    expect(points(text)).toEqual([
      { style: 'curve c0', heights: [115, 5, 115] },
      { style: 'curve c1', heights: [93, 93, 93] },
    ]);
  });

  it('of one channel is a series where its places are scaled together', () => {
    const picture = { rows: 1, columns: 4 };
    const inputs = Uint8Array.of(0, 255, 0, 255);
    expect(exampleOf(picture, scaling('unit', 1), inputs).isSeries).toBe(true);
    expect(exampleOf(picture, scaling('unit', 4), inputs).isSeries).toBe(false);
    expect(exampleOf(picture, undefined, inputs).isSeries).toBe(false);
    expect(exampleOf({ rows: 1, columns: 1, channels: 4 }, undefined, inputs).isSeries).toBe(false);
  });

  it('of two halves is one number above or below zero', () => {
    const inputs = Uint8Array.of(255, 0, 0, 255, 0, 0, 0, 51);
    const example = exampleOf({ rows: 1, columns: 4, channels: 2 }, scaling('signed', 4), inputs);
    expect(example).toEqual({
      levels: Float64Array.of(255, -255, 0, -51),
      shape: { rows: 1, columns: 4, channels: 1 },
      isSeries: false,
    });
    const { text } = exampleGallery([example], describeOne);
    // 264 wide and 110 high, 5 from its edges: bars from the middle up and down, none where the feature is 0.
    expect(text).toContain('d="M33.0 60.0V5.0M99.0 60.0V115.0M231.0 60.0V71.0"');
  });

  it('of very many places has as many points as can be told apart', () => {
    const places = 10_000;
    const picture = { rows: 1, columns: places, channels: 2 };
    const example = exampleOf(picture, undefined, new Uint8Array(2 * places));
    const [{ heights }] = points(exampleGallery([example], describeOne).text);
    expect(heights).toHaveLength(132);
  });

  it('in colour is a picture in colour, in the dark too', () => {
    const inputs = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9);
    const example = exampleOf({ rows: 2, columns: 2, channels: 3 }, undefined, inputs);
    const { text } = exampleGallery([example, example], describeOne);
    expect(text).toContain('class="gallery digits photos"');
    const [picture] = spritesOf(text);
    expect([picture.width, picture.height]).toEqual([4, 2]);
    expect([picture.at(0, 0), picture.at(1, 0), picture.at(2, 1), picture.at(3, 1)]).toEqual([
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [9, 9, 9],
    ]);
  });

  it('of a dim picture is as dark as the darkest of those beside it', () => {
    const picture = { rows: 2, columns: 2 };
    const dim = exampleOf(picture, undefined, Uint8Array.of(0, 16, 8, 0));
    const [shown] = spritesOf(exampleGallery([dim], describeOne).text);
    expect([shown.at(0, 0)[0], shown.at(1, 0)[0], shown.at(0, 1)[0]]).toEqual([255, 0, 127]);
  });
});

describe('examples of classes', () => {
  it('are pictures with their names, thirty at most', () => {
    const examples = Array.from({ length: 40 }, (_, label) => ({
      label: label % 3,
      image: new Uint8Array(9),
    }));
    const page = renderReport({ ...fullRun, mistakes: [], examples });
    expect(page).toContain('The first training example of each class, of 30 of 40.');
    expect(page.match(/aria-label="an example of (cross|ring|dot)"/g)).toHaveLength(30);
    expect(page).toContain('<span class="caption">ring</span>');
  });
});

describe('mistakes', () => {
  const image = Uint8Array.of(0, 51, 255, 51, 0, 51);
  const mistakes = [{ image, label: 1, predicted: 2, index: 7 }];

  it('on a series are curves with the classes below', () => {
    const page = renderReport({ ...fullRun, inputs: { rows: 1, columns: 3, channels: 2 }, mistakes });
    expect(points(page)).toHaveLength(2);
    expect(page).toContain('<title>test example 7: ring, taken for dot</title>');
    expect(page).toContain('ring <span aria-hidden="true">→</span> <strong>dot</strong>');
    expect(page).not.toContain('id="receptive-fields"');
  });

  it('on a vector are profiles', () => {
    const page = renderReport({ ...shortRun, inputs: { rows: 1, columns: 6 }, mistakes });
    expect(points(page)).toHaveLength(0);
    expect(page).toContain('test example 7: 1, taken for 2');
    expect(page).toMatch(/<path class="c0" stroke-width="33.0" d="M/);
  });
});

it('an example of a series settling is a curve', () => {
  const page = renderReport({
    ...fullRun,
    mistakes: [],
    inputs: { rows: 1, columns: 3, channels: 2 },
    settling: {
      name: 'test example 0',
      label: 2,
      image: new Uint8Array(6),
      layers: [{ name: 'Layer 1', shape: { channels: 1, rows: 1, columns: 2 } }],
      stages: [{ iterations: 3, states: [new Float64Array(2)] }],
      settled: true,
    },
  });
  expect(points(page)).toHaveLength(2);
  expect(page).toContain('Test example 0, of class dot.');
});
