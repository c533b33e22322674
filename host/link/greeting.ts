/** The opening of a session. */
import type { Duplex } from 'node:stream';
import { UserError } from '../errors.js';
import { MAX_PAYLOAD, Messages, PROTOCOL, REPLY, REPLY_SLOTS, type ReplyOf, Signal } from '../wire/schema.js';
import { schemaHash } from '../wire/schema-hash.js';
import { DeviceError } from './device-error.js';
import { decodeFrame, encodeFrame, type Frame, FrameSplitter } from './frame.js';
import { UntrueError } from './untrue.js';

export interface Greeting {
  /** What the device says of itself. */
  readonly device: ReplyOf<'hello'>;
  /** Sequence of the request it expects first. */
  readonly first: number;
}

/** Milliseconds from one HELLO to the next. */
const INTERVAL = 200;

function greetingOf(frame: Frame, session: number): Greeting | undefined {
  if (frame.type !== (Messages.hello.code | REPLY) || frame.session !== session) return undefined;
  const device = Messages.hello.reply.decode(frame.payload, 'hello: a reply');
  requireSchema(device);
  return { device, first: frame.sequence };
}

/** What a device of this schema says of itself; the host would count on anything else. */
function requireSchema(device: ReplyOf<'hello'>): void {
  const fixed = {
    schema: schemaHash,
    protocol: PROTOCOL,
    maxPayload: MAX_PAYLOAD,
    replySlots: REPLY_SLOTS,
  } as const;
  for (const [field, value] of Object.entries(fixed)) {
    const said = device[field as keyof typeof fixed];
    if (said !== value) throw new UntrueError(`hello: the device's ${field} is ${said}, it must be ${value}`);
  }
  if (device.window === 0) throw new UntrueError("hello: the device's window is 0 bytes");
}

/**
 * Says HELLO until the device answers: a board that the opening of its port has reset is not up at once.
 * Rejects with `DeviceError` where the device speaks another version, `UserError` where it stays silent for
 * `patience` milliseconds or the line breaks.
 */
export function greet(stream: Duplex, session: number, patience: number): Promise<Greeting> {
  const payload = Messages.hello.request.encode({ schema: schemaHash, protocol: PROTOCOL, session });
  const frame = encodeFrame({ type: Messages.hello.code, session, sequence: 0, payload });
  // The leading zero ends whatever rubbish the device has heard before.
  const hello = Buffer.concat([Uint8Array.of(0), frame]);
  const splitter = new FrameSplitter();

  /** Why the device was started anew, if it said so: it may be up the next moment. */
  let fault: DeviceError | undefined;
  let heard = 0;

  return new Promise((resolve, reject) => {
    const say = () => {
      if (!stream.writableNeedDrain) stream.write(hello);
    };
    const receive = (bytes: Buffer) => {
      heard += bytes.length;
      try {
        for (const encoded of splitter.split(bytes)) {
          const received = decodeFrame(encoded);
          if (received?.type === Signal.error) {
            const error = DeviceError.decode(received.payload);
            if (error.request === 'hello') throw error;
            if (error.error === 'fault') fault = error;
          }
          const greeting = received && greetingOf(received, session);
          if (greeting) return settle(() => resolve(greeting));
        }
      } catch (error) {
        fail(error as Error);
      }
    };
    const settle = (how: () => void) => {
      clearInterval(retry);
      clearTimeout(giveUp);
      stream.off('data', receive);
      stream.off('close', onClose);
      how();
    };
    const fail = (error: Error) => settle(() => reject(error));
    const onClose = () => fail(new UserError('the line to the device was closed'));
    const retry = setInterval(say, INTERVAL);
    const giveUp = setTimeout(() => {
      fail(
        fault ??
          new UserError(
            `no answer from the device within ${patience / 1000} s${heard > 0 ? `, but ${heard} other bytes` : ''}`,
            'is it powered, does it run the eqprop firmware, and is the baud rate the one it was built for?',
          ),
      );
    }, patience);
    stream.on('data', receive);
    stream.on('close', onClose);
    // Never removed: a line that breaks when nobody listens any more is nobody's failure.
    stream.on('error', fail);
    if (stream.destroyed) onClose();
    else say();
  });
}
