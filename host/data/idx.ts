import { readFile } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { UserError } from '../ground/index.js';
import { type Picture, pictureOf } from '../model/index.js';
import { channelsUntold, pictureFrom, placesIn } from './example.js';
import type { Order } from './reading.js';

/** Images, a byte a value, row-major, the channels of a place together: `pixels` holds all of them. A vector is one row. */
export interface IdxImages extends Picture {
  readonly count: number;
  readonly pixels: Uint8Array;
}

type Content = 'images' | 'labels';

/** Dimensions of the usual file, and of those that can be read: vectors, channels, a column of labels. */
const USUAL: Record<Content, number> = { images: 3, labels: 1 };
const RANKS: Record<Content, readonly [number, number]> = { images: [2, 4], labels: [1, 2] };

const UNSIGNED_BYTE = 0x08;
const ELEMENT_TYPES = new Map([
  [UNSIGNED_BYTE, 'unsigned bytes'],
  [0x09, 'signed bytes'],
  [0x0b, '16-bit integers'],
  [0x0c, '32-bit integers'],
  [0x0d, '32-bit floats'],
  [0x0e, '64-bit floats'],
]);

/** Far above any image a microcontroller could hold: beyond it the header is damaged, not generous. */
const LARGEST_SIDE = 4096;
const LARGEST_FILE = 2 ** 31;

/**
 * Reads a file of images, plain or gzip. Throws UserError naming the file if it is not exactly that.
 * @param order where several channels stand, which the file does not tell
 */
export async function readIdxImages(file: string, order?: Order): Promise<IdxImages> {
  return decodeIdxImages(await readPlain(file, 'images'), file, order);
}

/** Reads a file of labels, plain or gzip; one byte each. Throws UserError as `readIdxImages`. */
export async function readIdxLabels(file: string): Promise<Uint8Array> {
  return decodeIdxLabels(await readPlain(file, 'labels'), file);
}

/**
 * Decodes an uncompressed IDX file of images (magic 0x00000803), count × rows × columns; `file` is for messages. Vectors,
 * count × length, are images of one row; channels stand last or before the rows, and a single one is left out. A view, no
 * copy, but of channels before the rows.
 */
export function decodeIdxImages(bytes: Uint8Array, file: string, order?: Order): IdxImages {
  const { dimensions, body } = decode(bytes, file, 'images');
  const picture = pictureIn(dimensions, file, order);
  const isMoved = picture.channels !== undefined && order === 'channels-first';
  return { count: dimensions[0], ...picture, pixels: isMoved ? channelsLast(body, picture) : body };
}

function channelsLast(pixels: Uint8Array, picture: Picture): Uint8Array {
  const source = placesIn(picture, 'channels-first');
  const width = source.length;
  const moved = new Uint8Array(pixels.length);
  for (let from = 0; from < pixels.length; from += width)
    for (let at = 0; at < width; at++) moved[from + at] = pixels[from + source[at]];
  return moved;
}

/**
 * Decodes an uncompressed IDX file of labels (magic 0x00000801), or of a column of them (count × 1); `file` is for
 * messages. A view, no copy.
 */
export function decodeIdxLabels(bytes: Uint8Array, file: string): Uint8Array {
  return decode(bytes, file, 'labels').body;
}

async function readPlain(file: string, content: Content): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new UserError(
      `${file} could not be read: ${reason(cause)}`,
      'Check that the file exists and may be read.',
      { cause },
    );
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await unzip(bytes, file, content);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(
      `${file} is damaged: it cannot be decompressed as gzip: ${reason(cause)}`,
      'Fetch the file again.',
      { cause },
    );
  }
}

/** No further than the header goes: a few bytes of gzip may unpack to any number. */
async function unzip(bytes: Uint8Array, file: string, content: Content): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let expected: number | undefined;
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  gunzip.end(bytes);
  for await (const chunk of gunzip) {
    chunks.push(chunk);
    length += chunk.length;
    expected ??= bytesSaid(Buffer.concat(chunks), file, content);
    if (expected !== undefined && length > expected)
      throw new UserError(
        `${file} unpacks to more bytes than its header says: ${expected}`,
        'The header and the contents do not belong together. Fetch the file again.',
      );
  }
  return Buffer.concat(chunks);
}

/** Bytes of header; the last byte of the magic number is that of dimensions. */
function headerBytes(bytes: Uint8Array): number {
  return 4 + 4 * bytes[3];
}

/** Bytes of the file that a header begins; nothing where that is not whole yet. */
function bytesSaid(bytes: Uint8Array, file: string, content: Content): number | undefined {
  if (bytes.length < 4 || bytes.length < headerBytes(bytes)) return undefined;
  return headerBytes(bytes) + sizeOf(readDimensions(bytes, file, content));
}

function sizeOf(dimensions: readonly number[]): number {
  return dimensions.reduce((product, length) => product * length, 1);
}

function decode(
  bytes: Uint8Array,
  file: string,
  content: Content,
): { dimensions: number[]; body: Uint8Array } {
  const dimensions = readDimensions(bytes, file, content);
  const header = headerBytes(bytes);
  const size = sizeOf(dimensions);
  const expected = header + size;
  requireLength(bytes, expected, file, `file of ${dimensions.join(' × ')} ${content}`);
  if (bytes.length > expected) {
    throw new UserError(
      `${file} has ${bytes.length - expected} trailing bytes: its header says ${expected}, it has ${bytes.length}`,
      'The header and the contents do not belong together. Fetch the file again.',
    );
  }
  return { dimensions, body: new Uint8Array(bytes.buffer, bytes.byteOffset + header, size) };
}

function readDimensions(bytes: Uint8Array, file: string, content: Content): number[] {
  requireMagic(bytes, file, content);
  requireLength(bytes, headerBytes(bytes), file, 'header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dimensions = Array.from({ length: bytes[3] }, (_, d) => view.getUint32(4 + 4 * d));
  if (
    dimensions.slice(1).some((side) => side < 1 || side > LARGEST_SIDE) ||
    sizeOf(dimensions) > LARGEST_FILE
  ) {
    throw new UserError(
      `${file} has absurd dimensions: ${dimensions.join(' × ')}`,
      `Its header is damaged, or it is not a file of ${content}. Image sides may be 1 to ${LARGEST_SIDE} pixels.`,
    );
  }
  if (content === 'labels') requireClasses(dimensions, file);
  return dimensions;
}

/** Shape of the images that have these dimensions, their number first. */
function pictureIn(dimensions: readonly number[], file: string, order: Order | undefined): Picture {
  const sides = dimensions.slice(1);
  if (sides.length === 1) return { rows: 1, columns: sides[0] };
  if (sides.length === 2) return { rows: sides[0], columns: sides[1] };
  if (order !== undefined) return pictureOf(pictureFrom(sides, order));
  if (sides[2] === 1) return { rows: sides[0], columns: sides[1] };
  if (sides[0] === 1) return { rows: sides[1], columns: sides[2] };
  throw channelsUntold(file, dimensions);
}

function requireClasses([count, ...beside]: readonly number[], file: string): void {
  const each = sizeOf(beside);
  if (each === 1) return;
  throw new UserError(
    `${file} holds ${each} bytes for each of ${count} labels`,
    'A label is one byte, the number of its class from 0 on: of a row of zeros and a one, write the place of the one. If these are images, the files have been exchanged.',
  );
}

function requireMagic(bytes: Uint8Array, file: string, content: Content): void {
  requireLength(bytes, 4, file, 'magic number');
  const type = ELEMENT_TYPES.get(bytes[2]);
  if (bytes[0] !== 0 || bytes[1] !== 0 || type === undefined) {
    const magic = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
    throw new UserError(
      `${file} is not an IDX file: it begins with 0x${magic}`,
      `Files of ${content} begin with 0x0000080${USUAL[content]}.`,
    );
  }
  if (bytes[2] !== UNSIGNED_BYTE) {
    throw new UserError(`${file} holds ${type}, not unsigned bytes`, 'Convert it to unsigned bytes.');
  }
  requireRank(bytes[3], file, content);
}

function requireRank(rank: number, file: string, content: Content): void {
  const [least, most] = RANKS[content];
  if (rank >= least && rank <= most) return;
  const other: Content = content === 'images' ? 'labels' : 'images';
  const isOther = rank >= RANKS[other][0] && rank <= RANKS[other][1];
  const found = rank === USUAL[other] ? `${other} (${rank}-dimensional)` : `${rank}-dimensional data`;
  throw new UserError(
    `${file} holds ${found} where ${content} (${USUAL[content]}-dimensional) were expected`,
    isOther
      ? 'Check that images and labels have not been exchanged.'
      : `Write ${content === 'images' ? 'images as count × rows × columns, vectors as count × length' : 'labels as one byte each, in the order of the images'}.`,
  );
}

function requireLength(bytes: Uint8Array, expected: number, file: string, what: string): void {
  if (bytes.length >= expected) return;
  throw new UserError(
    `${file} is truncated: its ${what} needs ${expected} bytes, it has ${bytes.length}`,
    'Fetch the file again.',
  );
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
