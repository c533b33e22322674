/** Tries a line on which the device has answered: a few bytes that it changes each time would be the end of every frame. */
import type { Duplex } from 'node:stream';
import { UserError } from '../errors.js';
import type { LineKind } from './diagnosis.js';
import { LineTest } from './line-test.js';
import { probe } from './probe.js';

/** Milliseconds without a byte after which an answer was lost, at least. */
const QUIET = 500;
/** Probes after which a line counts as bad, and not as one that changes bytes. */
const MOST = 12;

export interface ProofOptions {
  readonly kind: LineKind | undefined;
  /** Milliseconds that an answer takes, as far as is known. */
  readonly usual: number;
  readonly bytesPerSecond: number;
}

/**
 * Resolves where the line passes every byte, and where it is too bad to tell.
 * Rejects with `UserError` where it changes some each time, or breaks.
 */
export function proveLine(stream: Duplex, { kind, usual, bytesPerSecond }: ProofOptions): Promise<void> {
  const test = new LineTest(kind);
  const patience = Math.max(QUIET, 2 * usual) + (1000 * probe.length) / bytesPerSecond;
  return new Promise((resolve, reject) => {
    let sent = 0;
    let timer: NodeJS.Timeout | undefined;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(send, patience);
    };
    const send = () => {
      if (sent++ === MOST) return settle(resolve);
      if (!stream.writableNeedDrain) stream.write(probe);
      wait();
    };
    const receive = (bytes: Buffer) => {
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
      stream.off('data', receive);
      stream.off('error', fail);
      stream.off('close', onClose);
      how();
    };
    const fail = (error: Error) => settle(() => reject(error));
    const onClose = () => fail(new UserError('the line to the device was closed'));
    stream.on('data', receive);
    stream.on('error', fail);
    stream.on('close', onClose);
    if (stream.destroyed) onClose();
    else send();
  });
}
