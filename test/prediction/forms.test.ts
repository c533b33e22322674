/** Questions come as data may come: each form gives the answers of the same examples in memory. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { zipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { dataSet, type Examples, type Order } from '#host/data/index';
import { toNpy } from '#host/export/index';
import { checkRecipe, type Picture } from '#host/model/index';
import { loadModel, type Model, predictRows } from '#host/prediction/index';
import { refusal, room } from '../data/folder.js';
import { idxBytes } from '../data/idx-bytes.js';
import { begin, roomForRuns } from '../runs/runs.js';
import { smallValues } from '../runs/small-data.js';

const { fresh } = roomForRuns();
const { write, path } = room();

const shape: Picture = { channels: 3, rows: 4, columns: 5 };
const WIDTH = 60;
const COUNT = 12;

/** Bright in one corner or the other; the channels differ. In the order of pictures: channels last. */
function pixelsOf(n: number): Uint8Array {
  return Uint8Array.from({ length: WIDTH }, (_, at) =>
    at < 30 === (n % 2 === 0) ? 200 + 15 * (at % 3) + (n % 20) : (7 * at + n) % 60,
  );
}
/** The same values, all of a channel together. */
const planesOf = (pixels: Uint8Array) =>
  Uint8Array.from({ length: WIDTH }, (_, at) => pixels[(at % 20) * 3 + Math.floor(at / 20)]);

const asked = Array.from({ length: COUNT }, (_, n) => pixelsOf(n + 100));
const truths = asked.map((_, n) => n % 2);
const joined = Uint8Array.from(asked.flatMap((one) => [...one]));
const joinedPlanes = Uint8Array.from(asked.flatMap((one) => [...planesOf(one)]));
const npy = (values: Uint8Array, dimensions: readonly number[]) =>
  toNpy(Float32Array.from(values), [...dimensions]);

async function trained(order: Order, turn: (pixels: Uint8Array) => Uint8Array): Promise<Model> {
  const features = Array.from({ length: 60 }, (_, n) => turn(pixelsOf(n)));
  const examples: Examples = { features, labels: features.map((_, n) => n % 2) };
  const folder = fresh();
  const data = dataSet({ ...examples, shape, order, scaling: 'none', name: 'corners' });
  const recipe = checkRecipe(
    {
      ...smallValues,
      network: '60-8-2',
      training: '0..48',
      validation: 'none',
      epochs: 20,
      rates: [0.1, 0.05],
    },
    'test',
  );
  await begin({ data, folder, recipe });
  return loadModel(folder, order);
}

let models: readonly (readonly [Model, (pixels: Uint8Array) => Uint8Array])[];
beforeAll(async () => {
  models = [
    [await trained('channels-last', (pixels) => pixels), (pixels) => pixels],
    [await trained('channels-first', planesOf), planesOf],
  ];
});

async function answersOf(model: Model, source: string) {
  const rows = [];
  for await (const row of predictRows(model, source)) rows.push(row);
  return rows;
}

function folderOf(name: string, files: Readonly<Record<string, Uint8Array>>): string {
  for (const [file, bytes] of Object.entries(files)) {
    mkdirSync(join(path(name), file, '..'), { recursive: true });
    write(join(name, file), bytes);
  }
  return path(name);
}

const pngs = () => asked.map((data) => Buffer.from(encode({ width: 5, height: 4, data, channels: 3 })));
const number = (n: number) => String(n).padStart(2, '0');

describe('examples', () => {
  test.each<[string, () => string, boolean, (n: number) => string]>([
    [
      'a .npy file, channels last',
      () => write('x_new.npy', npy(joined, [COUNT, 4, 5, 3])),
      false,
      (n) => `row ${n}`,
    ],
    [
      'a .npy file, channels first',
      () => write('planes.npy', npy(joinedPlanes, [COUNT, 3, 4, 5])),
      false,
      (n) => `row ${n}`,
    ],
    [
      'a .npz file with labels',
      () =>
        write(
          'both.npz',
          zipSync({
            'x_test.npy': npy(joined, [COUNT, 4, 5, 3]),
            'y_test.npy': npy(Uint8Array.from(truths), [COUNT]),
          }),
        ),
      true,
      (n) => `row ${n}`,
    ],
    [
      'a .npz file of features alone',
      () => write('alone.npz', zipSync({ 'windows.npy': npy(joinedPlanes, [COUNT, 3, 4, 5]) })),
      false,
      (n) => `row ${n}`,
    ],
    [
      'a folder of pictures',
      () => folderOf('flat', Object.fromEntries(pngs().map((bytes, n) => [`${number(n)}.png`, bytes]))),
      false,
      (n) => `${number(n)}.png`,
    ],
    [
      'IDX images, zipped',
      () => write('pictures.gz', gzipSync(idxBytes([COUNT, 3, 4, 5], joinedPlanes))),
      false,
      (n) => `image ${n}`,
    ],
  ])('from %s are answered as in memory', async (_, make, isLabelled, nameOf) => {
    const source = make();
    for (const [model, turn] of models) {
      // An IDX file does not tell where its channels are: its model's order is taken.
      if (source.endsWith('.gz') && model.order === 'channels-last') continue;
      const rows = await answersOf(model, source);
      expect(rows).toEqual(
        asked.map((pixels, n) => ({
          ...model.predict(turn(pixels)),
          name: nameOf(n),
          ...(isLabelled && { truth: String(truths[n]) }),
        })),
      );
      expect(new Set(rows.map(({ label }) => label)).size).toBe(2);
    }
  });

  test('in folders of their classes are told against them, a grey one too; one picture is one', async () => {
    const [first, second] = pngs();
    const grey = Buffer.from(encode({ width: 5, height: 4, data: new Uint8Array(20).fill(9), channels: 1 }));
    const folder = folderOf('classes', { '0/a.png': first, '1/b.png': second, 'other/g.png': grey });
    const [model] = models[0];
    expect((await answersOf(model, folder)).map(({ name, truth, score }) => [name, truth, score])).toEqual([
      ['0/a.png', '0', model.predict(asked[0]).score],
      ['1/b.png', '1', model.predict(asked[1]).score],
      ['other/g.png', 'other', model.predict(new Uint8Array(WIDTH).fill(9)).score],
    ]);
    const one = await answersOf(model, join(folder, '0', 'a.png'));
    expect(one).toEqual([{ ...model.predict(asked[0]), name: 'a.png' }]);
    expect(await answersOf(model, join(folder, 'other', 'g.png'))).toHaveLength(1);
  });

  test('of one alone need no number of examples; labels of their own name stand beside', async () => {
    const [model] = models[1];
    expect(await refusal(answersOf(model, write('halves.npy', npy(planesOf(asked[0]), [2, 30]))))).toMatch(
      /has 30 features an example/,
    );
    for (const dimensions of [[WIDTH], [3, 4, 5], [1, 3, 4, 5]])
      expect(await answersOf(model, write('one.npy', npy(planesOf(asked[0]), dimensions)))).toEqual([
        { ...model.predict(planesOf(asked[0])), name: 'row 0' },
      ]);
    const x = npy(joinedPlanes, [COUNT, WIDTH]);
    const folder = folderOf('pair', { 'x.npy': x, 'y.npy': npy(Uint8Array.from(truths), [COUNT]) });
    for (const source of [folder, join(folder, 'x.npy')])
      expect((await answersOf(model, source)).map(({ truth }) => truth)).toEqual(truths.map(String));
  });

  test.each<[string, () => string, RegExp]>([
    [
      'of another width',
      () => write('w.npy', npy(joined.subarray(0, 40), [4, 10])),
      /w\.npy has 10 features an example, the model takes 60, 3 × 4 × 5/,
    ],
    [
      'of another shape',
      () => write('s.npy', npy(joined, [COUNT, 3, 5, 4])),
      /s\.npy has examples of 4 × 3 × 5|s\.npy has examples of 3 × 5 × 4, the model takes 3 × 4 × 5/,
    ],
    [
      'that are no bytes',
      () =>
        write(
          'b.npy',
          npy(joined, [COUNT, WIDTH]).map((byte, at) => (at >= 130 && at % 4 === 3 ? 0x3f : byte)),
        ),
      /b\.npy, row \d+, feature \d+: \S+ is no whole number/,
    ],
    [
      'that are none',
      () =>
        write(
          'none.npz',
          zipSync({ 'a.npy': npy(joined, [COUNT, WIDTH]), 'b.npy': npy(joined, [COUNT, WIDTH]) }),
        ),
      /none\.npz has arrays a, b, none of them features by its name; name the features x/,
    ],
    [
      'of a grey size',
      () =>
        write('g.png', Buffer.from(encode({ width: 4, height: 4, data: new Uint8Array(16), channels: 1 }))),
      /has 48 features an example, 3 × 4 × 4, the model takes 60, 3 × 4 × 5/,
    ],
    ['of no file', () => path('nowhere.npy'), /could not be read/],
    [
      'of an empty folder',
      () => folderOf('empty', { 'notes.txt': Buffer.from('x') }),
      /has no file of t10k-images/,
    ],
  ])('%s are refused', async (_, make, told) => {
    const [model] = models[1];
    expect(await refusal(answersOf(model, make()))).toMatch(told);
  });
});
