import type { LineKind } from './diagnosis.js';
import type { LineRates } from './rates.js';

/**
 * Bytes both ways, as much of a stream as the link uses: Node's own are such, and in a browser whatever stands for a line. When
 * the line breaks it emits 'error', then 'close'.
 */
export interface ByteStream {
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'drain' | 'end' | 'close', listener: () => void): unknown;
  off(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'drain' | 'end' | 'close', listener: () => void): unknown;
  write(bytes: Uint8Array): unknown;
  /** Writing is to pause until 'drain'. */
  readonly writableNeedDrain: boolean;
  readonly destroyed: boolean;
}

/** An open line to a device, of whatever kind. */
export interface Line {
  readonly name: string;
  readonly stream: ByteStream;
  /** Undefined where no line of the user's is between. */
  readonly kind?: LineKind;
  /** The speed, where it is known. */
  readonly bytesPerSecond?: number;
  /** The rates to try, where it is to be found. */
  readonly rates?: LineRates;
  /** Closes whatever is behind the line, what is not yet sent being dropped. Any number of times. */
  close(): Promise<void>;
}
