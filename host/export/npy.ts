import { endianness } from 'node:os';
import { bytesOf } from '../ground/index.js';

export type NpyArray = Int8Array | Int16Array | Int32Array | Float64Array | Float32Array | Uint8Array;

/** Data begins at a multiple of this, for readers that map files into memory. */
const ALIGNMENT = 64;
const PREAMBLE = 10;

function descriptor(array: NpyArray): string {
  if (array instanceof Int8Array) return '|i1';
  if (array instanceof Int16Array) return '<i2';
  if (array instanceof Int32Array) return '<i4';
  if (array instanceof Float64Array) return '<f8';
  if (array instanceof Float32Array) return '<f4';
  return '|u1';
}

/**
 * A file in NumPy's NPY format 1.0: little-endian, C order.
 * @param shape natural numbers whose product is the array's length; `[]` for a single number
 * @throws RangeError if shape and length differ
 */
export function toNpy(array: NpyArray, shape: readonly number[]): Uint8Array {
  const size = shape.reduce((product, length) => product * length, 1);
  if (size !== array.length || shape.some((length) => !Number.isInteger(length) || length < 0))
    throw new RangeError(`${array.length} elements do not have the shape (${shape.join(', ')})`);
  // A Python tuple of one needs its comma.
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${descriptor(array)}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = Math.ceil((PREAMBLE + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const file = Buffer.alloc(start + array.byteLength, ' ');
  file.write('\x93NUMPY\x01\x00', 0, 'latin1');
  file.writeUInt16LE(start - PREAMBLE, 8);
  file.write(dictionary, PREAMBLE, 'latin1');
  file.write('\n', start - 1, 'latin1');
  const data = file.subarray(start);
  data.set(bytesOf(array));
  if (endianness() === 'BE') toLittleEndian(data, array.BYTES_PER_ELEMENT);
  return file;
}

function toLittleEndian(data: Buffer, elementSize: number): void {
  if (elementSize === 2) data.swap16();
  else if (elementSize === 4) data.swap32();
  else if (elementSize === 8) data.swap64();
}
