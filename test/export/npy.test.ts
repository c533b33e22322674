import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NpyArray, toNpy } from '#host/export/npy';

const hasNumpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;

const arrays: [string, NpyArray, number[]][] = [
  ['|i1', Int8Array.of(-128, -1, 127), [3]],
  ['<i2', Int16Array.of(-32768, -1, 0, 1, 2, 32767), [2, 3]],
  ['<i4', Int32Array.of(-2147483648, 2147483647), [2]],
  ['<f8', Float64Array.of(Math.PI, -0, Number.MIN_VALUE), [3, 1]],
  ['<f4', Float32Array.of(0.5, 1e30, -2, 0), [1, 2, 2]],
  ['|u1', Uint8Array.of(0, 128, 255), [3]],
];

/** Reads NPY 1.0 by its specification, sharing nothing with the writer. */
function parse(file: Uint8Array) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  expect([...file.subarray(0, 8)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const start = 10 + view.getUint16(8, true);
  const header = new TextDecoder('latin1').decode(file.subarray(10, start));
  const match = /^\{'descr': '([^']+)', 'fortran_order': False, 'shape': \(([^)]*)\), \} *\n$/.exec(header);
  if (!match) throw new Error(`header ${JSON.stringify(header)}`);
  const [, descr, tuple] = match;
  const readers: Record<string, [number, (at: number) => number]> = {
    '|i1': [1, (at) => view.getInt8(at)],
    '<i2': [2, (at) => view.getInt16(at, true)],
    '<i4': [4, (at) => view.getInt32(at, true)],
    '<f8': [8, (at) => view.getFloat64(at, true)],
    '<f4': [4, (at) => view.getFloat32(at, true)],
    '|u1': [1, (at) => view.getUint8(at)],
  };
  const [size, read] = readers[descr];
  const values = Array.from({ length: (file.length - start) / size }, (_, i) => read(start + i * size));
  const shape = tuple
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  return { start, descr, tuple, shape, values };
}

describe('NPY', () => {
  it.each(arrays)('%s arrays can be read by the specification', (descr, array, shape) => {
    const parsed = parse(toNpy(array, shape));
    expect(parsed.descr).toBe(descr);
    expect(parsed.shape).toEqual(shape);
    expect(parsed.values).toEqual([...array]);
    expect(parsed.start % 64).toBe(0);
  });

  it('writes a tuple of one with its comma and of none without', () => {
    expect(parse(toNpy(Uint8Array.of(1, 2), [2])).tuple).toBe('2,');
    expect(parse(toNpy(Uint8Array.of(7), [])).tuple).toBe('');
  });

  it('stays aligned whatever the length of its header', () => {
    for (let rank = 1; rank < 40; rank++) {
      const parsed = parse(toNpy(Uint8Array.of(9), new Array<number>(rank).fill(1)));
      expect(parsed.start % 64).toBe(0);
      expect(parsed.values).toEqual([9]);
    }
  });

  it('writes only the elements of a view', () => {
    const view = Int16Array.of(1, 2, 3, 4).subarray(1, 3);
    expect(parse(toNpy(view, [2])).values).toEqual([2, 3]);
  });

  it('refuses a shape that does not fit', () => {
    expect(() => toNpy(new Int16Array(6), [2, 2])).toThrow(/6 elements do not have the shape \(2, 2\)/);
    expect(() => toNpy(new Int16Array(2), [-1, -2])).toThrow(RangeError);
    expect(() => toNpy(new Int16Array(1), [0.5, 2])).toThrow(RangeError);
  });

  describe.skipIf(!hasNumpy)('in NumPy', () => {
    let folder = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'eqprop-npy-'));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it.each(arrays)('%s arrays load', (_descr, array, shape) => {
      const file = join(folder, 'array.npy');
      writeFileSync(file, toNpy(array, shape));
      const program =
        'import json,numpy,sys; a=numpy.load(sys.argv[1]); print(json.dumps([list(a.shape), a.ravel().tolist()]))';
      const { stdout } = spawnSync('python3', ['-c', program, file], { encoding: 'utf8' });
      const [loadedShape, values] = JSON.parse(stdout) as [number[], number[]];
      expect(loadedShape).toEqual(shape);
      expect(values).toEqual([...array]);
    });
  });
});
