import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '#host/ground/index';
import { codec, type Field, type Layout, place, type Scalar, scalarSize } from '#host/wire/layout';

const ranges: Readonly<Record<Scalar, fc.Arbitrary<number | bigint>>> = {
  u8: fc.integer({ min: 0, max: 0xff }),
  u16: fc.integer({ min: 0, max: 0xffff }),
  u32: fc.integer({ min: 0, max: 0xffff_ffff }),
  i32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  u64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
};
const scalars = ['u64', 'u32', 'i32', 'u16', 'u8'] as const;
/** Widest first, so that all are aligned. */
const head = fc
  .array(fc.constantFrom(...scalars), { maxLength: 9 })
  .map((all) => all.toSorted((a, b) => scalarSize[b] - scalarSize[a]));
const tail = fc.option(fc.constantFrom('u8', 'u16', 'u32', 'i32'), { nil: undefined });

const records = fc.tuple(head, tail).chain(([fields, array]) => {
  const size = fields.reduce((sum, scalar) => sum + scalarSize[scalar], 0);
  const hasArray = array !== undefined && size % scalarSize[array] === 0;
  const layout: Record<string, Field> = {};
  const values: Record<string, fc.Arbitrary<unknown>> = {};
  fields.forEach((scalar, i) => {
    layout[`f${i}`] = scalar;
    values[`f${i}`] = ranges[scalar];
  });
  if (hasArray) {
    layout.rest = [array];
    values.rest = array === 'u8' ? fc.uint8Array() : fc.array(ranges[array]);
  }
  return fc.record({
    layout: fc.constant(layout as Layout),
    size: fc.constant(size),
    values: fc.record(values),
  });
});

test('any record comes back from its bytes', () => {
  fc.assert(
    fc.property(records, fc.nat(9), ({ layout, size, values }, lead) => {
      const { encode, decode, size: told } = codec(layout);
      expect(told).toBe(size);
      const bytes = encode(values as never);
      expect(decode(bytes)).toEqual(values);
      // Also where the bytes are a view that begins anywhere.
      const inside = Buffer.concat([Buffer.alloc(lead), bytes]).subarray(lead);
      expect(decode(inside)).toEqual(values);
    }),
    { numRuns: 400 },
  );
});

test('fields are little-endian, in order, without gaps', () => {
  const { encode } = codec({ a: 'u32', b: 'u16', c: 'u8', d: 'u8', e: ['u16'] });
  const bytes = encode({ a: 0x04030201, b: 0x0605, c: 7, d: 8, e: [0x0a09, 0x0c0b] });
  expect([...bytes]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test('misaligned fields and fields behind an array are refused', () => {
  expect(() => place({ a: 'u8', b: 'u16' })).toThrow('b at byte 1 is misaligned');
  expect(() => place({ a: 'u32', b: 'u64' })).toThrow('b at byte 4 is misaligned');
  expect(() => place({ a: 'u16', b: ['u32'] })).toThrow('b at byte 2 is misaligned');
  expect(() => place({ a: ['u8'], b: 'u8' })).toThrow('b follows an array');
});

test('payloads that do not fit are refused', () => {
  const plain = codec({ a: 'u32', b: 'u16' });
  for (const length of [0, 5, 7])
    expect(() => plain.decode(new Uint8Array(length))).toThrow(
      new UserError(`a message of ${length} bytes does not fit its layout of 6`),
    );
  const open = codec({ a: 'u32', rest: ['u32'] });
  expect(() => open.decode(new Uint8Array(3))).toThrow(UserError);
  expect(() => open.decode(new Uint8Array(6))).toThrow(UserError);
  expect(open.decode(new Uint8Array(8)).rest).toEqual([0]);
});
