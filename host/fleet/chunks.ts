/** Files of a folder cut into chunks that take little memory on the way, and put together again. */
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { UserError } from '../ground/index.js';

/** Bytes before they are packed. */
const CHUNK = 1 << 18;
/** Chunks begin with the length of the file's name; the name; then some of its bytes. */
const NAME_LENGTH = 2;

export interface StoredFile {
  /** As it is to be called below the folder: parts with / between them. */
  readonly name: string;
  /** Where it is. */
  readonly path: string;
}

/** Chunks of files in their order; at least one of each, of an empty one too. */
export function* chunksOf(files: readonly StoredFile[]): Generator<Uint8Array> {
  for (const file of files) yield* chunksIn(file);
}

function* chunksIn({ name, path }: StoredFile): Generator<Uint8Array> {
  if (!staysBelow(name)) throw new UserError(`the name ${JSON.stringify(name)} leads out of its folder`);
  const title = Buffer.from(name);
  const head = Buffer.alloc(NAME_LENGTH);
  head.writeUInt16LE(title.length);
  const file = openSync(path, 'r');
  try {
    // As long as it is now: what is appended meanwhile belongs to the next saving.
    const { size } = fstatSync(file);
    let at = 0;
    do {
      const bytes = Buffer.alloc(Math.min(CHUNK, size - at));
      const read = readSync(file, bytes, 0, bytes.length, at);
      if (read < bytes.length) throw new Error(`${path} became shorter while it was read`);
      at += read;
      yield deflateRawSync(Buffer.concat([head, title, bytes]), { level: 1 });
    } while (at < size);
  } finally {
    closeSync(file);
  }
}

/**
 * Appends a chunk's bytes to its file below `folder`.
 * @param key of the folder, in errors
 * @throws `UserError` where `chunksOf` has not made it
 */
export function writeChunk(folder: string, chunk: Uint8Array, key: string): void {
  const { name, bytes } = unpacked(chunk, key);
  const path = join(folder, ...name.split('/'));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes, { flag: 'a' });
}

/** Names that stay below the folder, on every system. */
function staysBelow(name: string): boolean {
  return name.split('/').every((part) => !/^\.{0,2}$|[\\:\0]/.test(part));
}

function unpacked(chunk: Uint8Array, key: string): { readonly name: string; readonly bytes: Uint8Array } {
  let whole: Buffer;
  try {
    whole = inflateRawSync(chunk, { maxOutputLength: NAME_LENGTH + 0xffff + CHUNK });
  } catch {
    throw damaged(key, 'it cannot be unpacked');
  }
  const end = whole.length < NAME_LENGTH ? Number.POSITIVE_INFINITY : NAME_LENGTH + whole.readUInt16LE(0);
  if (end > whole.length) throw damaged(key, 'it ends in a name');
  const name = whole.toString('utf8', NAME_LENGTH, end);
  if (!staysBelow(name)) throw damaged(key, 'a name in it leads elsewhere');
  return { name, bytes: whole.subarray(end) };
}

export function damaged(name: string, how: string): UserError {
  return new UserError(
    `what the store holds as ${name} is damaged: ${how}`,
    'take it away there: it is made anew',
  );
}
