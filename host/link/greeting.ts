/** The opening of a session. */
import type { Duplex } from 'node:stream';
import { DeviceError, UntrueError } from '../endpoint/index.js';
import { UserError } from '../ground/index.js';
import {
  invertedProbe,
  MAX_PAYLOAD,
  Messages,
  PROTOCOL,
  probe,
  REPLY,
  REPLY_SLOTS,
  type ReplyOf,
  Signal,
  schemaHash,
} from '../wire/index.js';
import type { LineKind } from './diagnosis.js';
import { decodeFrame, encodeFrame, type Frame, FrameSplitter } from './frame.js';
import { LineTest } from './line-test.js';
import { Unanswered } from './unanswered.js';

export interface Greeting {
  /** The device's account of itself. */
  readonly device: ReplyOf<'hello'>;
  /** Sequence of the request it expects first. */
  readonly first: number;
}

/** Milliseconds from one HELLO to the next. */
const INTERVAL = 200;
/** HELLOs from one probe to the next, where none is answered: a line may let none pass, but a probe. */
const BETWEEN_PROBES = 10;
const FIRST_PROBE = 5;

function greetingOf(frame: Frame, session: number): Greeting | undefined {
  if (frame.type !== (Messages.hello.code | REPLY) || frame.session !== session) return undefined;
  const device = Messages.hello.reply.decode(frame.payload, 'hello: a reply');
  requireSchema(device);
  return { device, first: frame.sequence };
}

/** Checks what a device of this schema must say of itself; the host would count on anything else. */
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
 * `patience` milliseconds, or the line breaks or lets no HELLO pass.
 */
export function greet(
  stream: Duplex,
  session: number,
  patience: number,
  kind: LineKind | undefined,
): Promise<Greeting> {
  const payload = Messages.hello.request.encode({ schema: schemaHash, protocol: PROTOCOL, session });
  const frame = encodeFrame({ type: Messages.hello.code, session, sequence: 0, payload });
  // The leading zero ends whatever rubbish the device has heard before.
  const hello = Buffer.concat([Uint8Array.of(0), frame]);
  const splitter = new FrameSplitter();
  const test = new LineTest(kind);

  /** Why the device was started anew, if it said so: it may be up the next moment. */
  let fault: DeviceError | undefined;
  const unanswered = new Unanswered();
  let said = 0;
  let probing = invertedProbe;

  return new Promise((resolve, reject) => {
    const say = () => {
      unanswered.ask();
      if (stream.writableNeedDrain) return;
      stream.write(hello);
      if (said++ % BETWEEN_PROBES !== FIRST_PROBE) return;
      probing = probing === probe ? invertedProbe : probe;
      stream.write(probing);
    };
    const receive = (bytes: Buffer) => {
      unanswered.hear(bytes);
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
        if (test.hear(bytes) === 'doubtful' && !stream.writableNeedDrain) stream.write(probing);
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
    const onBreak = (error: Error) => fail(unanswered.explainBreak(error));
    const onClose = () => onBreak(new UserError('the line to the device was closed'));
    const retry = setInterval(say, INTERVAL);
    const giveUp = setTimeout(() => fail(fault ?? unanswered.explain(patience, hello)), patience);
    stream.on('data', receive);
    stream.on('close', onClose);
    // Never removed: a line that breaks when nobody listens any more is nobody's failure.
    stream.on('error', onBreak);
    if (stream.destroyed) onClose();
    else say();
  });
}
