/**
 * Persistent states on disk, beside the checkpoints that name them: a file of records, later ones over earlier ones. A
 * checkpoint owns the file's first bytes, so what a saving appends, whole or torn, leaves those before it as they are.
 * Where appending no longer pays, all states begin another file: a new generation.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { flush, remove, syncDirectory, writeAll } from '../files/index.js';
import { UserError } from '../ground/index.js';
import type { PersistentStates } from './persistent-states.js';
import { saveFailed } from './save-failed.js';
import type { StateMark } from './state-mark.js';
import {
  BEGINNING,
  bodyBytes,
  decodeBody,
  encodeRecord,
  HASH_BYTES,
  HEAD_BYTES,
  MOST_ROWS,
  recordHash,
} from './state-record.js';

/** Times that all states fit into a file before it is begun anew. */
const FULL = 2;

export function statesFile(generation: number): string {
  return `states-${generation}.eqp`;
}

/**
 * Saves the states that changed since the mark they have; the checkpoint to be written is to hold the mark returned.
 * Throws `UserError` where that failed; what other marks own is then untouched.
 */
export function saveStates(folder: string, states: PersistentStates): StateMark {
  const { mark, changed, examples } = states;
  if (mark && goesOn(folder, mark, changed.size, examples))
    return changed.size === 0 ? mark : append(folder, mark, states, Uint32Array.from(changed).sort());
  const first = { generation: newGeneration(folder), bytes: 0, rows: 0, hash: hex(BEGINNING) };
  const all = mark ? Uint32Array.from({ length: examples }, (_, n) => n) : Uint32Array.from(changed).sort();
  return append(folder, first, states, all);
}

function goesOn(folder: string, mark: StateMark, changed: number, examples: number): boolean {
  const path = join(folder, statesFile(mark.generation));
  return mark.rows + changed <= FULL * examples && existsSync(path) && statSync(path).size >= mark.bytes;
}

function append(folder: string, mark: StateMark, states: PersistentStates, indices: Uint32Array): StateMark {
  const path = join(folder, statesFile(mark.generation));
  const isNew = mark.bytes === 0 && !existsSync(path);
  let { bytes } = mark;
  let hash: Uint8Array = Buffer.from(mark.hash, 'hex');
  try {
    const file = openSync(path, isNew ? 'wx' : 'r+');
    try {
      cut(file, mark.bytes);
      for (let at = 0; at < indices.length; at += MOST_ROWS) {
        const some = indices.subarray(at, at + MOST_ROWS);
        const record = encodeRecord(some, states.gather(some), hash);
        for (const part of record.parts) {
          writeAll(file, part, bytes);
          bytes += part.length;
        }
        hash = record.hash;
      }
      flush(file);
    } catch (error) {
      // Gives the room back; a torn tail does no harm.
      if (!isNew) cut(file, mark.bytes);
      throw error;
    } finally {
      closeSync(file);
    }
    if (isNew) syncDirectory(folder);
  } catch (error) {
    if (isNew) remove(path);
    throw saveFailed(path, error);
  }
  return { generation: mark.generation, bytes, rows: mark.rows + indices.length, hash: hex(hash) };
}

/** Only where it is longer: not every file can be cut. */
function cut(file: number, bytes: number): void {
  if (fstatSync(file).size > bytes) ftruncateSync(file, bytes);
}

/** The shape of a row: units of a network, bytes of a state. */
export interface RowShape {
  readonly units: number;
  readonly width: number;
}

/** Throws `UserError` where the file does not begin with what is the mark's. */
export function requireStates(folder: string, mark: StateMark, shape: RowShape): void {
  for (const _ of records(folder, mark, shape));
}

/** Reads all that is the mark's into `states`, which are zero at first. Throws `UserError` as `requireStates`. */
export function readStates(folder: string, mark: StateMark, states: PersistentStates): void {
  for (const { rows, body } of records(folder, mark, states)) {
    const { indices, states: read } = decodeBody(body, rows, states.width);
    if (indices.some((example) => example >= states.examples))
      throw damaged(join(folder, statesFile(mark.generation)), 'it has more examples than the data set');
    states.keep(indices, read);
  }
  states.settle(mark);
}

/** The records of a mark, one at a time; that they are whole, and all of it, is known at their end. */
function* records(folder: string, mark: StateMark, { units, width }: RowShape) {
  const path = join(folder, statesFile(mark.generation));
  const file = open(path);
  try {
    if (fstatSync(file).size < mark.bytes) throw damaged(path, 'it has been cut short');
    let at = 0;
    let total = 0;
    let hash: Buffer = Buffer.from(BEGINNING);
    while (at + HEAD_BYTES <= mark.bytes) {
      const head = read(file, path, at, HEAD_BYTES);
      const rows = new DataView(head.buffer).getUint32(0, true);
      const bodyAt = at + HEAD_BYTES;
      const hashAt = bodyAt + bodyBytes(rows, units, width);
      if (rows > MOST_ROWS || hashAt + HASH_BYTES > mark.bytes)
        throw damaged(path, `at byte ${at} there is no record`);
      const body = read(file, path, bodyAt, hashAt - bodyAt);
      hash = recordHash(hash, head, body);
      if (!hash.equals(read(file, path, hashAt, HASH_BYTES)))
        throw damaged(path, `the checksum of the record at byte ${at} does not fit it`);
      yield { rows, body };
      total += rows;
      at = hashAt + HASH_BYTES;
    }
    if (at !== mark.bytes || total !== mark.rows || hex(hash) !== mark.hash)
      throw damaged(path, 'it holds other states than the checkpoint names');
  } finally {
    closeSync(file);
  }
}

const HINT = 'restore it from a copy, or start a new run';

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(
      code === 'ENOENT' ? `${path} is not there` : `could not read ${path}: ${message}`,
      HINT,
      { cause: error },
    );
  }
}

function read(file: number, path: string, position: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  try {
    for (let at = 0; at < length; ) {
      const count = readSync(file, bytes, at, length - at, position + at);
      if (count === 0) throw new Error('it ended early');
      at += count;
    }
  } catch (error) {
    throw new UserError(`could not read ${path}: ${(error as Error).message}`, HINT, { cause: error });
  }
  return bytes;
}

function damaged(path: string, how: string): UserError {
  return new UserError(`${path} is damaged: ${how}`, HINT);
}

function generations(folder: string): readonly number[] {
  return readdirSync(folder).flatMap((name) => {
    const [, number] = /^states-(\d+)\.eqp$/.exec(name) ?? [];
    return number === undefined ? [] : [Number(number)];
  });
}

/** One that no file has, not even a stray one. */
function newGeneration(folder: string): number {
  try {
    return Math.max(0, ...generations(folder)) + 1;
  } catch (error) {
    throw saveFailed(join(folder, statesFile(1)), error);
  }
}

/**
 * Removes the files that no checkpoint names. What cannot be removed stays until the next time.
 * @param kept generations that checkpoints name; asked only where there is more than `newest`
 */
export function dropStates(folder: string, newest: number, kept: () => readonly number[]): void {
  const others = generations(folder).filter((generation) => generation !== newest);
  if (others.length === 0) return;
  const named = kept();
  for (const generation of others) {
    if (named.includes(generation)) continue;
    remove(join(folder, statesFile(generation)));
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
