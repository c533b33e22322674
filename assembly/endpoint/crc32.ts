// CRC-32 (reflected 0xEDB88320), four bits at a time: a table of 64 bytes.
const TABLE: usize = memory.data<u32>([
  0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320,
  0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
]);

/** `seed` is the result for the bytes before, or any word that both ends agree on. */
export function crc32(at: usize, length: i32, seed: u32): u32 {
  let crc = ~seed;
  for (let i = 0; i < length; i++) {
    crc ^= load<u8>(at + i);
    crc = (crc >> 4) ^ load<u32>(TABLE + ((crc & 15) << 2));
    crc = (crc >> 4) ^ load<u32>(TABLE + ((crc & 15) << 2));
  }
  return ~crc;
}
