import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeIdxImages, decodeIdxLabels, readIdxImages, readIdxLabels } from '#host/data/idx';
import type { Order } from '#host/data/index';
import { UserError } from '#host/ground/index';
import { idxBytes } from './idx-bytes.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eqprop-idx-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function stored(name: string, bytes: Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, bytes);
  return file;
}

function failure(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error as UserError;
  }
  throw new Error('nothing was thrown');
}

describe('well-formed files', () => {
  test('images of any size come back as they were', () => {
    fc.assert(
      fc.property(
        fc.nat(4),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (count, rows, columns) => {
          const pixels = Uint8Array.from({ length: count * rows * columns }, (_, i) => (i * 37) & 255);
          const decoded = decodeIdxImages(idxBytes([count, rows, columns], pixels), 'file');
          expect(decoded).toEqual({ count, rows, columns, pixels });
        },
      ),
      { numRuns: 50 },
    );
  });

  test.each<[string, readonly number[], readonly number[]]>([
    ['vectors are images of one row', [2, 6], [2, 1, 6]],
    ['one channel after the columns', [2, 3, 2, 1], [2, 3, 2]],
    ['one channel before the rows', [2, 1, 3, 2], [2, 3, 2]],
    ['vectors of one channel', [2, 1, 6, 1], [2, 1, 6]],
  ])('%s', (_, dimensions, [count, rows, columns]) => {
    const pixels = Uint8Array.from({ length: 12 }, (_, i) => i);
    expect(decodeIdxImages(idxBytes(dimensions, pixels), 'file')).toEqual({ count, rows, columns, pixels });
  });

  test.each<[string, Order, readonly number[], readonly number[]]>([
    ['last are left where they are', 'channels-last', [2, 1, 2, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    ['first are put last', 'channels-first', [2, 3, 1, 2], [0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11]],
  ])('channels %s', (_, order, dimensions, expected) => {
    const values = Uint8Array.from({ length: 12 }, (_, i) => i);
    expect(decodeIdxImages(idxBytes(dimensions, values), 'file', order)).toEqual({
      ...{ count: 2, channels: 3, rows: 1, columns: 2 },
      pixels: Uint8Array.from(expected),
    });
  });

  test('a column of labels is labels', () => {
    expect(decodeIdxLabels(idxBytes([3, 1], [7, 8, 9]), 'file')).toEqual(Uint8Array.of(7, 8, 9));
  });

  test('vectors, zipped', async () => {
    const zipped = await stored('vectors', gzipSync(idxBytes([2, 3], [1, 2, 3, 4, 5, 6])));
    expect(await readIdxImages(zipped)).toMatchObject({ count: 2, rows: 1, columns: 3 });
    const longer = await stored('longer', gzipSync(idxBytes([2, 3], [1, 2, 3, 4, 5, 6, 7])));
    await expect(readIdxImages(longer)).rejects.toThrow('unpacks to more bytes than its header says: 18');
  });

  test('bytes that begin in the middle of a buffer are read from there', () => {
    const bytes = idxBytes([3], [7, 8, 9]);
    const shifted = new Uint8Array(bytes.length + 5);
    shifted.set(bytes, 5);
    expect(decodeIdxLabels(shifted.subarray(5), 'file')).toEqual(Uint8Array.of(7, 8, 9));
  });

  test('gzip is known by its content, not by the name', async () => {
    const bytes = idxBytes([2, 1, 3], [1, 2, 3, 4, 5, 6]);
    const pixels = Uint8Array.of(1, 2, 3, 4, 5, 6);
    const zipped = await stored('zipped-without-suffix', gzipSync(bytes));
    const plain = await stored('plain-with-suffix.gz', bytes);
    expect((await readIdxImages(zipped)).pixels).toEqual(pixels);
    expect((await readIdxImages(plain)).pixels).toEqual(pixels);
    const labels = await stored('labels.gz', gzipSync(idxBytes([2], [9, 4])));
    expect(await readIdxLabels(labels)).toEqual(Uint8Array.of(9, 4));
  });
});

describe('malformed files are refused by name and with the numbers', () => {
  test.each([
    ['not IDX', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0), /some-file is not an IDX file.*0x89504e47/],
    ['unknown element type', idxBytes([1], [0], 0x07), /some-file is not an IDX file.*0x00000701/],
    ['floats', idxBytes([1], [0, 0, 0, 0], 0x0d), /some-file holds 32-bit floats, not unsigned bytes/],
    ['empty', new Uint8Array(0), /some-file is truncated.*magic number needs 4 bytes, it has 0/],
    ['no header', idxBytes([1, 2, 2], []).subarray(0, 9), /some-file is truncated.*16 bytes, it has 9/],
    ['truncated', idxBytes([2, 2, 2], [1, 2, 3]), /some-file is truncated.*2 × 2 × 2.*24 bytes, it has 19/],
    ['trailing', idxBytes([1, 1, 2], [1, 2, 3, 4]), /some-file has 2 trailing bytes.*says 18, it has 20/],
    ['labels', idxBytes([2], [1, 2]), /some-file holds labels \(1-dim.*where images \(3-dim/],
    ['five dimensions', idxBytes([1, 1, 1, 1, 1], [1]), /some-file holds 5-dimensional data where images/],
    [
      'colours',
      idxBytes([1, 2, 1, 3], [1, 2, 3, 4, 5, 6]),
      /holds 1 × 2 × 1 × 3 numbers: where the channels are it does not say/,
    ],
    ['side of zero', idxBytes([5, 0, 3], []), /some-file has absurd dimensions: 5 × 0 × 3/],
    ['huge side', idxBytes([1, 1, 0xffffffff], [1]), /absurd dimensions: 1 × 1 × 4294967295/],
    ['huge count', idxBytes([0xffffffff, 28, 28], [1]), /absurd dimensions: 4294967295 × 28 × 28/],
  ])('images: %s', (_, bytes, message) => {
    const error = failure(() => decodeIdxImages(bytes, 'some-file'));
    expect(error.message).toMatch(message);
    expect(error.hint).toBeTruthy();
  });

  test('labels: images in their place', () => {
    const error = failure(() => decodeIdxLabels(idxBytes([1, 1, 1], [1]), 'some-file'));
    expect(error.message).toMatch(/some-file holds images \(3-dim.*where labels \(1-dim/);
    expect(error.hint).toContain('exchanged');
  });

  test('remedies are of the fault: no files are called exchanged that are not', () => {
    const colours = failure(() => decodeIdxImages(idxBytes([2, 2, 2, 3], new Uint8Array(24)), 'some-file'));
    expect(colours.hint).toBe('give --order channels-first for 2 channels, --order channels-last for 3');
    const oneHot = failure(() => decodeIdxLabels(idxBytes([2, 4], [0, 1, 0, 0, 1, 0, 0, 0]), 'some-file'));
    expect(oneHot.message).toBe('some-file holds 4 bytes for each of 2 labels');
    expect(oneHot.hint).toContain('of a row of zeros and a one, write the place of the one');
    const deep = failure(() => decodeIdxImages(idxBytes([1, 1, 1, 1, 1], [1]), 'some-file'));
    expect(deep.hint).toContain('vectors as count × length');
  });

  test('any shortened file is refused', () => {
    const bytes = idxBytes([2, 2, 3], new Uint8Array(12));
    for (let length = 0; length < bytes.length; length++) {
      const error = failure(() => decodeIdxImages(bytes.subarray(0, length), 'some-file'));
      expect(error.message).toContain(`it has ${length}`);
    }
  });

  test('missing file, directory, damaged gzip', async () => {
    await expect(readIdxLabels(join(folder, 'absent'))).rejects.toThrow(/absent could not be read: ENOENT/);
    await expect(readIdxLabels(folder)).rejects.toThrow(UserError);
    const zipped = gzipSync(idxBytes([100], new Uint8Array(100)));
    const cut = await stored('cut.gz', zipped.subarray(0, zipped.length - 12));
    await expect(readIdxLabels(cut)).rejects.toThrow(/cut\.gz is damaged: it cannot be decompressed/);
    await expect(readIdxLabels(cut)).rejects.toThrow(UserError);
  });
});
