/** Tables become data sets: divided, scaled, and what is odd about them told. */
import { describe, expect, test } from 'vitest';
import { type DataSetOptions, dataSet, loadDataset, loadSet, preparationOf } from '#host/data/index';
import { easyGestures, gesturesCsv, hardGestures } from '../../examples/gestures.mjs';
import { refusal, room } from './folder.js';

const { write } = room();

/** So many examples of two features; the class is the sign of the first. */
function examples(count: number): Pick<DataSetOptions, 'features' | 'labels'> {
  const features = Array.from({ length: count }, (_, n) => [n % 2 === 0 ? n + 1 : -n - 1, 10 * n]);
  return { features, labels: features.map(([first]) => (first > 0 ? 'up' : 'down')) };
}

const rowsOf = ({ images, count }: { images: Uint8Array; count: number }) =>
  Array.from({ length: count }, (_, n) =>
    images.subarray((n * images.length) / count, ((n + 1) * images.length) / count).join(),
  );

describe('a split', () => {
  test('by seed takes the share of each class, keeps every example once, and repeats itself', () => {
    const all = examples(50);
    const [one, again, other] = [1, 1, 2].map((splitSeed) => dataSet({ ...all, splitSeed, scaling: 'unit' }));
    expect(again).toEqual(one);
    expect(rowsOf(other.test)).not.toEqual(rowsOf(one.test));
    expect([one.training.count, one.test.count]).toEqual([40, 10]);
    expect([...one.test.labels].filter((label) => label === 1)).toHaveLength(5);
    expect(new Set([...rowsOf(one.training), ...rowsOf(one.test)]).size).toBe(50);
    // Any range of the training set has both classes.
    expect(new Set(one.training.labels.subarray(0, 12)).size).toBe(2);
  });

  test('by group has none on both sides', () => {
    const count = 60;
    const groups = Array.from({ length: count }, (_, n) => `person ${Math.floor(n / 2) % 6}`);
    // The second feature is the group, the first tells the example.
    const features = groups.map((group, n) => [n, Number(group.at(-1))]);
    const labels = features.map((_, n) => n % 2);
    for (const splitSeed of [1, 2, 3]) {
      const { training, test: kept } = dataSet({ features, labels, groups, splitSeed, scaling: 'none' });
      const groupsOf = (set: typeof training) => new Set(set.images.filter((_, at) => at % 2 === 1));
      expect([...groupsOf(training), ...groupsOf(kept)].sort()).toEqual([0, 1, 2, 3, 4, 5]);
      expect(kept.count).toBe(20);
      expect(training.count).toBe(40);
    }
  });

  test('by time takes the last, and leaves the order', () => {
    const features = Array.from({ length: 10 }, (_, n) => [n, 255]);
    const { training, test: kept } = dataSet({
      features,
      labels: features.map((_, n) => n % 2),
      split: 'last',
      testShare: 0.3,
      scaling: 'none',
    });
    expect([...training.images.filter((_, at) => at % 2 === 0)]).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect([...kept.images.filter((_, at) => at % 2 === 0)]).toEqual([7, 8, 9]);
  });

  test.each<[string, Partial<DataSetOptions>, RegExp]>([
    [
      'of a test set that is given',
      { test: examples(4), testShare: 0.5 },
      /a test set of its own beside a split/,
    ],
    ['of one group', { groups: new Array(20).fill('ann') }, /all examples of data are of one group, 'ann'/],
    ['of no share', { testShare: 1 }, /testShare: write a share between 0 and 1/],
    [
      'that leaves no test set',
      { split: 'last', testShare: 0.001 },
      /too few examples to split off a test set: 20/,
    ],
  ])('%s is refused', async (_, more, told) => {
    expect(await refusal(() => dataSet({ ...examples(20), ...more }))).toMatch(told);
  });
});

describe('a scaling', () => {
  test('comes from training data alone', () => {
    const training = { features: [[-4], [4], [2], [0]], labels: [0, 1, 1, 0] };
    const {
      scaling,
      test: set,
      channels,
    } = dataSet({ ...training, test: { features: [[8], [-1]], labels: [1, 0] } });
    expect(scaling).toEqual(dataSet({ ...training, test: training }).scaling);
    expect(channels).toBe(2);
    expect([...set.images]).toEqual([255, 0, 0, 64]);
  });

  test.each<[string, readonly (readonly number[])[], string | undefined]>([
    ['both signs', [[-1.5], [2], [0], [1]], 'signed'],
    ['one sign', [[0.5], [2], [1], [1]], 'unit'],
    [
      'most features of one sign',
      [
        [0.5, 1, -1],
        [2, 3, 1],
        [1, 2, 0],
        [1, 1, 1],
      ],
      'unit',
    ],
    ['bytes', [[0], [255], [3], [1]], undefined],
    ['small whole numbers', [[0], [9], [3], [1]], 'unit'],
  ])('is chosen by the features: %s', (_, features, kind) => {
    const set = { features, labels: [0, 1, 0, 1] };
    expect(dataSet({ ...set, test: set }).scaling?.kind).toBe(kind);
  });

  test('of features that would be grey in [0, 1] is in two halves around their mean, in training', () => {
    const features = [0, 9, 10, 8, 10, 9, 8, 10].map((value) => [value]);
    const labels = [0, 1, 0, 1, 0, 1, 0, 1];
    const test = { features: [[0], [8], [10], [7]], labels: [0, 1, 0, 1] };
    const { channels, scaling, test: set } = dataSet({ features, labels, test });
    expect(channels).toBe(2);
    expect(scaling).toMatchObject({ kind: 'signed', steps: [{ offset: 8 }] });
    expect([...set.images]).toEqual([0, 255, 0, 0, 64, 0, 0, 32]);
    expect(dataSet({ features, labels, test, scaling: 'centred' }).scaling).toEqual(scaling);
    expect(dataSet({ features, labels, test, scaling: 'unit' }).channels).toBeUndefined();
  });

  test('of a shape that would be grey has one mean a channel', () => {
    // Channel by channel, of 1 row and 2 columns: means of 7 and 70, wherever they stand.
    const features = [
      [0, 8, 0, 80],
      [8, 8, 80, 80],
      [9, 9, 90, 90],
      [7, 7, 70, 70],
    ];
    const set = { features, labels: [0, 1, 0, 1] };
    const shape = { channels: 2, rows: 1, columns: 2 };
    const { channels, scaling } = dataSet({ ...set, test: set, shape });
    expect(channels).toBe(4);
    expect(scaling?.steps.map(({ offset }) => offset)).toEqual([7, 70]);
  });

  test('of a shape is one a channel, channels last, two halves side by side', () => {
    // Channel by channel: 1 … 3 and −10 … −30, of 1 row and 3 columns.
    const features = [
      [1, 2, 4, -8, 0, 16],
      [-4, 0, 0, 0, 0, -32],
    ];
    const shape = { channels: 2, rows: 1, columns: 3 };
    const set = { features, labels: ['a', 'b'] };
    const { training, scaling, ...dataset } = dataSet({
      ...set,
      shape,
      test: set,
      split: undefined as never,
    });
    expect(dataset).toMatchObject({ rows: 1, columns: 3, channels: 4, pixels: 12 });
    expect(scaling?.steps).toHaveLength(2);
    expect(rowsOf(training)).toContain('64,0,0,64,128,0,0,0,255,0,128,0');
    const last = features.map((row) => [0, 3, 1, 4, 2, 5].map((at) => row[at]));
    const same = dataSet({
      features: last,
      labels: ['a', 'b'],
      shape,
      order: 'channels-last',
      test: { ...set, features: last },
    });
    expect(same.training).toEqual(training);
  });

  test('of bytes is none in the test set too, which is held to it', async () => {
    const bytes = {
      features: [
        [0, 255],
        [1, 128],
      ],
      labels: [0, 1],
    };
    expect(dataSet({ ...bytes, test: bytes }).scaling).toBeUndefined();
    const more = { features: [[0, 25.5]], labels: [0] };
    expect(await refusal(() => dataSet({ ...bytes, test: more }))).toMatch(
      /test set, row 0, column 2: 25.5 is no whole number/,
    );
    // One column of bytes among small numbers is no picture.
    const few = {
      features: [
        [0, 1, 2, 255],
        [1, 2, 3, 0],
      ],
      labels: [0, 1],
    };
    expect(dataSet({ ...few, test: few }).scaling?.kind).toBe('unit');
  });

  test('of a model that knows its classes by number takes tables of numbers', async () => {
    const file = write('digits.csv', 'a,b,label\n1,2,7\n3,4,0\n');
    expect((await loadSet('test', file)).samples).toEqual({
      count: 2,
      images: Uint8Array.of(1, 2, 3, 4),
      labels: Uint8Array.of(7, 0),
    });
  });

  test('none is refused where features are no bytes, by the first that is none', async () => {
    const bad = {
      features: [
        [0, 255],
        [1, 256],
      ],
      labels: [0, 1],
      scaling: 'none',
    } as const;
    expect(await refusal(() => dataSet({ ...bad, test: bad }))).toMatch(
      /row 1, column 2: 256 is no whole number from 0 to 255/,
    );
  });
});

describe('bad input', () => {
  test.each<[string, DataSetOptions, RegExp]>([
    [
      'one class',
      { features: [[1], [2], [3], [4]], labels: ['a', 'a', 'a', 'a'] },
      /all training examples of data are of one class, 'a'/,
    ],
    [
      'a class in the test set alone',
      { features: [[1], [2]], labels: [3, 4], test: { features: [[1], [2]], labels: [3, 7] } },
      /data's test set, row 1: class '7' is not among those trained on: 3, 4/,
    ],
    [
      'a missing value',
      {
        features: [
          [1, 2],
          [2, Number.NaN],
        ],
        labels: [0, 1],
        test: examples(2),
      },
      /data, row 1, column 2: the value is missing/,
    ],
    [
      'a missing value in the test set',
      { ...examples(4), test: { features: [[1, Number.NaN]], labels: ['up'] } },
      /test set, row 0, column 2: the value is missing/,
    ],
    [
      'another width',
      { ...examples(4), test: { features: [[1]], labels: ['up'] } },
      /test set has 1 features an example, data 2/,
    ],
    [
      'rows of several widths',
      { features: [[1], [1, 2]], labels: [0, 1] },
      /row 1 of data has 2 features, row 0 1/,
    ],
    ['labels missing', { features: [[1], [2]], labels: [0] }, /2 rows for 1 labels/],
    [
      'another shape',
      { ...examples(4), shape: { rows: 3, columns: 1 } },
      /2 features an example, 3 × 1 are 3; mend --shape/,
    ],
    [
      'too many classes',
      {
        features: Array.from({ length: 600 }, (_, n) => [n]),
        labels: Array.from({ length: 600 }, (_, n) => Math.floor(n / 2)),
      },
      /has 300 classes, 256 are the most/,
    ],
  ])('%s is refused', async (_, options, told) => {
    expect(await refusal(() => dataSet(options))).toMatch(told);
  });

  test('that stops nothing is told', () => {
    const count = 40;
    const features = Array.from({ length: count }, (_, n) => [n, 7, 100_000 * n, 0.001 * (n % 20)]);
    const set = { features, labels: features.map((_, n) => n % 2) };
    const { notes } = dataSet({ ...set, test: { features: features.slice(0, 5), labels: [0, 1, 0, 1, 0] } });
    expect(notes).toHaveLength(3);
    expect(notes?.[0]).toBe('feature 2 (always 7) of data tell nothing: constant in 40 training examples');
    expect(notes?.[1]).toMatch(/feature 3 of data has a range 205,263,158 times as wide as feature 4/);
    expect(notes?.[2]).toBe(
      "5 of 5 test examples (100.00 %) are in the training set too, as the network sees them (row 0 of data's test set repeats row 0 of data): the test error flatters",
    );
    expect(dataSet(examples(40)).notes).toBeUndefined();
    const twice = [0, 1, 2, 3, 1].map((at) => [set.features[at][0], 1000 - at * at]);
    const labels = [0, 1, 0, 1, 1];
    expect(dataSet({ features: twice, labels, split: 'last' }).notes).toEqual([
      '1 of 1 test examples (100.00 %) are in the training set too, as the network sees them (row 4 repeats row 1): the test error flatters',
    ]);
  });
});

/** The share of the last fifth that softmax regression on the rest takes for another class. */
function linearError(features: readonly Float64Array[], labels: readonly string[]): number {
  const names = [...new Set(labels)];
  const rows = names.map(() => new Float64Array(features[0].length + 1));
  const scores = (example: Float64Array) =>
    rows.map((row) => example.reduce((sum, value, f) => sum + value * row[f], row[example.length]));
  const cut = Math.round(0.8 * features.length);
  for (let epoch = 0; epoch < 15; epoch++)
    for (let n = 0; n < cut; n++) {
      const powers = scores(features[n]).map(Math.exp);
      const total = powers.reduce((sum, power) => sum + power, 0);
      rows.forEach((row, label) => {
        const error = 0.005 * (powers[label] / total - Number(names[label] === labels[n]));
        features[n].forEach((value, f) => {
          row[f] -= error * value;
        });
        row[features[n].length] -= error;
      });
    }
  const wrong = features.slice(cut).filter((example, n) => {
    const found = scores(example);
    return names[found.indexOf(Math.max(...found))] !== labels[cut + n];
  });
  return wrong.length / (features.length - cut);
}

describe('gestures', () => {
  test('are told apart by a linear classifier, the hard ones not, as they are or in two halves', () => {
    const [easy, hard] = [easyGestures(1), hardGestures(1)];
    const halves = hard.features.map((row) =>
      Float64Array.from({ length: 2 * row.length }, (_, at) =>
        Math.max(0, at % 2 === 0 ? row[at / 2] : -row[(at - 1) / 2]),
      ),
    );
    expect(linearError(easy.features, easy.labels)).toBeLessThan(0.005);
    expect(linearError(hard.features, hard.labels)).toBeGreaterThan(0.1);
    expect(linearError(halves, hard.labels)).toBeGreaterThan(0.1);
  });

  test('are drawn from their seed, as many of each', () => {
    for (const make of [easyGestures, hardGestures]) {
      const { features, labels, columns } = make(3, 40);
      expect(make(3, 40).features).toEqual(features);
      expect(make(4, 40).features).not.toEqual(features);
      expect([features.length, features[0].length, columns.length, columns[50]]).toEqual([
        40,
        300,
        300,
        'ay0',
      ]);
      expect(labels.filter((label) => label === labels[0])).toHaveLength(10);
    }
  });

  test('come from a file as from memory', async () => {
    const gestures = easyGestures(1, 120);
    const file = write('gestures.csv', gesturesCsv(gestures));
    const shape = { channels: 6, rows: 1, columns: 50 };
    const dataset = await loadDataset(file, { shape });
    expect(dataset).toMatchObject({
      rows: 1,
      columns: 50,
      channels: 12,
      classNames: ['circle', 'shake', 'tap', 'wave'],
      scaling: { kind: 'signed', features: 300 },
    });
    const rounded = gestures.features.map((window) =>
      Array.from(window, (value) => Number(value.toFixed(4))),
    );
    const { columns: columnNames } = gestures;
    const memory = dataSet({ ...gestures, features: rounded, shape, columnNames, name: 'gestures' });
    expect({ ...memory, origin: { path: file, reading: { shape } } }).toEqual(dataset);
    // Another file's rows, scaled as this one's were.
    const set = await loadSet('test', file, { shape }, preparationOf(dataset));
    expect(new Set(rowsOf(set.samples))).toEqual(
      new Set([...rowsOf(dataset.training), ...rowsOf(dataset.test)]),
    );
    const half = await loadSet(
      'test',
      write(
        'half.csv',
        gesturesCsv({
          ...gestures,
          features: rounded.map((row) => Float64Array.from(row, (value) => value / 2)),
        }),
      ),
      { shape },
      preparationOf(dataset),
    );
    expect(Math.max(...half.samples.images)).toBeLessThanOrEqual(129);
  });
});
