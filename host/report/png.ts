import { deflateSync } from 'node:zlib';
import { crc32 } from '../wire/index.js';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const GREY = 0;
const COLOURED = 2;
const INDEXED = 3;

function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(data.length + 12);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

/**
 * A PNG of 8 bits: indices into `palette` where there is one, else grey, or of three bytes a pixel red, green and blue.
 * @param pixels width · height bytes, row-major; three times as many in colour
 * @param palette 3 bytes (red, green, blue) an entry, at most 256
 * @param transparent the index of which nothing is seen, up to the palette's length
 */
export function encodePng(
  width: number,
  height: number,
  pixels: Uint8Array,
  palette?: Uint8Array,
  transparent?: number,
): Buffer {
  const line = pixels.length / height;
  const plain = line === width ? GREY : COLOURED;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, palette ? INDEXED : plain], 8);
  // Every row begins with its filter: 0, none.
  const rows = Buffer.alloc(height * (line + 1));
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * line, (y + 1) * line), y * (line + 1) + 1);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    ...(palette ? [chunk('PLTE', withEntry(palette, transparent))] : []),
    ...(transparent === undefined ? [] : [chunk('tRNS', opacities(transparent))]),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** The palette with an entry for whatever index is transparent. */
function withEntry(palette: Uint8Array, index = 0): Uint8Array {
  const longer = new Uint8Array(Math.max(palette.length, 3 * (index + 1)));
  longer.set(palette);
  return longer;
}

/** Those of the entries up to the transparent one; the rest are opaque. */
function opacities(transparent: number): Uint8Array {
  return new Uint8Array(transparent + 1).fill(0xff, 0, transparent);
}
