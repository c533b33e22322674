import type { Duplex } from 'node:stream';
import type { Line, LineKind } from '../link/index.js';
import type { Storage } from '../model/index.js';

/** Bits a second of what speaks lines of text, and of whatever is paced, where nothing else is said. */
export const DEFAULT_BAUD_RATE = 115_200;

export interface DeviceOptions {
  /** Bits a second of a port, and of whatever is paced (default: a port's is found; 115,200). */
  readonly baudRate?: number;
  /**
   * Simulated: deliver bytes at the speed of `baudRate`, both ways (default: at once). An address: behind it is a line of
   * that speed.
   */
  readonly paced?: boolean;
  /** Simulated, native and emulated: bits that it stores weights in (default 16). */
  readonly storage?: Storage;
  /**
   * Simulated and native: bytes of arena (default 64 MiB). A network takes more than on a board: weights that do not come from the
   * input are kept transposed too.
   */
  readonly arena?: number;
  /** Simulated: bytes the receive window holds (default 65,536). */
  readonly window?: number;
  /** Simulated: threads that the kernel runs on, 1 … 16 (default 1). They change no bit of its results. */
  readonly threads?: number;
  /** Simulated: deliver bytes in pseudo-random chunks of 1 … 97, both ways, drawn from this seed. */
  readonly chunkSeed?: number;
}

/**
 * An open line to a device. `stream` carries raw bytes; when the line breaks it emits an 'error' that is a
 * `UserError`, then 'close'.
 */
export interface DeviceLine extends Line {
  readonly stream: Duplex;
}

/** A line whose stream frees its resources when it is destroyed. */
export function lineOver(name: string, stream: Duplex, kind?: LineKind): DeviceLine {
  return {
    name,
    stream,
    ...(kind && { kind }),
    close: () =>
      new Promise((resolve) => {
        if (stream.closed) {
          resolve();
          return;
        }
        stream.once('close', resolve);
        stream.destroy();
      }),
  };
}
