import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cobsDecode, cobsEncode } from '#host/link/cobs';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
/** The bytes from one value to another. */
const span = (from: number, to: number) =>
  Buffer.from(Array.from({ length: to - from + 1 }, (_, i) => from + i)).toString('hex');

// Cheshire & Baker 1999, and the examples that Wikipedia's article adds.
const vectors = [
  ['', '01'],
  ['00', '01 01'],
  ['00 00', '01 01 01'],
  ['00 11 00', '01 02 11 01'],
  ['11 22 00 33', '03 11 22 02 33'],
  ['11 22 33 44', '05 11 22 33 44'],
  ['11 00 00 00', '02 11 01 01 01'],
  [span(0x01, 0xfd), `fe ${span(0x01, 0xfd)}`],
  [span(0x01, 0xfe), `ff ${span(0x01, 0xfe)}`],
  [`00 ${span(0x01, 0xfe)}`, `01 ff ${span(0x01, 0xfe)}`],
  [span(0x01, 0xff), `ff ${span(0x01, 0xfe)} 02 ff`],
  [`${span(0x02, 0xff)} 00`, `ff ${span(0x02, 0xff)} 01 01`],
  [`${span(0x03, 0xff)} 00 01`, `fe ${span(0x03, 0xff)} 02 01`],
] as const;

describe.each(vectors)('vector %#', (plain, stuffed) => {
  test('is stuffed', () => {
    expect(Buffer.from(cobsEncode(hex(plain))).toString('hex')).toBe(
      Buffer.from(hex(`${stuffed}00`)).toString('hex'),
    );
  });
  test('comes back', () => {
    expect(cobsDecode(hex(stuffed))).toEqual(hex(plain));
  });
});

test('a last, empty block is as good as none', () => {
  expect(cobsDecode(hex(`ff ${span(0x01, 0xfe)} 01`))).toEqual(hex(span(0x01, 0xfe)));
});

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 1100 }),
  // Few zeros, so that full blocks happen.
  fc.array(fc.oneof({ weight: 400, arbitrary: fc.constant(7) }, fc.constant(0)), { maxLength: 1100 }),
);

test('what goes in comes out, without a zero on the way, and little longer', () => {
  fc.assert(
    fc.property(bytes, (values) => {
      const plain = Uint8Array.from(values);
      const stuffed = cobsEncode(plain);
      expect(stuffed.indexOf(0)).toBe(stuffed.length - 1);
      expect(stuffed.length).toBeLessThanOrEqual(plain.length + Math.ceil(plain.length / 254) + 2);
      expect(cobsDecode(stuffed.subarray(0, -1))).toEqual(plain);
    }),
    { numRuns: 300 },
  );
});

test('no bytes are too odd to be looked at', () => {
  expect(cobsDecode(hex('05 11 22'))).toBeUndefined();
  expect(cobsDecode(hex('ff'))).toBeUndefined();
  expect(cobsDecode(hex('02 11 00'))).toBeUndefined();
  expect(cobsDecode(hex(''))).toEqual(hex(''));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (rubbish) => {
      const plain = cobsDecode(rubbish);
      expect(plain === undefined || plain.length <= rubbish.length).toBe(true);
    }),
  );
});
