import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { encode, type ImageData } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { loadDataset } from '#host/data/index';
import { encodePng } from '#host/report/png';
import { refusal, room } from './folder.js';

const { path } = room();
let folders = 0;

/** A folder of these files. */
function folder(files: Readonly<Record<string, Uint8Array>>): string {
  const top = path(`pictures-${folders++}`);
  for (const [name, content] of Object.entries(files)) {
    const file = `${top}/${name}`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return top;
}

const png = (data: readonly number[], channels: number, more: Partial<ImageData> = {}) =>
  encode({
    width: 2,
    height: data.length / channels / 2,
    data: Uint8Array.from(data),
    channels,
    depth: 8,
    ...more,
  });

const grey = (...values: number[]) => png(values, 1);
/** Test set alone, in the order of the files. */
const test4 = { 'train/a/1.png': grey(0, 0, 0, 255), 'train/b/1.png': grey(9, 9, 9, 9) };

async function bytesOf(picture: Uint8Array): Promise<readonly number[]> {
  const { test: set, pixels } = await loadDataset(folder({ ...test4, 'test/a/x.png': picture }), {
    scaling: 'none',
  });
  return [...set.images.subarray(0, pixels)];
}

describe('a folder of pictures', () => {
  test('a folder a class, is split; bytes stay as they are', async () => {
    const files = Object.fromEntries(
      ['tap', 'wave'].flatMap((name, kind) =>
        Array.from({ length: 10 }, (_, n) => [`${name}/${n}.png`, grey(kind * 200, n, 255, 7)]),
      ),
    );
    const dataset = await loadDataset(folder({ ...files, 'tap/notes.txt': Buffer.from('no picture') }));
    expect(dataset).toMatchObject({ rows: 2, columns: 2, pixels: 4, classNames: ['tap', 'wave'] });
    expect(dataset.scaling).toBeUndefined();
    expect([dataset.training.count, dataset.test.count]).toEqual([16, 4]);
    for (const { images, labels, count } of [dataset.training, dataset.test])
      for (let n = 0; n < count; n++) expect(images[4 * n]).toBe(200 * labels[n]);
    expect([...dataset.test.labels].sort()).toEqual([0, 0, 1, 1]);
  });

  test('with folders for the sets keeps these', async () => {
    const dataset = await loadDataset(folder({ ...test4, 'test/b/1.png': grey(1, 2, 3, 4) }));
    expect(dataset.test).toEqual({ count: 1, images: Uint8Array.of(1, 2, 3, 4), labels: Uint8Array.of(1) });
  });

  test('in colour has three channels, the grey ones among them too', async () => {
    const coloured = png([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 3);
    const dataset = await loadDataset(
      folder({ ...test4, 'train/a/2.png': coloured, 'test/b/1.png': grey(1, 2, 3, 4) }),
    );
    expect(dataset).toMatchObject({ rows: 2, columns: 2, channels: 3, pixels: 12 });
    expect([...dataset.test.images]).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
    const rows = [0, 1, 2].map((n) => dataset.training.images.subarray(12 * n, 12 * n + 12).join());
    expect(rows).toContain('1,2,3,4,5,6,7,8,9,10,11,12');
  });

  test('of any kind of PNG is read', async () => {
    // Grey in three channels, opaque grey with alpha, and a palette.
    expect(await bytesOf(png([5, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8], 3))).toEqual([5, 6, 7, 8]);
    expect(await bytesOf(png([5, 255, 6, 255, 7, 255, 8, 255], 2))).toEqual([5, 6, 7, 8]);
    expect(await bytesOf(png([5, 5, 5, 255, 6, 6, 6, 255, 7, 7, 7, 255, 8, 8, 8, 255], 4))).toEqual([
      5, 6, 7, 8,
    ]);
    const palette = Uint8Array.from({ length: 12 }, (_, n) => 80 * Math.floor(n / 3));
    expect(await bytesOf(encodePng(2, 2, Uint8Array.of(3, 1, 0, 2), palette))).toEqual([240, 80, 0, 160]);
  });

  test('of 16 bits a value keeps all of them for the scaling', async () => {
    const deep = (...values: number[]) =>
      encode({ width: 2, height: 1, data: Uint16Array.from(values), channels: 1, depth: 16 });
    const files = {
      'train/a/1.png': deep(0, 1024),
      'train/b/1.png': deep(500, 250),
      'test/a/1.png': deep(768, 1000),
    };
    const { test: set, scaling } = await loadDataset(folder(files));
    expect(scaling).toMatchObject({ kind: 'unit', steps: [{ fraction: 0, offset: 0 }] });
    expect([...set.images]).toEqual([192, 250]);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['another size', png([1, 2], 1), /x\.png has 1 × 2 pixels, .*1\.png 2 × 2; all pictures/],
    ['transparency', png([5, 255, 6, 100, 7, 255, 8, 255], 2), /x\.png is transparent in places/],
    ['another form', Buffer.from('GIF89a, and more than a header of bytes'), /x\.png is no PNG picture/],
    ['its end missing', grey(1, 2, 3, 4).subarray(0, 50), /x\.png is damaged/],
    [
      'a byte changed',
      grey(1, 2, 3, 4).map((byte, at) => (at === 45 ? byte ^ 1 : byte)),
      /x\.png is damaged/,
    ],
    [
      'other bits',
      encode({ width: 2, height: 2, data: new Uint16Array(4), channels: 1, depth: 16 }),
      /16 bits a value/,
    ],
  ])('with a picture of %s is refused', async (_, picture, told) => {
    expect(await refusal(loadDataset(folder({ ...test4, 'train/b/x.png': picture })))).toMatch(told);
  });

  test('with a class of its own in the test set is refused', async () => {
    expect(await refusal(loadDataset(folder({ ...test4, 'test/c/7.png': grey(1, 2, 3, 4) })))).toMatch(
      /c\/7\.png: class 'c' is not among those trained on: a, b/,
    );
  });
});
