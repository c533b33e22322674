/** A line to a device that the page holds: an engine's end. Bytes and rates go by a message port. */
import { TRIED_RATES } from '#host/devices/rates.js';
import type { WorkerProgress } from '#host/devices/worker-port.js';
import { UserError } from '#host/ground/index.js';
import type { Line, LineKind } from '#host/link/index.js';
import { BrowserStream } from './byte-stream.js';

/** A device as an engine is told of it; its message port is transferred. */
export interface HeldDevice {
  readonly kind: 'held';
  readonly name: string;
  readonly port: MessagePort;
  readonly lineKind?: LineKind;
  /** Its rate is to be found (default: it has none). */
  readonly findsRate?: boolean;
}

export type ToHolder =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'rate'; readonly baud: number }
  | { readonly kind: 'close' };

/** A `UserError`, told to another thread. */
export interface Reason {
  readonly message: string;
  readonly hint?: string | undefined;
}

export type FromHolder =
  | ({ readonly kind: 'progress' } & WorkerProgress)
  | { readonly kind: 'rate'; readonly refusal?: Reason }
  | { readonly kind: 'broken'; readonly reason: Reason };

const errorOf = ({ message, hint }: Reason) => new UserError(message, hint);

export function openHeldLine({ name, port, lineKind, findsRate }: HeldDevice): Line {
  const send = (message: ToHolder, transfer: Transferable[] = []) => port.postMessage(message, transfer);
  const stream = new BrowserStream((bytes) => send({ kind: 'bytes', bytes }, [bytes.buffer]));
  let answerRate = (_refusal?: Reason) => {};
  port.onmessage = ({ data }: MessageEvent<FromHolder>) => {
    if (data.kind === 'broken') {
      answerRate(data.reason);
      stream.destroy(errorOf(data.reason));
    } else if (data.kind === 'rate') answerRate(data.refusal);
    else {
      stream.taken(data.taken);
      if (data.answers) stream.receive(data.answers);
    }
  };
  const set = (baud: number) =>
    new Promise<void>((resolve, reject) => {
      answerRate = (refusal) => (refusal ? reject(errorOf(refusal)) : resolve());
      // Bytes of the old rate go out at it.
      stream.flush();
      send({ kind: 'rate', baud });
    });
  return {
    name,
    stream,
    ...(lineKind && { kind: lineKind }),
    ...(findsRate && { rates: { tried: TRIED_RATES, set } }),
    close: async () => {
      if (!stream.destroyed) send({ kind: 'close' });
      stream.destroy();
      port.close();
    },
  };
}
