/**
 * The seal of the RP2040's second boot stage: its boot ROM runs the first 256 bytes of the flash only if their last
 * four hold the CRC-32 of the others (RP2040 datasheet, 2.8.1.3.1).
 */
const STAGE = 256;
const POLYNOMIAL = 0x04c11db7;

/** CRC-32/MPEG-2: most significant bit first, nothing inverted at the end. */
export function crc32Mpeg2(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
  }
  return crc >>> 0;
}

/** Writes the checksum into bytes 252 … 255 of a boot stage. */
export function sealBootStage(stage: Uint8Array): void {
  if (stage.length !== STAGE)
    throw new RangeError(`a boot stage of ${stage.length} bytes, ${STAGE} are needed`);
  new DataView(stage.buffer, stage.byteOffset).setUint32(
    STAGE - 4,
    crc32Mpeg2(stage.subarray(0, STAGE - 4)),
    true,
  );
}
