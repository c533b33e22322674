/** Frames for a device: valid ones in an order that leads somewhere, hostile ones, and rubbish in between. */

import type { Frame } from '#host/link/frame';
import { encodeFrame } from '#host/link/index';
import type { Storage } from '#host/model/index';
import {
  ErrorPayload,
  MAX_PAYLOAD,
  type MessageName,
  Messages,
  PROBE_LIMIT,
  PROTOCOL,
  ProbeText,
  probe,
  probeBytes,
  REPLY,
  Signal,
  schemaHash,
} from '#host/wire/index';
import { place } from '#host/wire/layout';
import { type DamageName, damages } from './damage.js';
import { Draw } from './draw.js';
import { mutate, spoil } from './hostile.js';
import type { LinkModel } from './link-model.js';
import { ENDLESS } from './probe-model.js';
import { type Numbered, Script } from './script.js';

const shares = {
  valid: 44,
  spoiled: 16,
  mutated: 8,
  unknown: 1,
  hello: 1,
  greeting: 1,
  poll: 1,
  probe: 1,
  foreign: 2,
  early: 2,
  late: 2,
  again: 3,
  noise: 3,
  flipped: 4,
  truncated: 2,
  extended: 2,
  spliced: 2,
  cut: 2,
  unchecked: 2,
  short: 1,
  long: 1,
} as const;

export type ChunkKind = keyof typeof shares;
export const chunkKinds = Object.keys(shares) as readonly ChunkKind[];

/** Bytes for the line: mostly one whole frame, seldom several, none, or a part of one whose rest the next chunk begins with. */
export interface Chunk {
  readonly kind: ChunkKind;
  readonly bytes: Uint8Array;
}

const nameOf = new Map(Object.entries(Messages).map(([name, { code }]) => [code, name as MessageName]));

/** Fields of CONFIGURE and EVALUATE that make work. */
const at = (layout: Parameters<typeof place>[0]) =>
  Object.fromEntries(place(layout).fields.map(({ name, offset }) => [name, offset]));
const configureAt = at(Messages.configure.request.layout);
const { code: CONFIGURE } = Messages.configure;
const { code: EVALUATE } = Messages.evaluate;
const MANY_ITERATIONS = 20;

/** Numbered messages, those with most to go wrong more often. */
const rich: readonly Numbered[] = [
  ...[...nameOf.values()].filter((name) => name !== 'hello' && name !== 'poll'),
  ...(['configure', 'configure', 'train', 'train', 'read', 'write'] as const),
];

export class Corpus {
  readonly #draw: Draw;
  readonly #script: Script;
  /** Requests worth to be changed: they once made the device say something new. */
  readonly #seeds: { readonly type: number; readonly payload: Uint8Array }[] = [];
  #recent: Uint8Array[] = [];
  /** The rest of a frame whose beginning has been sent. */
  #rest: Uint8Array = new Uint8Array(0);
  #last: { readonly type: number; readonly payload: Uint8Array } | undefined;

  /** @param link what session and sequence the device expects */
  constructor(
    seed: number,
    episode: number,
    storage: Storage,
    private readonly link: LinkModel,
  ) {
    this.#draw = new Draw(seed, episode);
    this.#script = new Script(this.#draw, storage);
  }

  next(): Chunk {
    // Where no session is open, little else is worth sending.
    const isClosed = this.link.session === 0 && !this.#draw.once(4);
    const kind = isClosed ? 'greeting' : this.#draw.pickByShare(shares);
    const zeros = new Uint8Array(this.#draw.once(50) ? 3 : 0);
    return { kind, bytes: Buffer.concat([this.#rest, zeros, this.#make(kind), this.#begin()]) };
  }

  /** Now and then the beginning of one more frame. */
  #begin(): Uint8Array {
    if (!this.#draw.once(20)) {
      this.#rest = new Uint8Array(0);
      return this.#rest;
    }
    const sequence = (this.link.expected + this.#draw.below(3)) & 0xffff;
    const encoded = encodeFrame({ ...this.#any(), sequence });
    const cut = this.#draw.between(1, encoded.length - 1);
    this.#rest = encoded.subarray(cut);
    return encoded.subarray(0, cut);
  }

  /** A command that the last chunk had the device run. */
  note({ type, payload }: Frame): void {
    const name = nameOf.get(type);
    if (name && name !== 'hello' && name !== 'poll') this.#script.note(name, payload);
  }

  /** A reply or an error that the last chunk brought about. */
  learn({ type, payload }: Frame, isNew: boolean): void {
    if (type === Signal.error) {
      const { code, limit } = ErrorPayload.decode(payload);
      this.#script.learnRefusal(code, limit);
    } else {
      const name = nameOf.get(type & ~REPLY);
      if (name && type & REPLY) this.#script.learn(name, payload);
    }
    if (isNew && this.#last) this.#seeds.push(this.#last);
  }

  #make(kind: ChunkKind): Uint8Array {
    const draw = this.#draw;
    const { expected } = this.link;
    switch (kind) {
      case 'valid':
      case 'spoiled': {
        const name = kind === 'valid' || draw.once(4) ? this.#script.next() : this.#anyName();
        const values = this.#script.values(name);
        const { code, request } = Messages[name];
        const chosen = kind === 'valid' ? values : spoil(draw, request.layout, values, MAX_PAYLOAD);
        return this.#run(code, (request.encode as (values: unknown) => Uint8Array)(chosen));
      }
      case 'mutated': {
        const { type, payload } = this.#seeds.length > 0 ? draw.pick(this.#seeds) : this.#valid();
        return this.#run(type, mutate(draw, payload, MAX_PAYLOAD));
      }
      case 'unknown':
        return this.#run(draw.below(256), draw.bytes(draw.length(60)));
      case 'hello':
        return this.#hello(mutate(draw, this.#helloPayload(draw.once(4) ? 0 : draw.word()), 40));
      case 'greeting':
        return this.#hello(
          this.#helloPayload(draw.once(4) ? draw.between(1, 0xffff) : this.link.session || 1),
        );
      case 'poll': {
        const payload = draw.bytes(draw.pick([4, 4, 4, 0, 3, 8]));
        return encodeFrame({ ...this.#frame(Messages.poll.code, payload), sequence: draw.below(0x10000) });
      }
      case 'probe':
        return this.#probe();
      case 'foreign':
        return encodeFrame({
          ...this.#any(),
          session: draw.pick([0, this.link.session ^ 1, draw.below(0x10000)]),
        });
      case 'early':
        return encodeFrame({ ...this.#any(), sequence: (expected + draw.pick([1, 2, 9, 0x7fff])) & 0xffff });
      case 'late':
        return encodeFrame({ ...this.#any(), sequence: (expected - draw.pick([1, 2, 5, 0x8000])) & 0xffff });
      case 'again':
        return this.#recent.length > 0 ? draw.pick(this.#recent) : Uint8Array.of(0);
      default:
        return this.#damaged(kind);
    }
  }

  /** One whole, or begun twice, or with other bytes in it; now and then behind some that make it none, or too many. */
  #probe(): Uint8Array {
    const draw = this.#draw;
    const { begin, end } = ProbeText;
    const inside = draw.once(2) ? probeBytes : draw.bytes(draw.length(PROBE_LIMIT + 40));
    const before = draw.pick([0, 0, 0, 0, 0, 1, 7, ENDLESS, ENDLESS + 700]);
    return Buffer.concat([
      Buffer.alloc(before, 'E'),
      ...(draw.once(3) ? [probe.subarray(1)] : []),
      Buffer.from(draw.once(6) ? `${begin}${begin}` : begin),
      inside,
      Buffer.from(end),
      Uint8Array.of(0),
    ]);
  }

  #damaged(kind: DamageName): Uint8Array {
    return damages[kind](this.#draw, this.#any(), this.#any());
  }

  #anyName(): Numbered {
    return this.#draw.pick(rich);
  }

  #valid() {
    const name = this.#script.next();
    const { code, request } = Messages[name];
    const payload = (request.encode as (values: unknown) => Uint8Array)(this.#script.values(name));
    return { type: code, payload: this.#tame(code, payload) };
  }

  #any(): Frame {
    const { type, payload } = this.#valid();
    return this.#frame(type, payload);
  }

  #frame(type: number, payload: Uint8Array): Frame {
    return { type, session: this.link.session, sequence: this.link.expected, payload };
  }

  #helloPayload(session: number): Uint8Array {
    const schema = this.#draw.once(30) ? this.#draw.word() : schemaHash;
    return Messages.hello.request.encode({ schema, protocol: PROTOCOL, session });
  }

  #hello(payload: Uint8Array): Uint8Array {
    this.#last = { type: Messages.hello.code, payload };
    return encodeFrame(this.#frame(Messages.hello.code, payload));
  }

  /** The frame of a request that will be run. */
  #run(type: number, payload: Uint8Array): Uint8Array {
    const tame = this.#tame(type, payload);
    this.#last = { type, payload: tame };
    const bytes = encodeFrame(this.#frame(type, tame));
    this.#recent = [...this.#recent.slice(-7), bytes];
    return bytes;
  }

  /** Valid requests may take hours: most must not ask for many iterations. */
  #tame(type: number, payload: Uint8Array): Uint8Array {
    if ((type !== CONFIGURE && type !== EVALUATE) || this.#draw.once(20_000)) return payload;
    const bytes = payload.slice();
    const places = type === CONFIGURE ? [configureAt.freeIterations, configureAt.nudgedIterations] : [0];
    const view = new DataView(bytes.buffer);
    for (const place of places)
      if (place + 2 <= bytes.length)
        view.setUint16(place, view.getUint16(place, true) % MANY_ITERATIONS, true);
    return bytes;
  }
}
