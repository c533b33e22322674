/** Files that are given to the room, dropped or chosen: by what they are. */
import { readExport } from '#host/export/index.js';
import { hexadecimal, UserError } from '#host/ground/index.js';
import { type Picture, pixelsOf, shapeName } from '#host/model/index.js';
import type { Asked } from './asked-network.js';

export interface Dropped {
  /** Files of an export; none where there are none. */
  readonly network: readonly File[];
  readonly pictures: readonly File[];
}

const isNetworks = ({ name }: File) => name.endsWith('.npy') || name === 'network.json';
const isPicture = ({ type }: File) => type.startsWith('image/');

/** Throws `UserError` that names a file that is neither. */
export function sorted(files: readonly File[]): Dropped {
  const odd = files.find((file) => !isNetworks(file) && !isPicture(file));
  if (odd)
    throw new UserError(
      `${odd.name} is no file of an export and no picture`,
      'an export is network.json and the .npy files beside it: npx eqprop export <run>',
    );
  return { network: files.filter(isNetworks), pictures: files.filter(isPicture) };
}

/** Rejects with `UserError` that names the file that is missing, damaged or of another network. */
export async function networkOf(files: readonly File[]): Promise<Asked> {
  const contents = await Promise.all(
    files.map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())] as const),
  );
  const { digest, scaling, ...model } = readExport(new Map(contents));
  if (scaling)
    throw new UserError(
      'network.json: its inputs are a sensor’s readings, scaled',
      'npx eqprop predict asks such a network',
    );
  if ((model.picture.channels ?? 1) !== 1)
    throw new UserError(
      `network.json: its inputs are ${shapeName(model.picture)}, this room draws one channel`,
      'npx eqprop predict asks such a network',
    );
  return { ...model, digest: hexadecimal(digest) };
}

/** A picture's greys, a byte a pixel. Rejects with `UserError` where it cannot be read or has another shape. */
export async function greysOf(file: File, picture: Picture): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(file).catch((cause) => {
    throw new UserError(`${file.name} is no picture that this browser can read`, undefined, { cause });
  });
  try {
    return greysIn(bitmap, file.name, picture);
  } finally {
    bitmap.close();
  }
}

function greysIn(bitmap: ImageBitmap, name: string, picture: Picture): Uint8Array {
  const { rows, columns } = picture;
  if (bitmap.width !== columns || bitmap.height !== rows)
    throw new UserError(
      `${name} is ${bitmap.height} × ${bitmap.width} pixels, the network sees ${shapeName(picture)}`,
      'give it pictures of that size, light on dark as it has learnt them',
    );
  const canvas = new OffscreenCanvas(columns, rows);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser draws on no canvas');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, columns, rows);
  return Uint8Array.from({ length: pixelsOf(picture) }, (_, at) =>
    Math.round((data[4 * at] + data[4 * at + 1] + data[4 * at + 2]) / 3),
  );
}

/** Files of a drop, those of a folder that is dropped among them. */
export async function filesOf(transfer: DataTransfer): Promise<readonly File[]> {
  const found = Array.from(transfer.items, (item) => {
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry) return filesIn(entry);
    return file ? [file] : [];
  });
  return (await Promise.all(found)).flat();
}

async function filesIn(entry: FileSystemEntry): Promise<readonly File[]> {
  if (entry.isFile)
    return [
      await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
    ];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inside: FileSystemEntry[] = [];
  // It tells a hundred at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) break;
    inside.push(...some);
  }
  return (await Promise.all(inside.map(filesIn))).flat();
}
