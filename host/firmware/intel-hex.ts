/** Intel HEX: lines of 16 bytes, with the upper half of the address told where it changes. */
const LINE = 16;
const RecordType = { data: 0, end: 1, upperAddress: 4 } as const;

function line(type: number, address: number, bytes: Uint8Array): string {
  const record = Uint8Array.of(bytes.length, address >> 8, address, type, ...bytes);
  const checksum = -record.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return `:${Buffer.from([...record, checksum])
    .toString('hex')
    .toUpperCase()}\n`;
}

/** @param image bytes from `origin` on, which is a multiple of 16 */
export function toIntelHex(image: Uint8Array, origin: number): string {
  const lines: string[] = [];
  let upper = 0;
  for (let at = 0; at < image.length; at += LINE) {
    const address = origin + at;
    if (address >>> 16 !== upper) {
      upper = address >>> 16;
      lines.push(line(RecordType.upperAddress, 0, Uint8Array.of(upper >> 8, upper)));
    }
    lines.push(line(RecordType.data, address & 0xffff, image.subarray(at, at + LINE)));
  }
  lines.push(line(RecordType.end, 0, new Uint8Array(0)));
  return lines.join('');
}
