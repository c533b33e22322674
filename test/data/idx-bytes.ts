/** An IDX file of unsigned bytes, or of another element type, whatever its body holds. */
export function idxBytes(dimensions: readonly number[], body: ArrayLike<number>, type = 0x08): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * dimensions.length + body.length);
  const view = new DataView(bytes.buffer);
  bytes[2] = type;
  bytes[3] = dimensions.length;
  dimensions.forEach((length, d) => {
    view.setUint32(4 + 4 * d, length);
  });
  bytes.set(body, 4 + 4 * dimensions.length);
  return bytes;
}
