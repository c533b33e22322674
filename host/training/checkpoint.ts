/**
 * Checkpoints: everything a run needs to go on bit for bit, in one file that is either whole or not there.
 *
 * Layout: magic, header length u32, header (JSON, UTF-8), arrays one after another, SHA-256 of all before. The
 * file is written beside, flushed and renamed; the one before is kept. Wherever that is cut short, one of the three
 * names leads to a whole file.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.js';

const MAGIC = Buffer.from('EQPROP1\n');
const HASH_BYTES = 32;

export const CHECKPOINT = 'checkpoint.eqp';
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
  /** What JSON can hold. */
  readonly state: State;
  readonly arrays: Readonly<Record<string, CheckpointArray>>;
}

interface Header {
  readonly state: unknown;
  readonly arrays: readonly { readonly name: string; readonly kind: Kind; readonly length: number }[];
}

function saveFailed(path: string, error: NodeJS.ErrnoException): UserError {
  const reason = error.code === 'ENOSPC' ? 'the disk is full' : error.message;
  return new UserError(
    `could not save ${path}: ${reason}`,
    'the checkpoint before it is untouched: make room, then continue with --resume',
    { cause: error },
  );
}

/** Throws `UserError` where the file could not be written whole; the one before is then untouched. */
export function saveCheckpoint(directory: string, checkpoint: Checkpoint<unknown>): void {
  const path = join(directory, CHECKPOINT);
  const fresh = join(directory, FRESH);
  const arrays = Object.entries(checkpoint.arrays);
  const header: Header = {
    state: checkpoint.state,
    arrays: arrays.map(([name, array]) => ({ name, kind: kindOf(array), length: array.length })),
  };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const hash = createHash('sha256');
  try {
    const file = openSync(fresh, 'w');
    try {
      const write = (bytes: Uint8Array) => {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      };
      const parts = arrays.map(([, array]) => Buffer.from(array.buffer, array.byteOffset, array.byteLength));
      for (const part of [MAGIC, length, text, ...parts]) {
        hash.update(part);
        write(part);
      }
      write(hash.digest());
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (existsSync(path)) renameSync(path, join(directory, PREVIOUS));
    renameSync(fresh, path);
    syncDirectory(dirname(path));
  } catch (error) {
    rmSync(fresh, { force: true });
    throw saveFailed(path, error as NodeJS.ErrnoException);
  }
}

/** Makes the renaming itself last; Windows cannot open directories and does without. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(code === 'ENOENT' ? `${path} is not there` : `could not read ${path}: ${message}`);
  }
}

function readChecked(path: string): Checkpoint<unknown> {
  const bytes = readBytes(path);
  const end = bytes.length - HASH_BYTES;
  if (end < MAGIC.length + 4 || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw new UserError(`${path} is damaged: it does not begin like a checkpoint`);
  if (!createHash('sha256').update(bytes.subarray(0, end)).digest().equals(bytes.subarray(end)))
    throw new UserError(`${path} is damaged: its checksum does not fit its content`);
  const textLength = bytes.readUInt32LE(MAGIC.length);
  const textAt = MAGIC.length + 4;
  const header = JSON.parse(bytes.toString('utf8', textAt, textAt + textLength)) as Header;
  let at = textAt + textLength;
  const arrays: Record<string, CheckpointArray> = {};
  for (const { name, kind, length } of header.arrays) {
    const size = length * kinds[kind].BYTES_PER_ELEMENT;
    const copy = new Uint8Array(bytes.subarray(at, at + size));
    arrays[name] = new kinds[kind](copy.buffer);
    at += size;
  }
  return { state: header.state, arrays };
}

function isWhole(path: string): boolean {
  try {
    readChecked(path);
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return false;
  }
}

/** Whether a run folder holds a checkpoint, damaged or not. One whose very first saving was cut short holds none. */
export function hasCheckpoint(directory: string): boolean {
  return (
    [CHECKPOINT, PREVIOUS].some((name) => existsSync(join(directory, name))) ||
    isWhole(join(directory, FRESH))
  );
}

/**
 * The newest whole checkpoint of a run folder. `note` says why it is not the newest one.
 * Throws `UserError` where there is none.
 */
export function loadCheckpoint(directory: string): {
  readonly checkpoint: Checkpoint<unknown>;
  readonly note?: string;
} {
  if (!hasCheckpoint(directory))
    throw new UserError(`there is no checkpoint in ${directory}`, 'name the folder of a run');
  const reasons: string[] = [];
  for (const name of [CHECKPOINT, FRESH, PREVIOUS]) {
    const path = join(directory, name);
    // The fresh one is there only where saving was cut short.
    if (name === FRESH && !existsSync(path)) continue;
    try {
      const checkpoint = readChecked(path);
      return reasons.length === 0
        ? { checkpoint }
        : { checkpoint, note: `${reasons.join('; ')}; taking ${path} instead` };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      reasons.push(error.message);
    }
  }
  throw new UserError(
    `no checkpoint can be used: ${reasons.join('; ')}`,
    'restore one of them from a copy, or start a new run',
  );
}
