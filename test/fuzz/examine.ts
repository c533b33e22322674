/** Feeds a device its corpus, and holds all it does against what it may do. */

import { DeviceError } from '#host/endpoint/index';
import { kernelIdentity } from '#host/kernel/index';
import { type Frame, FrameSplitter } from '#host/link/frame';
import { decodeFrame, encodeFrame } from '#host/link/index';
import type { Storage } from '#host/model/index';
import {
  ErrorPayload,
  MAX_CONNECTIONS,
  type MessageName,
  Messages,
  MissingPayload,
  NO_STEP,
  PROTOCOL,
  REPLY,
  Signal,
  schemaHash,
} from '#host/wire/index';
import { type Chunk, type ChunkKind, Corpus } from './corpus.js';
import { measurer, WatchedDevice } from './device.js';
import { Draw } from './draw.js';
import { type ExpectedAnswer, LinkModel, type Verdict } from './link-model.js';
import { ProbeModel } from './probe-model.js';
import type { Tally } from './tally.js';

export const WINDOW = 4096;
/** Frames of one device, from its start. */
export const EPISODE = 10_000;
/** Frames between two looks at all of the memory. */
const LOOK = 64;

/** Bytes of arena that most networks of the corpus fit in. */
const ROOMY = new Array<number>(21).fill(24_000);

/** The module as it is fed, for whoever wants the same. */
export interface Listener {
  start(memoryBytes: number, arena: number): void;
  fed(bytes: Uint8Array, answers: readonly Uint8Array[]): void;
}

const { hello, configure, initialise, write, load, sample, train, evaluate, statistics, reset } = Messages;
/** Commands that write to the arena. */
const writers = new Set<number>(
  [configure, initialise, write, load, sample, train, evaluate].map(({ code }) => code),
);
/** Those among them that may when they are refused: a half-read image, a network that does not fit. */
const halfDone = new Set<number>([configure, write, sample, load].map(({ code }) => code));
/** Commands that change what HELLO tells of the model. */
const changers = new Set<number>([configure, initialise, write, load, train, reset].map(({ code }) => code));
const nameOf = new Map(Object.entries(Messages).map(([name, { code }]) => [code, name as MessageName]));

class Examination {
  readonly #link: LinkModel;
  readonly #device: WatchedDevice;
  readonly #corpus: Corpus;
  readonly #probes = new ProbeModel();
  #splitter = new FrameSplitter();
  readonly #arena: Buffer;
  readonly #identity: bigint;
  /** Answers of this episode, which must not depend on others. */
  readonly #seen = new Set<string>();
  /** As last told, until a command changes it. */
  #model: { readonly digest: bigint; readonly step: number; readonly configured: boolean } | undefined;

  constructor(
    module: WebAssembly.Module,
    private readonly storage: Storage,
    seed: number,
    episode: number,
    private readonly tally: Tally,
    private readonly listener: Listener | undefined,
    room: number | undefined,
  ) {
    // Now and then there is room for next to nothing.
    const arena = room ?? new Draw(seed, ~episode).pick([...ROOMY, 3000, 1001, 0]);
    this.#device = new WatchedDevice(module, arena, WINDOW);
    this.#link = new LinkModel(WINDOW, arena, measurer(module, arena));
    this.#corpus = new Corpus(seed, episode, storage, this.#link);
    this.#arena = Buffer.from(this.#device.network);
    this.#identity = kernelIdentity(storage);
    listener?.start(this.#device.memoryBytes, arena);
  }

  run(frames: number): void {
    for (let frame = 0; frame < frames; frame++) {
      const chunk = this.#corpus.next();
      try {
        this.#feed(chunk, frame % LOOK === LOOK - 1);
      } catch (error) {
        const hex = Buffer.from(chunk.bytes).toString('hex');
        throw new Error(`frame ${frame} (${chunk.kind}): ${(error as Error).message}\n${hex}`, {
          cause: error,
        });
      }
    }
    this.#finish();
  }

  /** However it was treated, the device answers, and its digest is that of its parameters. */
  #finish(): void {
    const session = 0xbeef;
    const request = hello.request.encode({ schema: schemaHash, protocol: PROTOCOL, session });
    const { configured, step, digest } = hello.reply.decode(this.#ask(hello.code, request, session));
    if (!configured) return;
    let sum = digest;
    if (step === NO_STEP) {
      const limits = initialise.request.encode({ limits: new Array<number>(MAX_CONNECTIONS).fill(1 << 24) });
      sum = initialise.reply.decode(this.#ask(initialise.code, limits, session)).digest;
    }
    // LOAD adds the digest up anew.
    this.#ask(load.code, load.request.encode({ digest: sum, step: 1 }), session);
  }

  /** The payload of the reply. */
  #ask(type: number, payload: Uint8Array, session: number): Uint8Array {
    const encoded = encodeFrame({ type, session, sequence: this.#link.expected, payload });
    // The leading zero ends a frame of which only a part has come.
    const bytes = Buffer.concat([Uint8Array.of(0), encoded]);
    const answer = this.#feed({ kind: 'greeting', bytes }, true).at(-1);
    if (answer?.type !== (type | REPLY))
      throw new Error(`${nameOf.get(type)} is answered with ${answer?.type}`);
    return answer.payload;
  }

  #feed({ kind, bytes }: Chunk, look: boolean): Frame[] {
    const start = performance.now();
    const answers = this.#device.feed(bytes);
    this.tally.fed(kind, performance.now() - start);
    this.listener?.fed(bytes, answers);
    const frames: Frame[] = [];
    let heard = 0;
    const ran: number[] = [];
    const refused: number[] = [];
    // One by one: what a frame is answered with may depend on the answer before.
    for (const verdict of this.#judge(bytes)) {
      if (Buffer.isBuffer(verdict)) {
        const answer = answers[heard++];
        if (!answer || Buffer.compare(answer, verdict) !== 0)
          throw new Error('a probe is answered otherwise');
        continue;
      }
      if (verdict.ran) {
        ran.push(verdict.ran.type);
        this.#corpus.note(verdict.ran);
        if (changers.has(verdict.ran.type)) this.#model = undefined;
      }
      if (!verdict.answer) continue;
      const frame = this.#check(answers[heard++], verdict.answer, verdict.ran !== undefined, kind);
      frames.push(frame);
      if (verdict.ran && frame.type === Signal.error)
        refused.push(ErrorPayload.decode(frame.payload).request);
    }
    if (answers.length > heard) throw new Error(`${answers.length} answers, ${heard} were expected`);
    this.#compareArena(ran, refused);
    if (look) {
      const damage = this.#device.firstDamage();
      if (damage >= 0) throw new Error(`byte ${damage} was written to`);
    }
    return frames;
  }

  /** Answers to these bytes by the link's rules; and whole ones, to probes. */
  *#judge(bytes: Uint8Array): Generator<Verdict | Buffer> {
    for (const part of this.#probes.hear(bytes)) {
      if ('answer' in part) {
        this.#splitter = new FrameSplitter();
        yield part.answer;
      } else
        for (const encoded of this.#splitter.split(part.frames)) yield* this.#link.hear(decodeFrame(encoded));
    }
    const piece = bytes.subarray(bytes.length - 1 - ((bytes.length - 1) % this.#device.inputCapacity));
    // Requests put off run where a frame ends, if no more of them have come.
    if (piece.includes(0)) yield* this.#link.rest();
  }

  #check(answer: Uint8Array | undefined, expected: ExpectedAnswer, hasRun: boolean, kind: ChunkKind): Frame {
    if (!answer) throw new Error(`no answer, ${written(expected)} was expected`);
    if (answer.indexOf(0) !== answer.length - 1) throw new Error('a zero within an answer');
    const frame = decodeFrame(answer.subarray(0, -1));
    if (!frame) throw new Error('a damaged answer');
    const { type, session, sequence, payload } = frame;
    if (!expected.types.includes(type) || session !== this.#link.session || sequence !== expected.sequence)
      throw new Error(`an answer ${JSON.stringify([type, session, sequence])}, not ${written(expected)}`);
    if (expected.payload && Buffer.compare(payload, expected.payload) !== 0)
      throw new Error('a kept reply has changed');
    if (expected.types.length > 1) this.#link.keep(frame);
    const answered = this.tally.answered(frame);
    const isNew = !this.#seen.has(answered);
    this.#seen.add(answered);
    this.#read(frame, isNew);
    if (expected.held !== undefined) compareHeld(frame, expected);
    if (type === (statistics.code | REPLY) && !expected.payload) compareCounters(payload, expected);
    // An answer to a damaged frame teaches nothing.
    if (hasRun || kind === 'greeting' || kind === 'hello') this.#corpus.learn(frame, isNew);
    return frame;
  }

  /** Reads a payload as a host does. */
  #read({ type, payload }: Frame, isNew: boolean): void {
    if (type === Signal.error) {
      // Errors take long to make.
      if (isNew && !DeviceError.decode(payload).error) throw new Error('an error without a name');
      return;
    }
    const name = nameOf.get(type & ~REPLY);
    if (!name || type < REPLY) return;
    Messages[name].reply.decode(payload);
    if (type === (hello.code | REPLY)) this.#readHello(hello.reply.decode(payload));
  }

  #readHello({ kernel, schema, ...told }: ReturnType<typeof hello.reply.decode>): void {
    if (kernel !== this.#identity || schema !== schemaHash || told.weightBits !== this.storage)
      throw new Error('another identity');
    const model = { digest: told.digest, step: told.step, configured: told.configured === 1 };
    const before = this.#model;
    if (
      before &&
      (before.digest !== model.digest || before.step !== model.step || before.configured !== model.configured)
    )
      throw new Error('the model has changed, and no command has changed it');
    this.#model = model;
  }

  /** The arena changes only by commands that write to it, and none that was refused. */
  #compareArena(ran: readonly number[], refused: readonly number[]): void {
    if (Buffer.compare(this.#arena, this.#device.network) === 0) return;
    this.#device.network.copy(this.#arena);
    const times = (types: readonly number[], one: number) => types.filter((type) => type === one).length;
    const hasRun = (type: number) => halfDone.has(type) || times(ran, type) > times(refused, type);
    if (!ran.some((type) => writers.has(type) && hasRun(type)))
      throw new Error('the arena has changed, and no command has changed it');
  }
}

function written({ held, ...expected }: ExpectedAnswer): string {
  return JSON.stringify({ ...expected, held: held?.toString() });
}

/** Contents of a poll's answer or a gap's. */
function compareHeld({ type, payload }: Frame, { held, latest }: ExpectedAnswer): void {
  const told: { readonly held: bigint; readonly latest?: number } =
    type === Signal.missing ? MissingPayload.decode(payload) : Messages.poll.reply.decode(payload);
  if (told.held !== held || told.latest !== latest)
    throw new Error(`${told.held}, ${told.latest} are told to be held and latest, not ${held}, ${latest}`);
}

function compareCounters(payload: Uint8Array, { counters }: ExpectedAnswer): void {
  const { frames, damaged, early, repeats } = statistics.reply.decode(payload);
  const told = JSON.stringify({ frames, damaged, early, repeats });
  const counted = JSON.stringify(counters);
  if (told !== counted) throw new Error(`statistics tell ${told}, not ${counted}`);
}

/**
 * One device's life, from its start. Throws where it does what it must not.
 * @param arena bytes; without it, any that the episode draws
 */
export function runEpisode(
  module: WebAssembly.Module,
  storage: Storage,
  seed: number,
  episode: number,
  frames: number,
  tally: Tally,
  listener?: Listener,
  arena?: number,
): void {
  try {
    new Examination(module, storage, seed, episode, tally, listener, arena).run(frames);
  } catch (error) {
    throw new Error(`seed ${seed}, episode ${episode}: ${(error as Error).message}`, { cause: error });
  }
}
