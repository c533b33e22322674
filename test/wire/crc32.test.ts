import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32 } from '#host/wire/crc32';

test('the check value of the catalogue', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
});

test('bytes in parts give what they give at once', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (head, tail) => {
      expect(crc32(tail, crc32(head))).toBe(crc32(Buffer.concat([head, tail])));
    }),
  );
});

// One bit at a time, as the polynomial says; and zlib's own, where Node has it.
function slowly(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes)
    for (let bit = 0; bit < 8; bit++) {
      const feedback = (crc ^ (byte >>> bit)) & 1;
      crc = (crc >>> 1) ^ (feedback ? 0xedb88320 : 0);
    }
  return ~crc >>> 0;
}
const witnesses = [slowly, ...('crc32' in zlib ? [zlib.crc32 as (bytes: Uint8Array) => number] : [])];

test('others compute the same', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      for (const witness of witnesses) expect(crc32(bytes)).toBe(witness(bytes));
    }),
  );
});
