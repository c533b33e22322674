/** Folders of PNG pictures, a folder a class, perhaps under `train` and `test`. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { convertIndexedToRgb, type DecodedPng, decode, hasPngSignature } from 'fast-png';
import { UserError } from '../../ground/index.js';
import { pictureName } from '../../model/index.js';
import { categoriesOf, type Features, type FeatureTable, type Table } from '../table.js';
import { type ArrayTables, contentsOf } from './arrays.js';

const SETS = { training: ['train', 'training'], test: ['test', 'testing'] } as const;

/** Far above any picture a microcontroller could hold: what is larger is not decoded. */
const LARGEST_SIDE = 4096;

interface Decoded {
  readonly file: string;
  readonly rows: number;
  readonly columns: number;
  /** Values of a place: 1 or 3. */
  readonly channels: number;
  readonly deep: boolean;
  readonly values: Uint8Array | Uint16Array;
}

/** Returns whether a folder has a folder with a picture in it, or such in `train`. */
export async function isPictureFolder(folder: string): Promise<boolean> {
  const sets = await setsIn(folder);
  return (await classesIn(sets?.training ?? folder)).size > 0;
}

/**
 * Throws `UserError` that names the picture that is not like the others.
 * @param fewestChannels of a picture: a grey one has so many that are equal
 */
export async function readPictures(folder: string, fewestChannels = 1): Promise<ArrayTables> {
  const sets = await setsIn(folder);
  const training = await galleryIn(sets?.training ?? folder);
  const test = sets?.test === undefined ? undefined : await galleryIn(sets.test);
  const channels = Math.max(
    fewestChannels,
    ...[training, test].flatMap((one) => one?.pictures.map((picture) => picture.channels) ?? []),
  );
  return { training: tableOf(training, channels), ...(test && { test: tableOf(test, channels) }) };
}

/** Reads pictures of one folder that are in no order of classes. Throws `UserError` as `readPictures`. */
export async function readUnsorted(
  folder: string,
  names: readonly string[],
  fewestChannels: number,
): Promise<FeatureTable> {
  const pictures = await decodedAll(names.map((name) => join(folder, name)));
  return featuresOf(folder, pictures, Math.max(fewestChannels, ...pictures.map(({ channels }) => channels)));
}

async function setsIn(folder: string) {
  const names = (await entriesOf(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const [training, test] = [SETS.training, SETS.test].map((spellings) =>
    names.find((name) => (spellings as readonly string[]).includes(name.toLowerCase())),
  );
  if (training === undefined) return undefined;
  return { training: join(folder, training), ...(test !== undefined && { test: join(folder, test) }) };
}

async function entriesOf(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: Error) => {
    throw new UserError(`${folder} could not be read: ${cause.message}`, 'check the path given to --data', {
      cause,
    });
  });
  return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The pictures' files, by class. */
async function classesIn(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const classes = new Map<string, readonly string[]>();
  for (const entry of await entriesOf(folder)) {
    if (!entry.isDirectory()) continue;
    const inside = join(folder, entry.name);
    const files = (await picturesIn(inside)).map((name) => join(inside, name));
    if (files.length > 0) classes.set(entry.name, files);
  }
  return classes;
}

/** Names of the pictures in a folder itself. */
export async function picturesIn(folder: string): Promise<readonly string[]> {
  return (await entriesOf(folder)).map(({ name }) => name).filter((name) => /\.png$/i.test(name));
}

interface Gallery {
  readonly folder: string;
  readonly pictures: readonly Decoded[];
  /** One a picture. */
  readonly classes: readonly string[];
}

async function galleryIn(folder: string): Promise<Gallery> {
  const found = [...(await classesIn(folder))];
  if (found.length === 0)
    throw new UserError(
      `${folder} has no folder with a .png file in it`,
      'put the pictures of each class into a folder of its name',
    );
  const pictures = await decodedAll(found.flatMap(([, files]) => files));
  return { folder, pictures, classes: found.flatMap(([name, files]) => files.map(() => name)) };
}

async function decodedAll(files: readonly string[]): Promise<readonly Decoded[]> {
  const pictures: Decoded[] = [];
  for (const file of files) pictures.push(decoded(await contentsOf(file), file));
  for (const one of pictures) requireAlike(one, pictures[0]);
  return pictures;
}

function requireAlike(one: Decoded, first: Decoded): void {
  if (one.rows !== first.rows || one.columns !== first.columns)
    throw new UserError(
      `${one.file} has ${pictureName(one)} pixels, ${first.file} ${pictureName(first)}`,
      'all pictures must have the same size: scale or crop them',
    );
  if (one.deep !== first.deep)
    throw new UserError(
      `${one.file} has ${one.deep ? 16 : 8} bits a value, ${first.file} ${first.deep ? 16 : 8}`,
      'save all pictures with as many bits',
    );
}

function tableOf({ folder, pictures, classes }: Gallery, channels: number): Table {
  return { ...featuresOf(folder, pictures, channels), labels: categoriesOf(classes) };
}

/** @param channels of all pictures: a grey one among coloured ones has three that are equal */
function featuresOf(folder: string, pictures: readonly Decoded[], channels: number): FeatureTable {
  const [{ rows, columns, deep }] = pictures;
  const width = rows * columns * channels;
  const size = pictures.length * width;
  const features: Features = deep ? new Uint16Array(size) : new Uint8Array(size);
  pictures.forEach((one, n) => {
    for (let v = 0; v < width; v++)
      features[n * width + v] = one.values[one.channels === channels ? v : Math.floor(v / channels)];
  });
  return {
    file: folder,
    count: pictures.length,
    width,
    features,
    picture: { channels, rows, columns },
    order: 'channels-last',
    nameOf: (example) => pictures[example].file.slice(folder.length + 1),
  };
}

function decoded(bytes: Uint8Array, file: string): Decoded {
  try {
    const png = decodePng(bytes, file);
    const { width: columns, height: rows } = png;
    const { values, channels } = plain(png, file);
    return { file, rows, columns, deep: png.depth === 16, ...withoutColour(values, channels) };
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(
      `${file} is damaged: ${cause instanceof Error ? cause.message : String(cause)}`,
      'save it again',
      {
        cause,
      },
    );
  }
}

function decodePng(bytes: Uint8Array, file: string): DecodedPng {
  if (!hasPngSignature(bytes) || bytes.length < 24)
    throw new UserError(`${file} is no PNG picture`, 'save it as PNG, or take it out of the folder');
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [columns, rows] = [header.getUint32(16), header.getUint32(20)];
  if (rows < 1 || columns < 1 || rows > LARGEST_SIDE || columns > LARGEST_SIDE)
    throw new UserError(
      `${file} has ${pictureName({ rows, columns })} pixels`,
      `sides may be 1 to ${LARGEST_SIDE} pixels: scale it down`,
    );
  return decode(bytes, { checkCrc: true });
}

/** Values of a place side by side, each with the bits that it has in the end: 8, or 16. */
function plain(png: DecodedPng, file: string): Pick<Decoded, 'values' | 'channels'> {
  const isPalette = png.palette !== undefined;
  const data = isPalette ? convertIndexedToRgb(png) : png.depth < 8 ? unpacked(png) : png.data;
  const values = data instanceof Uint16Array ? data : new Uint8Array(data);
  const channels = isPalette ? values.length / (png.width * png.height) : png.channels;
  if (png.transparency !== undefined && !isPalette) throw transparent(file);
  if (channels % 2 === 1) return { values, channels };
  const full = png.depth === 16 ? 65535 : 255;
  const opaque = values.filter((_, v) => v % channels !== channels - 1);
  if (values.some((value, v) => v % channels === channels - 1 && value !== full)) throw transparent(file);
  return { values: opaque, channels: channels - 1 };
}

function transparent(file: string): UserError {
  return new UserError(
    `${file} is transparent in places`,
    'save it before a background, without an alpha channel',
  );
}

/** Grey values of 1, 2 or 4 bits, spread over 8. */
function unpacked({ data, width, height, depth }: DecodedPng): Uint8Array {
  const most = 2 ** depth - 1;
  const line = Math.ceil((width * depth) / 8);
  return Uint8Array.from({ length: width * height }, (_, at) => {
    const bit = (at % width) * depth;
    const byte = data[Math.floor(at / width) * line + (bit >> 3)];
    return (((byte >> (8 - depth - (bit & 7))) & most) * 255) / most;
  });
}

/** One channel of three where they are equal all over. */
function withoutColour(
  values: Uint8Array | Uint16Array,
  channels: number,
): Pick<Decoded, 'values' | 'channels'> {
  if (channels === 1 || values.some((value, v) => value !== values[v - (v % 3)])) return { values, channels };
  return { values: values.filter((_, v) => v % 3 === 0), channels: 1 };
}
