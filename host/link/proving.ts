/** Tries a line on which the device has answered: bytes that it changes each time would be the end of the same frames for ever. */
import { UserError } from '../ground/index.js';
import { probe } from '../wire/index.js';
import type { ByteStream } from './byte-stream.js';
import type { LineKind } from './diagnosis.js';
import { LineTest } from './line-test.js';

/** Milliseconds without a byte after which a probe is lost, or its answer; at least. */
const QUIET = 500;
/** Probes after which nothing more is to be learnt: of those that are answered, and of those that are not. */
const MOST = 12;
const MOST_LOST = 3;

export interface ProofOptions {
  readonly kind: LineKind | undefined;
  /** Milliseconds that an answer takes, as far as is known. */
  readonly usual: number;
  /** Milliseconds after which a line that is never quiet is taken as it is. */
  readonly patience: number;
  readonly bytesPerSecond: number;
}

/**
 * Resolves where the line passes every byte, and where it is too bad to tell.
 * Rejects with `UserError` where it changes some each time, or breaks.
 */
export function proveLine(stream: ByteStream, options: ProofOptions): Promise<void> {
  const { kind, usual, patience, bytesPerSecond } = options;
  const test = new LineTest(kind);
  const quiet = Math.max(QUIET, 2 * usual) + (1000 * probe.length) / bytesPerSecond;
  return new Promise((resolve, reject) => {
    let sent = 0;
    let lost = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => (++lost === MOST_LOST ? settle(resolve) : send()), quiet);
    };
    const send = () => {
      if (sent++ === MOST) return settle(resolve);
      if (!stream.writableNeedDrain) stream.write(probe);
      wait();
    };
    const receive = (bytes: Uint8Array) => {
      wait();
      try {
        const finding = test.hear(bytes);
        if (finding === 'good') settle(resolve);
        else if (finding === 'doubtful') send();
      } catch (error) {
        fail(error as Error);
      }
    };
    const settle = (how: () => void) => {
      clearTimeout(timer);
      clearTimeout(end);
      stream.off('data', receive);
      stream.off('error', fail);
      stream.off('close', onClose);
      how();
    };
    const fail = (error: Error) => settle(() => reject(error));
    const onClose = () => fail(new UserError('the line to the device was closed'));
    const end = setTimeout(() => settle(resolve), patience);
    stream.on('data', receive);
    stream.on('error', fail);
    stream.on('close', onClose);
    if (stream.destroyed) onClose();
    else send();
  });
}
