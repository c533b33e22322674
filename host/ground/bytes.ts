/** Bytes joined, compared, and as characters: what Node and browsers both have. */

/** The bytes of an array: shared with it, not copied, in this computer's byte order. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A copy of all of them, one after the other. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

export function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** A character a byte, whatever the bytes are: U+0000 to U+00FF. */
export function characters(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

/** The other way round; of the characters above U+00FF the low byte. */
export function bytesFrom(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** 64 bits, of either sign, as 16 hexadecimal digits: how digests and kernels are named. */
export function hexadecimal(word: bigint): string {
  return BigInt.asUintN(64, word).toString(16).padStart(16, '0');
}
