import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mix32, randomKey, randomWord, Stream } from '#host/model/random';

/** The same functions in unbounded integers, from their definition. */
const WORD = 2n ** 32n;
const word = (value: bigint) => ((value % WORD) + WORD) % WORD;
const golden = 0x9e3779b9n;

function lowbias32(value: bigint): bigint {
  let x = word(value);
  x = word((x ^ (x >> 16n)) * 0x7feb352dn);
  x = word((x ^ (x >> 15n)) * 0x846ca68bn);
  return x ^ (x >> 16n);
}

function key(seed: bigint, stream: bigint, step: bigint): bigint {
  return lowbias32(lowbias32(lowbias32(word(seed) ^ golden) + stream) + step);
}

const unsigned = (value: number) => BigInt(value >>> 0);
const word32 = fc.integer({ min: 0, max: 0xffff_ffff });

test('mix32 is lowbias32', () => {
  fc.assert(fc.property(fc.integer(), (x) => unsigned(mix32(x)) === lowbias32(BigInt(x))));
  expect(mix32(0)).toBe(0);
});

test('keys and words agree with unbounded arithmetic', () => {
  fc.assert(
    fc.property(word32, fc.nat(3), word32, word32, (seed, stream, step, index) => {
      const expected = key(BigInt(seed), BigInt(stream), BigInt(step));
      const k = randomKey(seed, stream, step);
      expect(unsigned(k)).toBe(expected);
      expect(unsigned(randomWord(k, index))).toBe(lowbias32(expected ^ word(BigInt(index) * golden)));
    }),
  );
});

test('words are signed, a key’s words all differ, and streams share none', () => {
  const draws = Object.values(Stream).flatMap((stream) =>
    Array.from({ length: 2000 }, (_, index) => randomWord(randomKey(1, stream, 0), index)),
  );
  expect(draws.every((draw) => draw === (draw | 0))).toBe(true);
  for (let s = 0; s < 4; s++) expect(new Set(draws.slice(2000 * s, 2000 * (s + 1))).size).toBe(2000);
  // 8000 words drawn at random would have one pair in common once in a hundred times.
  expect(new Set(draws).size).toBeGreaterThanOrEqual(7999);
});
