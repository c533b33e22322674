import { expect, test } from 'vitest';
import { areEqual, bytesFrom, characters, concatenate, hexadecimal } from '#host/ground/index';

test('bytes are joined in their order, into memory of their own', () => {
  const part = Uint8Array.of(1, 2);
  const joined = concatenate([part, new Uint8Array(0), Uint8Array.of(3)]);
  part.fill(9);
  expect([...joined]).toEqual([1, 2, 3]);
  expect(joined.buffer.byteLength).toBe(3);
  expect(concatenate([])).toHaveLength(0);
});

test('equal bytes are as many, and each the same', () => {
  expect(areEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
  expect(areEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
  expect(areEqual(Uint8Array.of(1), Uint8Array.of(1, 2))).toBe(false);
  expect(areEqual(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false);
});

test('every byte is the character of its number, and back', () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  // Not Windows-1252, which decoders take Latin-1 for: 0x80 is no euro sign.
  expect(characters(all).charCodeAt(0x80)).toBe(0x80);
  expect(characters(all)).toBe(Buffer.from(all).toString('latin1'));
  expect(bytesFrom(characters(all))).toEqual(all);
});

test('64 bits of either sign are 16 hexadecimal digits', () => {
  expect([0x1fn, 2n ** 64n - 1n, -1n].map(hexadecimal)).toEqual([
    '000000000000001f',
    'ffffffffffffffff',
    'ffffffffffffffff',
  ]);
});
