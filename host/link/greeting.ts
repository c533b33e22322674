/** The opening of a session. */
import { DeviceError, UntrueError } from '../endpoint/index.js';
import { UserError } from '../ground/index.js';
import {
  MAX_PAYLOAD,
  Messages,
  PROTOCOL,
  REPLY,
  REPLY_SLOTS,
  type ReplyOf,
  Signal,
  schemaHash,
} from '../wire/index.js';
import type { ByteStream } from './byte-stream.js';
import type { LineKind } from './diagnosis.js';
import { decodeFrame, type Frame, FrameSplitter } from './frame.js';
import { explainBreak, explainSilence, type Hello, hellosAt } from './hello.js';
import { LineTest } from './line-test.js';
import { type LineRates, RateTurns } from './rates.js';

export interface Greeting {
  readonly session: number;
  /** The device's account of itself. */
  readonly device: ReplyOf<'hello'>;
  /** Sequence of the request it expects first. */
  readonly first: number;
  /** The rate that was found, where it was not known. */
  readonly baud: number | undefined;
  /** Milliseconds that the answer took. */
  readonly usual: number;
}

export interface GreetingOptions {
  /** Milliseconds. */
  readonly patience: number;
  readonly kind: LineKind | undefined;
  /** Undefined where there is nothing to find. */
  readonly rates: LineRates | undefined;
}

function accountOf(frame: Frame): ReplyOf<'hello'> {
  const device = Messages.hello.reply.decode(frame.payload, 'hello: a reply');
  requireSchema(device);
  return device;
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
 * Says HELLO until the device answers: a board that the opening of its port has reset is not up at once. Where its rate is
 * not known, at one rate after the other. A HELLO of each rate has a session of its own: the answer tells which was heard.
 * Rejects with `DeviceError` where the device speaks another version, `UserError` where it stays silent for
 * `patience` milliseconds, or the line breaks or lets no HELLO pass.
 */
export function greet(stream: ByteStream, { patience, kind, rates }: GreetingOptions): Promise<Greeting> {
  const hellos = hellosAt(rates?.tried);
  const turns = rates && new RateTurns(rates);
  const splitter = new FrameSplitter();
  const test = new LineTest(kind);

  /** Why the device was started anew, if it said so: it may be up the next moment. */
  let fault: DeviceError | undefined;
  let [current] = hellos;
  /** The first that was said: its rate is the likeliest, and the line can have it. */
  let first: Hello | undefined;
  /** The one whose rate is right. */
  let found = turns ? undefined : current;
  /** When the line was set to the current one's rate. */
  let since = performance.now();
  let isSettled = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  return new Promise((resolve, reject) => {
    const say = (hello: Hello) => {
      first ??= hello;
      if (hello !== current) since = performance.now();
      current = hello;
      clearTimeout(timer);
      timer = setTimeout(() => turn(found), hello.say(stream));
    };
    let setting = Promise.resolve();
    /** @param wanted undefined: whose turn it is */
    const turn = (wanted?: Hello) => {
      if (!turns) return say(current);
      setting = setting
        .then(() => (isSettled ? undefined : turns.take(wanted?.baud)))
        .then((baud) => {
          const hello = hellos.find((other) => other.baud === baud);
          if (hello && !isSettled) say(hello);
        }, fail);
    };
    const answer = (frame: Frame) => {
      const hello = hellos.find(({ session }) => session === frame.session);
      if (frame.type !== (Messages.hello.code | REPLY) || !hello) return;
      const device = accountOf(frame);
      const { session, baud } = hello;
      if (hello === current && (hello === first || hello === found))
        return settle(() =>
          resolve({ session, device, first: frame.sequence, baud, usual: performance.now() - since }),
        );
      if (found) return;
      found = hello;
      // A line without a rate, as USB, answers at any: the likeliest is tried once more.
      turn(first);
    };
    const receive = (bytes: Uint8Array) => {
      current.unanswered.hear(bytes);
      try {
        for (const encoded of splitter.split(bytes)) {
          const received = decodeFrame(encoded);
          if (received?.type === Signal.error) {
            const error = DeviceError.decode(received.payload);
            if (error.request === 'hello') throw error;
            if (error.error === 'fault') fault = error;
          }
          if (received) answer(received);
          if (isSettled) return;
        }
        const finding = test.hear(bytes);
        if (finding !== 'unknown') found ??= current;
        if (finding === 'doubtful') current.probe(stream);
      } catch (error) {
        fail(error as Error);
      }
    };
    const settle = (how: () => void) => {
      isSettled = true;
      clearTimeout(timer);
      clearTimeout(giveUp);
      stream.off('data', receive);
      stream.off('close', onClose);
      how();
    };
    const fail = (error: Error) => settle(() => reject(error));
    const onBreak = (error: Error) => fail(explainBreak(hellos, error));
    const onClose = () => onBreak(new UserError('the line to the device was closed'));
    const giveUp = setTimeout(() => fail(fault ?? explainSilence(hellos, patience, kind)), patience);
    stream.on('data', receive);
    stream.on('close', onClose);
    // Never removed: a line that breaks when nobody listens any more is nobody's failure.
    stream.on('error', onBreak);
    if (stream.destroyed) onClose();
    else turn();
  });
}
