/**
 * Checkpoints: everything a run needs to go on bit for bit, in one file that is either whole or not there.
 *
 * Layout: magic, header length u32, header (JSON, UTF-8), arrays one after another, SHA-256 of all before. The
 * file is written beside, flushed and renamed; the one before is kept. Wherever that is cut short or fails, one of the
 * three names leads to a whole file, and a damaged one takes no whole one's place.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { rename, syncDirectory, writeFresh } from '../files/index.js';
import { bytesOf, UserError } from '../ground/index.js';
import { saveFailed } from './save-failed.js';

const MAGIC = Buffer.from('EQPROP1\n');
const HASH_BYTES = 32;

export const CHECKPOINT = 'checkpoint.eqp';
/** The file that describes the run, beside its checkpoints. */
export const CONFIG = 'config.json';
export const PREVIOUS = 'checkpoint.previous.eqp';
/** Being written; newer than the previous one where the renaming was cut short. */
const FRESH = `${CHECKPOINT}.new`;

export type CheckpointArray = Int8Array | Int16Array | Int32Array | Float64Array;

const kinds = { i8: Int8Array, i16: Int16Array, i32: Int32Array, f64: Float64Array } as const;
type Kind = keyof typeof kinds;

function kindOf(array: CheckpointArray): Kind {
  if (array instanceof Int8Array) return 'i8';
  if (array instanceof Int16Array) return 'i16';
  return array instanceof Int32Array ? 'i32' : 'f64';
}

export interface Checkpoint<State> {
  /** Holds only values that JSON can hold. */
  readonly state: State;
  readonly arrays: Readonly<Record<string, CheckpointArray>>;
}

const headerSchema = v.object({
  state: v.unknown(),
  arrays: v.array(
    v.object({
      name: v.string(),
      kind: v.picklist(Object.keys(kinds) as Kind[]),
      length: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    }),
  ),
});

type Header = Readonly<v.InferOutput<typeof headerSchema>>;

/** Throws `UserError` where it could not be saved: the one before is whole then, by whichever of the three names. */
export function saveCheckpoint(directory: string, checkpoint: Checkpoint<unknown>): void {
  const path = join(directory, CHECKPOINT);
  const fresh = join(directory, FRESH);
  try {
    let isKept = isWhole(path);
    if (!isKept && isWhole(fresh)) {
      // The only whole one is not to be written over.
      rename(fresh, path);
      isKept = true;
    }
    writeFresh(fresh, checkpointParts(checkpoint));
    if (isKept) rename(path, join(directory, PREVIOUS));
    rename(fresh, path);
    syncDirectory(directory);
  } catch (error) {
    throw saveFailed(path, error);
  }
}

/** The file's bytes, in parts. */
export function* checkpointParts({ state, arrays: named }: Checkpoint<unknown>): Generator<Uint8Array> {
  const arrays = Object.entries(named);
  const header: Header = {
    state,
    arrays: arrays.map(([name, array]) => ({ name, kind: kindOf(array), length: array.length })),
  };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const hash = createHash('sha256');
  for (const part of [MAGIC, length, text, ...arrays.map(([, array]) => bytesOf(array))]) {
    hash.update(part);
    yield part;
  }
  yield hash.digest();
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(
      code === 'ENOENT' ? `${path} is not there` : `could not read ${path}: ${message}`,
      'restore it from a copy, or start a new run',
      { cause: error },
    );
  }
}

/** Throws `UserError` where the file is not a whole checkpoint. */
export function readCheckpoint(path: string): Checkpoint<unknown> {
  const bytes = readBytes(path);
  const end = bytes.length - HASH_BYTES;
  if (end < MAGIC.length + 4 || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw damaged(path, 'it does not begin like a checkpoint');
  if (!createHash('sha256').update(bytes.subarray(0, end)).digest().equals(bytes.subarray(end)))
    throw damaged(path, 'its checksum does not fit its content');
  const textAt = MAGIC.length + 4;
  const arraysAt = textAt + bytes.readUInt32LE(MAGIC.length);
  const header = parseHeader(bytes.subarray(textAt, arraysAt), path);
  const sizes = header.arrays.map(({ kind, length }) => length * kinds[kind].BYTES_PER_ELEMENT);
  if (arraysAt + sizes.reduce((sum, size) => sum + size, 0) !== end)
    throw damaged(path, 'its arrays are not as long as it says');
  let at = arraysAt;
  const arrays = header.arrays.map(({ name, kind }, n): [string, CheckpointArray] => {
    const copy = new Uint8Array(bytes.subarray(at, at + sizes[n]));
    at += sizes[n];
    return [name, new kinds[kind](copy.buffer)];
  });
  return { state: header.state, arrays: Object.fromEntries(arrays) };
}

function parseHeader(text: Buffer, path: string): Header {
  try {
    return v.parse(headerSchema, JSON.parse(text.toString('utf8')));
  } catch (error) {
    throw damaged(path, `its header cannot be read: ${(error as Error).message}`, error);
  }
}

function damaged(path: string, how: string, cause?: unknown): UserError {
  return new UserError(`${path} is damaged: ${how}`, 'restore it from a copy, or start a new run', { cause });
}

function isWhole(path: string): boolean {
  try {
    readCheckpoint(path);
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return false;
  }
}

/** Returns whether a run folder holds a checkpoint, damaged or not. One whose very first saving was cut short holds none. */
export function hasCheckpoint(directory: string): boolean {
  return (
    [CHECKPOINT, PREVIOUS].some((name) => existsSync(join(directory, name))) ||
    isWhole(join(directory, FRESH))
  );
}

/**
 * The newest whole checkpoint of a run folder. `note` says why it is not the newest one; `behind` the same where the
 * run was further than it.
 * Throws `UserError` where there is none.
 * @param open makes of a checkpoint what is asked for; where it throws `UserError`, the one before is tried
 */
export function loadCheckpoint<T = Checkpoint<unknown>>(
  directory: string,
  open: (checkpoint: Checkpoint<unknown>, path: string) => T = (checkpoint) => checkpoint as T,
): { readonly checkpoint: T; readonly note?: string; readonly behind?: string } {
  requireCheckpoint(directory);
  const reasons: string[] = [];
  for (const name of [CHECKPOINT, FRESH, PREVIOUS]) {
    const path = join(directory, name);
    // The fresh one is there only where saving was cut short.
    if (name === FRESH && !existsSync(path)) continue;
    try {
      const checkpoint = open(readCheckpoint(path), path);
      if (reasons.length === 0) return { checkpoint };
      const why = reasons.join('; ');
      const note = `${why}; taking ${path} instead`;
      return { checkpoint, note, ...(name === PREVIOUS && { behind: why }) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (!reasons.includes(error.message)) reasons.push(error.message);
    }
  }
  throw new UserError(
    `no checkpoint can be used: ${reasons.join('; ')}`,
    'restore what is damaged from a copy, go on with the version of eqprop that wrote it, or start a new run',
  );
}

/** @throws `UserError` that says why there is none */
export function requireCheckpoint(directory: string): void {
  if (hasCheckpoint(directory)) return;
  if (!existsSync(directory))
    throw new UserError(`there is no folder ${directory}`, 'name the folder of a run');
  if (existsSync(join(directory, CONFIG)))
    throw new UserError(
      `there is no checkpoint in ${directory}: the run ended before its first, or the files were deleted`,
      `start it again with --out ${directory}, or restore ${CHECKPOINT} from a copy`,
    );
  throw new UserError(`there is no checkpoint in ${directory}`, 'name the folder of a run');
}
