import { inflateSync, crc32 as zlibCrc32 } from 'node:zlib';

export interface DecodedPng {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of a pixel. */
  at(x: number, y: number): readonly number[];
  /** 0 where nothing is seen, 255 where nothing is behind. */
  opacity(x: number, y: number): number;
}

/** Reads 8-bit grey, coloured or indexed PNGs without filters, by the specification; throws on a wrong check sum. */
export function decodePng(bytes: Uint8Array): DecodedPng {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 8; at < bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const sum = zlibCrc32(bytes.subarray(at + 4, at + 8 + length));
    if (sum !== view.getUint32(at + 8 + length)) throw new Error(`check sum of ${type}`);
    chunks.set(type, bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const chunk = (type: string) => chunks.get(type) ?? new Uint8Array();
  const header = chunk('IHDR');
  const headerView = new DataView(header.buffer, header.byteOffset);
  const [width, height] = [headerView.getUint32(0), headerView.getUint32(4)];
  // The header's colour type: 2 is red, green and blue.
  const depth = header[9] === 2 ? 3 : 1;
  const line = width * depth;
  const palette = chunks.get('PLTE');
  const rows = inflateSync(chunk('IDAT'));
  if (rows.length !== height * (line + 1)) throw new Error(`${rows.length} bytes of ${width} × ${height}`);
  const opacities = chunk('tRNS');
  const valueAt = (x: number, y: number) => rows[y * (line + 1) + 1 + x * depth];
  return {
    width,
    height,
    opacity: (x, y) => opacities[valueAt(x, y)] ?? 255,
    at(x, y) {
      if (depth === 3) {
        const from = y * (line + 1) + 1 + 3 * x;
        return [...rows.subarray(from, from + 3)];
      }
      const value = valueAt(x, y);
      return palette ? [...palette.subarray(3 * value, 3 * value + 3)] : [value, value, value];
    },
  };
}

/** The sprites of a page, in their order. */
export function spritesOf(page: string): DecodedPng[] {
  return [...page.matchAll(/url\(data:image\/png;base64,([^)]+)\)/g)].map(([, data]) =>
    decodePng(Buffer.from(data, 'base64')),
  );
}
