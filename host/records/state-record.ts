/**
 * A record of persistent states: those of some examples, as they are at a checkpoint.
 *
 * Layout: rows u32, the examples' indices u32 each, their states one after another, SHA-256 of the record before's
 * SHA-256 and all of this. So a record's hash stands for all records before it too. Nothing is compressed: deflate
 * halves trained states at best, and takes several times as long as the disk.
 */
import { createHash } from 'node:crypto';
import { bytesOf } from '../ground/index.js';
import type { StateArray } from '../model/index.js';

export const HASH_BYTES = 32;
export const HEAD_BYTES = 4;
/** The most rows of a record: so a few megabytes are in memory at a time. */
export const MOST_ROWS = 2048;

/** The beginning of the hash of a file's first record. */
export const BEGINNING: Uint8Array = new Uint8Array(HASH_BYTES);

/** Bytes between a record's head and its hash. */
export function bodyBytes(rows: number, units: number, width: number): number {
  return rows * (4 + units * width);
}

export function recordHash(before: Uint8Array, head: Uint8Array, body: Uint8Array): Buffer {
  return createHash('sha256').update(before).update(head).update(body).digest();
}

/**
 * @param states rows · units, in the order of the indices
 * @param before the hash of the record before, or `BEGINNING`
 */
export function encodeRecord(indices: Uint32Array, states: StateArray, before: Uint8Array) {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(indices.length);
  const body = Buffer.concat([bytesOf(indices), bytesOf(states)]);
  const hash = recordHash(before, head, body);
  return { parts: [head, body, hash], hash };
}

/** @param body of its own buffer, from its beginning */
export function decodeBody(body: Uint8Array<ArrayBuffer>, rows: number, width: number) {
  const States = width === 2 ? Int16Array : Int32Array;
  return { indices: new Uint32Array(body.buffer, 0, rows), states: new States(body.buffer, 4 * rows) };
}
