import { mkdirSync, writeFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { dataSetOf, loadDataset } from '#host/data/index';
import { parseNpy } from '#host/data/readers/npy';
import { refusal, room } from './folder.js';

const { write, path } = room();

/** A file in NPY format, its header written by hand. */
function npy(
  descr: string,
  shape: readonly number[],
  data: Uint8Array,
  fortran = false,
  version = 1,
): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${tuple}), }\n`;
  const start = Buffer.alloc(version === 1 ? 10 : 12);
  start.write('\x93NUMPY', 'latin1');
  start[6] = version;
  if (version === 1) start.writeUInt16LE(header.length, 8);
  else start.writeUInt32LE(header.length, 8);
  return Buffer.concat([start, Buffer.from(header, 'latin1'), data]);
}

const bytes = (array: ArrayBufferView) => new Uint8Array(array.buffer);
const float32 = (values: readonly number[], shape: readonly number[]) =>
  npy('<f4', shape, bytes(Float32Array.from(values)));
const int64 = (values: readonly number[]) =>
  npy('<i8', [values.length], bytes(BigInt64Array.from(values.map(BigInt))));

describe('an NPY file', () => {
  const numbers = (file: Uint8Array) => {
    const { shape, numbers: found } = parseNpy(file, 'file');
    return [shape, [...(found ?? [])]];
  };

  test('of every type of number, either way round', () => {
    expect(numbers(npy('|u1', [3], Uint8Array.of(0, 1, 255)))).toEqual([[3], [0, 1, 255]]);
    expect(numbers(npy('|i1', [2], Uint8Array.of(255, 1)))).toEqual([[2], [-1, 1]]);
    expect(numbers(npy('|b1', [2], Uint8Array.of(0, 1)))).toEqual([[2], [0, 1]]);
    expect(numbers(npy('<i2', [1], Uint8Array.of(254, 255)))).toEqual([[1], [-2]]);
    expect(numbers(npy('>u2', [1], Uint8Array.of(1, 2)))).toEqual([[1], [258]]);
    expect(numbers(npy('>i4', [1], Uint8Array.of(255, 255, 255, 0)))).toEqual([[1], [-256]]);
    expect(numbers(int64([-5, 2 ** 40]))).toEqual([[2], [-5, 2 ** 40]]);
    expect(numbers(float32([1.5, -0.25], [2]))).toEqual([[2], [1.5, -0.25]]);
    expect(numbers(npy('<f8', [], bytes(Float64Array.of(Math.PI)), false, 2))).toEqual([[], [Math.PI]]);
  });

  test('by columns is turned into rows', () => {
    // [[1, 2, 3], [4, 5, 6]], column by column.
    expect(numbers(npy('|u1', [2, 3], Uint8Array.of(1, 4, 2, 5, 3, 6), true))).toEqual([
      [2, 3],
      [1, 2, 3, 4, 5, 6],
    ]);
  });

  test('of words, of bytes or of Unicode', () => {
    const wide = Uint32Array.from('tap\0größ'.split('').map((sign) => sign.codePointAt(0) ?? 0));
    expect(parseNpy(npy('<U4', [2], bytes(wide)), 'file').words).toEqual(['tap', 'größ']);
    expect(parseNpy(npy('|S3', [2], Buffer.from('ab\0xyz')), 'file').words).toEqual(['ab', 'xyz']);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['another file', Buffer.from('hello, this is text'), /is no NPY file/],
    ['objects', npy('|O', [1], Uint8Array.of(0)), /holds Python objects; write it as/],
    ['complex numbers', npy('<c8', [1], new Uint8Array(8)), /elements of type <c8; write it as whole/],
    ['too few bytes', npy('<f4', [3], new Uint8Array(8)), /damaged: \(3\) needs/],
    ['a header cut short', npy('<f4', [3], new Uint8Array(8)).subarray(0, 30), /ends within its header/],
    ['no shape', Buffer.from('\x93NUMPY\x01\x00\x02\x00{}', 'latin1'), /its header has no shape/],
    ['an absurd shape', npy('<f4', [2 ** 31, 2 ** 31], new Uint8Array(8)), /damaged/],
  ])('that is %s is refused', async (_, file, told) => {
    expect(await refusal(() => parseNpy(file, 'some.npy'))).toMatch(told);
    expect(await refusal(() => parseNpy(file, 'some.npy'))).toContain('some.npy');
  });
});

/** Four examples of two features of which the first tells the class. */
const x = float32([0, 3, 16, 1, 0, 2, 16, 0], [4, 2]);
const y = int64([3, 9, 3, 9]);
const xTest = float32([16, 3, 0, 0], [2, 2]);

describe('arrays', () => {
  const expected = {
    rows: 1,
    columns: 2,
    pixels: 2,
    classes: 2,
    classNames: ['3', '9'],
    test: { count: 2, images: Uint8Array.of(255, 255, 0, 0), labels: Uint8Array.of(1, 0) },
  };

  test('in an NPZ file, with and without compression', async () => {
    const members = { 'x_train.npy': x, 'y_train.npy': y, 'x_test.npy': xTest, 'y_test.npy': int64([9, 3]) };
    for (const level of [0, 6] as const) {
      const packed = zipSync(members, { level });
      const { origin, ...dataset } = await loadDataset(write('some.npz', packed));
      expect(await dataSetOf('some.npz', packed)).toEqual(dataset);
      expect(dataset).toMatchObject({ ...expected, name: 'some' });
      expect(dataset.training.count).toBe(4);
    }
  });

  test('in pairs of files of a folder', async () => {
    mkdirSync(path('pairs'));
    writeFileSync(path('pairs', 'x_train.npy'), x);
    writeFileSync(path('pairs', 'y_train.npy'), y);
    writeFileSync(path('pairs', 'x_test.npy'), xTest);
    writeFileSync(path('pairs', 'y_test.npy'), int64([9, 3]));
    expect(await loadDataset(path('pairs'))).toMatchObject(expected);
    // A file alone is itself and its labels.
    const alone = await loadDataset(path('pairs', 'x_train.npy'), { test: path('pairs', 'x_test.npy') });
    expect(alone).toMatchObject(expected);
    const divided = await loadDataset(path('pairs', 'x_train.npy'));
    expect([divided.training.count, divided.test.count]).toEqual([2, 2]);
  });

  test('have rows and columns, and channels where the order says', async () => {
    const sides = [4, 2, 3, 2];
    // Value 100 · channel + 10 · row + column of each example, channels last.
    const last = Array.from({ length: 4 * 12 }, (_, n) => {
      const at = n % 12;
      return 100 * (at % 2) + 10 * Math.floor(at / 6) + (Math.floor(at / 2) % 3) + (n >= 24 ? 1 : 0);
    });
    const file = write('c.npz', zipSync({ 'x.npy': float32(last, sides), 'y.npy': y }));
    expect(await refusal(loadDataset(file))).toMatch(
      /4 × 2 × 3 × 2 numbers.*channels-first for 2 channels, .*channels-last for 2/,
    );
    const shaped = await loadDataset(file, { order: 'channels-last', scaling: 'none' });
    expect(shaped).toMatchObject({ rows: 2, columns: 3, channels: 2, pixels: 12 });
    const first = last.map((_, n) => {
      const at = n % 12;
      return 100 * Math.floor(at / 6) + 10 * (Math.floor(at / 3) % 2) + (at % 3) + (n >= 24 ? 1 : 0);
    });
    const other = write('d.npz', zipSync({ 'x.npy': float32(first, [4, 2, 2, 3]), 'y.npy': y }));
    const same = await loadDataset(other, { order: 'channels-first', scaling: 'none' });
    expect(same.training).toEqual(shaped.training);
    expect(
      [...shaped.training.images.subarray(0, 12)].map((byte) => byte - (shaped.training.images[0] % 10)),
    ).toEqual([0, 100, 1, 101, 2, 102, 10, 110, 11, 111, 12, 112]);
  });

  test.each<[string, Record<string, Uint8Array>, RegExp]>([
    ['no pair', { 'a.npy': x }, /no array of features with its labels: it has a; name them x and y/],
    [
      'other counts',
      { 'x.npy': x, 'y.npy': int64([1, 2]) },
      /array y holds 2 labels for the 4 examples of .*array x/,
    ],
    ['rows of zeros and a one', { 'x.npy': x, 'y.npy': float32([1, 0, 0, 1, 1, 0, 0, 1], [4, 2]) }, /argmax/],
    [
      'labels in between',
      { 'x.npy': x, 'y.npy': float32([1, 0, 0.5, 1], [4]) },
      /row 2: label 0.5 is no whole number/,
    ],
    [
      'a missing value',
      { 'x.npy': float32([0, 3, 16, Number.NaN, 0, 2, 16, 0], [4, 2]), 'y.npy': y },
      /array x, row 1, column 2: the value is missing \(NaN\)/,
    ],
    [
      'an infinite one',
      { 'x.npy': float32([0, 3, 16, 1, -Infinity, 2, 16, 0], [4, 2]), 'y.npy': y },
      /row 2, column 1: the value is infinite/,
    ],
    ['numbers alone', { 'x.npy': float32([1], []), 'y.npy': y }, /one number, no examples/],
  ])('with %s are refused', async (_, members, told) => {
    expect(await refusal(loadDataset(write('odd.npz', zipSync(members))))).toMatch(told);
  });

  test('that are no archive, and features without labels, are refused', async () => {
    expect(await refusal(loadDataset(write('no.npz', 'PK, not really')))).toMatch(/no whole NPZ file/);
    mkdirSync(path('lone'));
    writeFileSync(path('lone', 'features.npy'), x);
    expect(await refusal(loadDataset(path('lone', 'features.npy')))).toMatch(/there is no labels\.npy/);
  });
});
