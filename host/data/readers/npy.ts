/** NumPy's NPY format: one array of numbers or words. */
import { characters, UserError } from '../../ground/index.js';
import type { Features } from '../table.js';

export interface NpyContents {
  readonly shape: readonly number[];
  /** Numbers, row-major; bytes stay bytes. */
  readonly numbers?: Features;
  readonly words?: readonly string[];
}

const PREAMBLE = 8;
const LARGEST = 2 ** 32;

type Reader = (view: DataView, at: number, little: boolean) => number;

/** By NumPy's letter and bytes: how a number is read. */
const READERS: Readonly<Record<string, Reader>> = {
  b1: (view, at) => view.getUint8(at),
  u1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  i2: (view, at, little) => view.getInt16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

/** @param file in messages. Throws `UserError` that names it where it holds no array of numbers or words */
export function parseNpy(bytes: Uint8Array, file: string): NpyContents {
  const { header, start } = headerOf(bytes, file);
  const field = (pattern: RegExp, name: string): string => {
    const [, found] = pattern.exec(header) ?? [];
    if (found === undefined) throw damaged(file, `its header has no ${name}`);
    return found;
  };
  const shape = field(/'shape'\s*:\s*\(([\d,\sL]*)\)/, 'shape')
    .split(',')
    .filter((text) => text.trim() !== '')
    .map((text) => Number.parseInt(text, 10));
  const fortran = field(/'fortran_order'\s*:\s*(True|False)/, 'order') === 'True';
  const [, sign, letter, width] =
    /^([<>|=])([a-zA-Z])(\d*)$/.exec(field(/'descr'\s*:\s*'([^']*)'/, 'simple type')) ?? [];
  const size = shape.reduce((product, side) => product * side, 1);
  const each = Number(width) * (letter === 'U' ? 4 : 1);
  if (size > LARGEST || start + size * each > bytes.length)
    throw damaged(file, `(${shape.join(', ')}) needs ${start + size * each} bytes, it has ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  const little = sign !== '>';
  const at = fortran ? transposed(shape) : (index: number) => index;
  if (letter === 'U' || letter === 'S')
    return {
      shape,
      words: Array.from({ length: size }, (_, n) => wordAt(view, at(n) * each, each, letter === 'U', little)),
    };
  const read = READERS[`${letter}${width}`];
  if (!read)
    throw new UserError(
      `${file} holds ${letter === 'O' ? 'Python objects' : `elements of type ${sign ?? ''}${letter ?? ''}${width ?? ''}`}`,
      'write it as whole numbers, float32 or float64, labels as whole numbers or fixed-length text: array.astype(...)',
    );
  const numbers = letter === 'u' && each === 1 ? new Uint8Array(size) : numbersFor(letter, each, size);
  for (let n = 0; n < size; n++) numbers[n] = read(view, at(n) * each, little);
  return { shape, numbers };
}

function numbersFor(letter: string, each: number, size: number): Features {
  return letter === 'f' && each === 4 ? new Float32Array(size) : new Float64Array(size);
}

function headerOf(bytes: Uint8Array, file: string): { readonly header: string; readonly start: number } {
  const text = (from: number, to: number) => characters(bytes.subarray(from, to));
  if (text(0, 6) !== '\x93NUMPY')
    throw new UserError(`${file} is no NPY file`, 'write it with numpy.save, without pickling');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = bytes[6] >= 2;
  const from = PREAMBLE + (wide ? 4 : 2);
  if (bytes.length < from) throw damaged(file, 'it ends within its header');
  const length = wide ? view.getUint32(PREAMBLE, true) : view.getUint16(PREAMBLE, true);
  if (bytes.length < from + length) throw damaged(file, 'it ends within its header');
  return { header: text(from, from + length), start: from + length };
}

/** Where the element of a row-major index stands in an array whose columns come first. */
function transposed(shape: readonly number[]): (index: number) => number {
  return (index) => {
    let [rest, at] = [index, 0];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = shape.slice(0, axis).reduce((product, side) => product * side, 1);
      at += (rest % shape[axis]) * stride;
      rest = Math.floor(rest / shape[axis]);
    }
    return at;
  };
}

function wordAt(view: DataView, at: number, bytes: number, wide: boolean, little: boolean): string {
  const signs: number[] = [];
  for (let n = 0; n < bytes; n += wide ? 4 : 1)
    signs.push(wide ? view.getUint32(at + n, little) : view.getUint8(at + n));
  // Shorter words are filled up with zeros.
  return signs
    .map((sign) => (sign <= 0x10ffff ? String.fromCodePoint(sign) : '\ufffd'))
    .join('')
    .replace(/\0+$/, '');
}

function damaged(file: string, how: string): UserError {
  return new UserError(`${file} is damaged: ${how}`, 'write it again with numpy.save');
}
