/** The witness's words: signed ones that wrap, pseudo-random ones, and the sums of both that digests are. */

export const WORD = (1n << 32n) - 1n;
export const clip = (value: bigint, low: bigint, high: bigint) =>
  value < low ? low : value > high ? high : value;
/** Towards minus infinity, as an arithmetic shift. */
export const floorDivide = (a: bigint, b: bigint) => (a - (((a % b) + b) % b)) / b;
/** A signed word of `bits` bits, wrapped. */
export const wrap = (value: bigint, bits: number) => BigInt.asIntN(bits, value);

export function mix(word: bigint): bigint {
  let x = word & WORD;
  x = ((x ^ (x >> 16n)) * 0x7feb352dn) & WORD;
  x = ((x ^ (x >> 15n)) * 0x846ca68bn) & WORD;
  return x ^ (x >> 16n);
}

export const key = (seed: bigint, stream: bigint, step: bigint) =>
  mix(mix(mix(seed ^ 0x9e3779b9n) + stream) + step);
export const random = (k: bigint, index: bigint) => mix(k ^ ((index * 0x9e3779b9n) & WORD));

/** A column's pseudo-random word, both halves odd. */
export const columnWord = (column: number) => random(mix(0x636f6c73n), BigInt(column)) | 0x10001n;

/** The digest of a tensor whose rows these are, in their order. */
export function digestOf(tensor: number, rows: readonly (readonly bigint[])[]): bigint {
  const k = mix(BigInt(tensor));
  let first = 0n;
  let low = 0n;
  let high = 0n;
  for (const values of rows) {
    const ofRow = random(k, first);
    values.forEach((value, j) => {
      low += (ofRow | 1n) * BigInt.asIntN(16, columnWord(j)) * value;
      high += (mix(ofRow) | 1n) * BigInt.asIntN(16, columnWord(j) >> 16n) * value;
    });
    first += BigInt(values.length);
  }
  return ((high & WORD) << 32n) | (low & WORD);
}
