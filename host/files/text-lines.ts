/** Files of lines that may be longer than a string can be: they are read a line at a time. */
import { closeSync, openSync, readSync } from 'node:fs';
import { UserError } from '../ground/index.js';

/** Bytes read at a time. */
const CHUNK = 1 << 16;
const LINE_FEED = 10;

export interface TextLine {
  readonly text: string;
  /** Bytes before it. */
  readonly at: number;
  /** Nothing but the last one is not; that one may be empty. */
  readonly isEnded: boolean;
}

/** The lines of a file, none where there is no file. Throws `UserError` where it cannot be read. */
export function* linesOf(path: string): Generator<TextLine> {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    let begun: Buffer[] = [];
    let at = 0;
    const decoder = new TextDecoder();
    const lineWith = (end: Uint8Array, isEnded: boolean): TextLine => {
      const bytes = Buffer.concat([...begun, end]);
      const line = { text: decoder.decode(bytes), at, isEnded };
      at += bytes.length + 1;
      begun = [];
      return line;
    };
    for (let chunk = readChunk(file); chunk.length > 0; chunk = readChunk(file)) {
      let from = 0;
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
        yield lineWith(chunk.subarray(from, end), true);
        from = end + 1;
      }
      begun.push(chunk.subarray(from));
    }
    yield lineWith(Buffer.alloc(0), false);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    throw new UserError(`could not read ${path}: ${message}`, 'restore it, or take it away', {
      cause: error,
    });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readChunk(file: number): Buffer {
  const chunk = Buffer.allocUnsafe(CHUNK);
  return chunk.subarray(0, readSync(file, chunk));
}
