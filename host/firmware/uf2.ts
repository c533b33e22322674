/** UF2, the file that a board's USB volume takes: 512-byte blocks, each with 256 bytes for one address. */
const BLOCK = 512;
const PAYLOAD = 256;
const MAGIC_START = [0x0a324655, 0x9e5d5157] as const;
const MAGIC_END = 0x0ab16f30;
const HAS_FAMILY = 0x2000;

/**
 * @param image bytes from `origin` on; the last block is filled up with 0xff
 * @param family the chip's family ID
 */
export function toUf2(image: Uint8Array, origin: number, family: number): Uint8Array {
  const blocks = Math.ceil(image.length / PAYLOAD);
  const file = new Uint8Array(blocks * BLOCK);
  const view = new DataView(file.buffer);
  for (let block = 0; block < blocks; block++) {
    const at = block * BLOCK;
    const header = [...MAGIC_START, HAS_FAMILY, origin + block * PAYLOAD, PAYLOAD, block, blocks, family];
    for (const [i, word] of header.entries()) view.setUint32(at + 4 * i, word, true);
    file.fill(0xff, at + 32, at + 32 + PAYLOAD);
    file.set(image.subarray(block * PAYLOAD, (block + 1) * PAYLOAD), at + 32);
    view.setUint32(at + BLOCK - 4, MAGIC_END, true);
  }
  return file;
}
