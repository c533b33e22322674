import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadDataset, loadSet, setOf, split } from '#host/data/index';
import { UserError } from '#host/ground/index';
import { idxBytes } from './idx-bytes.js';

const WELL_FORMED: Readonly<Record<string, Uint8Array>> = {
  'train-images-idx3-ubyte': idxBytes([3, 2, 1], [1, 2, 3, 4, 5, 6]),
  'train-labels-idx1-ubyte': idxBytes([3], [0, 4, 1]),
  't10k-images-idx3-ubyte': idxBytes([2, 2, 1], [7, 8, 9, 10]),
  't10k-labels-idx1-ubyte': idxBytes([2], [5, 2]),
};

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'eqprop-dataset-'));
  folder = join(parent, 'tiny');
  await mkdir(folder);
});
afterEach(() => rm(parent, { recursive: true }));

async function store(files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
}

async function failure(): Promise<UserError> {
  const error: unknown = await loadDataset(folder).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe('a directory', () => {
  const expected = {
    name: 'tiny',
    rows: 2,
    columns: 1,
    pixels: 2,
    classes: 6,
    training: { count: 3, images: Uint8Array.of(1, 2, 3, 4, 5, 6), labels: Uint8Array.of(0, 4, 1) },
    test: { count: 2, images: Uint8Array.of(7, 8, 9, 10), labels: Uint8Array.of(5, 2) },
  };

  test('sizes and classes are inferred over both sets', async () => {
    await store(WELL_FORMED);
    expect(await loadDataset(folder)).toEqual({ ...expected, origin: { path: folder, reading: {} } });
    expect((await loadDataset(`${folder}/`)).name).toBe('tiny');
  });

  test('either spelling of the names, zipped or not', async () => {
    const spelled = Object.entries(WELL_FORMED).map(([name, bytes], i): [string, Uint8Array] => {
      const dotted = i % 2 === 0 ? name.replace('-idx', '.idx') : name;
      return i < 2 ? [`${dotted}.gz`, gzipSync(bytes)] : [dotted, bytes];
    });
    await store(Object.fromEntries(spelled));
    expect(await loadDataset(folder)).toEqual({ ...expected, origin: { path: folder, reading: {} } });
  });

  test('a directory of a file’s name does not hide the file of the other spelling', async () => {
    const { 'train-images-idx3-ubyte': images, ...others } = WELL_FORMED;
    await store({ ...others, 'train-images.idx3-ubyte': images });
    await mkdir(join(folder, 'train-images-idx3-ubyte'));
    expect(await loadDataset(folder)).toEqual({ ...expected, origin: { path: folder, reading: {} } });
  });
});

test('images of several channels are read where the order is told, and grey ones take none', async () => {
  const coloured = {
    ...WELL_FORMED,
    'train-images-idx3-ubyte': idxBytes([3, 2, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    't10k-images-idx3-ubyte': idxBytes([2, 2, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
  };
  await store(coloured);
  expect((await failure()).hint).toBe(
    'give --order channels-first for 2 channels, --order channels-last for 2',
  );
  const first = await loadDataset(folder, { order: 'channels-first' });
  expect(first).toMatchObject({ channels: 2, rows: 1, columns: 2, pixels: 4 });
  expect(first.origin?.reading).toEqual({ order: 'channels-first' });
  expect([...first.test.images]).toEqual([1, 3, 2, 4, 5, 7, 6, 8]);
  expect((await loadSet('test', folder, { order: 'channels-first' })).samples).toEqual(first.test);
  const last = await loadDataset(folder, { order: 'channels-last' });
  expect(last).toMatchObject({ channels: 2, rows: 2, columns: 1 });
  expect([...last.test.images]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  await store(WELL_FORMED);
  await expect(loadDataset(folder, { order: 'channels-last' })).rejects.toThrow(
    /--order says how a table is read/,
  );
});

describe('one set alone', () => {
  test('is read without the files of the other', async () => {
    const isTest = ([name]: readonly [string, Uint8Array]) => name.startsWith('t10k');
    await store(Object.fromEntries(Object.entries(WELL_FORMED).filter(isTest)));
    const samples = { count: 2, images: Uint8Array.of(7, 8, 9, 10), labels: Uint8Array.of(5, 2) };
    expect(await loadSet('test', folder)).toMatchObject({
      name: 'tiny',
      set: 'test',
      rows: 2,
      columns: 1,
      samples,
    });
    await expect(loadSet('training', folder)).rejects.toThrow('has no file of train-images');
  });

  test('is that of the whole', async () => {
    await store(WELL_FORMED);
    const whole = await loadDataset(folder);
    for (const set of ['training', 'test'] as const)
      expect(await loadSet(set, folder)).toMatchObject(setOf(whole, set));
  });
});

describe('what does not fit together is refused', () => {
  test('no such directory, and a file instead of one', async () => {
    await expect(loadDataset(join(parent, 'absent'))).rejects.toThrow(/there is no directory .*absent/);
    await writeFile(join(parent, 'file'), 'x');
    await expect(loadDataset(join(parent, 'file'))).rejects.toThrow(/file is not a directory/);
  });

  test.each(Object.keys(WELL_FORMED))('without %s', async (missing) => {
    await store(Object.fromEntries(Object.entries(WELL_FORMED).filter(([name]) => name !== missing)));
    const error = await failure();
    expect(error.message).toContain(missing.slice(0, missing.indexOf('-idx')));
    for (const name of [missing, `${missing}.gz`, missing.replace('-idx', '.idx')]) {
      expect(error.hint).toContain(name);
    }
  });

  test('counts that differ', async () => {
    await store({ ...WELL_FORMED, 't10k-labels-idx1-ubyte': idxBytes([3], [1, 2, 3]) });
    expect((await failure()).message).toMatch(/t10k-images\S+ has 2 images, \S+t10k-labels\S+ 3 labels/);
  });

  test('images of another size', async () => {
    await store({ ...WELL_FORMED, 't10k-images-idx3-ubyte': idxBytes([2, 1, 2], [1, 2, 3, 4]) });
    expect((await failure()).message).toMatch(/t10k\S+ has images of 1 × 2 pixels, \S+train\S+ of 2 × 1/);
  });

  test('an empty set', async () => {
    await store({
      ...WELL_FORMED,
      'train-images-idx3-ubyte': idxBytes([0, 2, 1], []),
      'train-labels-idx1-ubyte': idxBytes([0], []),
    });
    expect((await failure()).message).toMatch(/train-images\S+ holds no images/);
  });

  test('a malformed file, by name', async () => {
    await store({ ...WELL_FORMED, 'train-labels-idx1-ubyte': idxBytes([4], [1, 2, 3]) });
    expect((await failure()).message).toMatch(/train-labels-idx1-ubyte is truncated/);
  });
});

test('without a directory: MNIST, whole', async () => {
  const mnist = await loadDataset();
  expect(mnist).toMatchObject({ name: 'mnist', rows: 28, columns: 28, pixels: 784, classes: 10 });
  expect([mnist.training.count, mnist.test.count]).toEqual([60_000, 10_000]);
  // The first digits of both files, as every description of MNIST shows them.
  expect([...mnist.training.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  expect([...mnist.test.labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
  // Mean pixel of the training images, the well-known 0.1307.
  const sum = mnist.training.images.reduce((total, pixel) => total + pixel, 0);
  expect(sum / mnist.training.images.length / 255).toBeCloseTo(0.1307, 4);
});

describe('split', () => {
  const samples = { count: 3, images: Uint8Array.of(1, 2, 3, 4, 5, 6), labels: Uint8Array.of(7, 8, 9) };

  test('is a view of a range', () => {
    const part = split(samples, 1, 3);
    expect(part).toEqual({ count: 2, images: Uint8Array.of(3, 4, 5, 6), labels: Uint8Array.of(8, 9) });
    expect(part.images.buffer).toBe(samples.images.buffer);
    expect(part.labels.buffer).toBe(samples.labels.buffer);
    expect(split(part, 1, 2).images).toEqual(Uint8Array.of(5, 6));
    expect(split(split(samples, 3, 3), 0, 0)).toMatchObject({ count: 0 });
  });

  test.each([
    [-1, 2],
    [0, 4],
    [2, 1],
    [0.5, 2],
    [0, Number.NaN],
  ])('%d to %d of 3 is refused', (from, to) => {
    expect(() => split(samples, from, to)).toThrow(UserError);
    expect(() => split(samples, from, to)).toThrow(`samples ${from} to ${to} were asked for, of a set of 3`);
  });
});
