/**
 * Records of fixed scalar fields, little-endian and naturally aligned, with at most one array at the end.
 * The kernel's accessors are generated from the same description, so both ends read the same bytes.
 */
import { UserError } from '../ground/index.js';

export type Scalar = 'u8' | 'u16' | 'u32' | 'i32' | 'u64';
export type Field = Scalar | readonly [Scalar];
export type Layout = Readonly<Record<string, Field>>;

type ValueOf<F extends Field> = F extends 'u64'
  ? bigint
  : F extends Scalar
    ? number
    : F extends readonly ['u8']
      ? Uint8Array
      : readonly number[];

/** The values of a layout: `u64` as bigint, other scalars as number, a `u8` tail as bytes. */
export type Values<L extends Layout> = { readonly [K in keyof L]: ValueOf<L[K]> };

export const scalarSize: Readonly<Record<Scalar, number>> = { u8: 1, u16: 2, u32: 4, i32: 4, u64: 8 };

export interface PlacedField {
  readonly name: string;
  readonly scalar: Scalar;
  readonly offset: number;
  readonly array: boolean;
}

/** Byte offsets of a layout's fields; throws where a field would not be naturally aligned. */
export function place(layout: Layout): { readonly fields: readonly PlacedField[]; readonly size: number } {
  const fields: PlacedField[] = [];
  let offset = 0;
  let closed = false;
  for (const [name, field] of Object.entries(layout)) {
    const array = typeof field !== 'string';
    const scalar = typeof field === 'string' ? field : field[0];
    if (closed) throw new Error(`layout: ${name} follows an array, which must come last`);
    if (offset % scalarSize[scalar] !== 0) throw new Error(`layout: ${name} at byte ${offset} is misaligned`);
    fields.push({ name, scalar, offset, array });
    if (array) closed = true;
    else offset += scalarSize[scalar];
  }
  return { fields, size: offset };
}

/** The byte at which a field begins. */
export function offsetOf<L extends Layout>({ layout }: Codec<L>, name: keyof L & string): number {
  const field = place(layout).fields.find((each) => each.name === name);
  if (!field) throw new RangeError(`a layout without ${name}`);
  return field.offset;
}

function store(view: DataView, offset: number, scalar: Scalar, value: number | bigint): void {
  if (scalar === 'u8') view.setUint8(offset, Number(value));
  else if (scalar === 'u16') view.setUint16(offset, Number(value), true);
  else if (scalar === 'u32') view.setUint32(offset, Number(value), true);
  else if (scalar === 'i32') view.setInt32(offset, Number(value), true);
  else view.setBigUint64(offset, BigInt(value), true);
}

function fetch(view: DataView, offset: number, scalar: Scalar): number | bigint {
  switch (scalar) {
    case 'u8':
      return view.getUint8(offset);
    case 'u16':
      return view.getUint16(offset, true);
    case 'u32':
      return view.getUint32(offset, true);
    case 'i32':
      return view.getInt32(offset, true);
    case 'u64':
      return view.getBigUint64(offset, true);
  }
}

export interface Codec<L extends Layout> {
  readonly layout: L;
  /** Bytes before the array, if any. */
  readonly size: number;
  encode(values: Values<L>): Uint8Array;
  /**
   * Throws `UserError` when the bytes are too few, or not a whole number of array elements.
   * @param what they are, in the error
   */
  decode(bytes: Uint8Array, what?: string): Values<L>;
}

export function codec<const L extends Layout>(layout: L): Codec<L> {
  const { fields, size } = place(layout);
  const tail = fields.find((field) => field.array);
  return {
    layout,
    size,
    encode(values) {
      const record: Readonly<Record<string, unknown>> = values;
      const array = tail ? (record[tail.name] as ArrayLike<number>) : [];
      const step = tail ? scalarSize[tail.scalar] : 1;
      const bytes = new Uint8Array(size + array.length * step);
      const view = new DataView(bytes.buffer);
      for (const { name, scalar, offset, array: isArray } of fields) {
        if (!isArray) store(view, offset, scalar, record[name] as number | bigint);
        else if (scalar === 'u8') bytes.set(array, offset);
        else for (let i = 0; i < array.length; i++) store(view, offset + i * step, scalar, array[i]);
      }
      return bytes;
    },
    decode(bytes, what = 'a message') {
      const rest = bytes.length - size;
      const step = tail ? scalarSize[tail.scalar] : 1;
      if (rest < 0 || (tail ? rest % step !== 0 : rest !== 0))
        throw new UserError(`${what} of ${bytes.length} bytes does not fit its layout of ${size}`);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const values: Record<string, unknown> = {};
      for (const { name, scalar, offset, array } of fields) {
        if (!array) values[name] = fetch(view, offset, scalar);
        else if (scalar === 'u8') values[name] = new Uint8Array(bytes.subarray(offset));
        else
          values[name] = Array.from({ length: rest / step }, (_, i) =>
            fetch(view, offset + i * step, scalar),
          );
      }
      return values as Values<L>;
    },
  };
}
