/**
 * The wire, defined once: each export of this file is a part of it, the numbers of `numbers.ts` among them. The host's
 * codecs are these objects; the device's accessors (`assembly/messages/wire.ts`) are generated from them, and both carry
 * the hash of this definition.
 *
 * A frame, before COBS: type `u8`, session `u16`, sequence `u16`, payload, CRC-32 `u32`. The CRC is seeded with
 * the schema hash, except for the *frozen* messages (HELLO and errors), whose layout never changes, so that any
 * two versions can say why they disagree.
 */
import { type Codec, codec, type Layout } from './layout.js';
import { MAX_REPLY } from './numbers.js';

export { ConnectionKind } from './kinds.js';
export * from './numbers.js';
export { PROBE_LIMIT, PROBE_MASK, ProbeSign } from './probe.js';

/**
 * A layer of CONFIGURE: units in channels × rows × columns, channels last. `biasEach`: whether a channel has one bias, or
 * each unit.
 */
export const LayerRecord = codec({
  channels: 'u16',
  rows: 'u16',
  columns: 'u16',
  biasEach: 'u8',
  padding: 'u8',
});
/**
 * A connection of CONFIGURE, between layer `pre` and a later one; a lateral one within a layer. `fraction`: fractional bits of
 * its weights; `rule`: a `Rule`; `fixed`: whether they are left as they are; `ways`: one of `Ways`. The last five are its kind's own.
 */
export const ConnectionRecord = codec({
  kind: 'u8',
  pre: 'u8',
  post: 'u8',
  fraction: 'u8',
  rule: 'u8',
  fixed: 'u8',
  ways: 'u8',
  padding: 'u8',
  first: 'u16',
  second: 'u16',
  third: 'u16',
  fourth: 'u16',
  fifth: 'u16',
});

/** The layout of no reply, or of an empty one. */
type NoFields = Readonly<Record<never, never>>;

export interface Message<
  Q extends Layout = Layout,
  R extends Layout = Layout,
  Quiet extends boolean = boolean,
> {
  readonly code: number;
  /** True where the link answers it: no command, so that nothing runs it without one. */
  readonly isLinks: boolean;
  /**
   * Quiet messages are acknowledged but not replied to: a refusal is told in the place of the next reply, and what would
   * have been replied to does not run.
   */
  readonly quiet: Quiet;
  readonly request: Codec<Q>;
  readonly reply: Codec<R>;
}

function message<const Q extends Layout, const R extends Layout>(
  code: number,
  request: Q,
  reply: R,
): Message<Q, R, false> {
  return { code, isLinks: false, quiet: false, request: codec(request), reply: codec(reply) };
}

function linkMessage<const Q extends Layout, const R extends Layout>(
  code: number,
  request: Q,
  reply: R,
): Message<Q, R, false> {
  return { ...message(code, request, reply), isLinks: true };
}

function quietMessage<const Q extends Layout>(code: number, request: Q): Message<Q, NoFields, true> {
  return { code, isLinks: false, quiet: true, request: codec(request), reply: codec({}) };
}

export const Messages = {
  /** Opens a session. Frozen. */
  hello: linkMessage(
    0x01,
    { schema: 'u32', protocol: 'u16', session: 'u16' },
    {
      kernel: 'u64',
      digest: 'u64',
      schema: 'u32',
      arena: 'u32',
      window: 'u32',
      step: 'u32',
      protocol: 'u16',
      maxPayload: 'u16',
      replySlots: 'u8',
      weightBits: 'u8',
      stateBits: 'u8',
      configured: 'u8',
    },
  ),
  /**
   * Asks where the device stands. Never numbered; the reply's sequence is the next that the device expects. What was
   * sent before the poll and is neither run nor held was lost.
   */
  poll: linkMessage(0x02, { id: 'u32' }, { /** As in `MissingPayload`. */ held: 'u64', id: 'u32' }),
  /**
   * Lays the network out in the arena. `epsilon` and `nudge` have 12 fractional bits; `records` are a `LayerRecord` a
   * layer, input first and output last, then a `ConnectionRecord` a connection. The weights are undefined until INITIALISE
   * or LOAD.
   */
  configure: message(
    0x03,
    {
      seed: 'u32',
      epsilon: 'u16',
      nudge: 'u16',
      freeIterations: 'u16',
      nudgedIterations: 'u16',
      batch: 'u16',
      /** Deviation of the noise that a step of Euler's method adds: 16 fractional bits, in units of what is drawn (`DRAWN_DEVIATION`); 0: none. */
      noise: 'u16',
      /** An example whose label's output is greater than any other by as much is not nudged: 12 fractional bits; 0: all are. */
      margin: 'u16',
      /**
       * β_x, how strongly layer 1, a unit a pixel, is pulled towards the image in all phases: 8 fractional bits; 0: it is not.
       */
      inputPull: 'u16',
      stateFraction: 'u8',
      relaxation: 'u8',
      rounding: 'u8',
      options: 'u8',
      /** How strong the pixels are that dropout leaves a minibatch, in quarters; 4: it leaves all. */
      inputScale: 'u8',
      layers: 'u8',
      connections: 'u8',
      /** Rows and columns that a minibatch's images are moved by, at most. */
      shift: 'u8',
      /** Bits of `NoiseForm`. */
      noiseForm: 'u8',
      /** Powers of two that a pixel is sent as, at most, the greatest first; 0: it is sent whole. */
      pixelSpikes: 'u8',
      records: ['u8'],
    },
    // `parts` are the bytes of `needed`, one an `ArenaPart`.
    { needed: 'u32', arena: 'u32', weights: 'u32', biases: 'u32', units: 'u32', parts: ['u32'] },
  ),
  /**
   * Draws the weights uniformly within ± limit, zeroes the biases. A limit a connection: 24 fractional bits in bits 0–26; the
   * bits above are how many connections before it the one is whose random words it shares, 0 for its own.
   */
  initialise: message(0x04, { limits: ['u32'] }, { digest: 'u64' }),
  /** Stores elements of a tensor, little-endian. Writing a parameter undefines the step until LOAD. */
  write: quietMessage(0x05, { offset: 'u32', index: 'u16', tensor: 'u8', padding: 'u8', data: ['u8'] }),
  read: message(
    0x06,
    { offset: 'u32', index: 'u16', count: 'u16', tensor: 'u8', padding: 'u8' },
    { data: ['u8'] },
  ),
  /** Declares the written parameters whole, if their digest is the one given, and sets the step. */
  load: message(0x07, { digest: 'u64', step: 'u32' }, { digest: 'u64' }),
  /** Puts an example into a slot of the minibatch, its image packed (`packImage`). */
  sample: quietMessage(0x08, { slot: 'u16', label: 'u16', image: ['u8'] }),
  /**
   * Trains on slots 0 … samples − 1, if the device stands at `step`. `rates` are a gain a connection, a decay a
   * connection, then a gain of the biases of each free layer. A gain is mantissa · 2^−exponent, the mantissa in bits 0–15, the exponent (16 … 32) in
   * the bits above; a decay is the fraction of each weight taken away (by L1 that of 1), 32 fractional bits.
   */
  train: message(
    0x09,
    { step: 'u32', samples: 'u16', nudging: 'u16', rates: ['u32'] },
    {
      states: 'u64',
      outputs: 'u64',
      weights: 'u64',
      cost: 'u64',
      step: 'u32',
      freeIterations: 'u32',
      nudgedIterations: 'u32',
      saturations: 'u32',
      unsettled: 'u32',
      /** Examples that were nudged. */
      nudged: 'u32',
      predictions: ['u8'],
    },
  ),
  /** Relaxes slots 0 … samples − 1 free, for as many iterations, and predicts. */
  evaluate: message(
    0x0a,
    { iterations: 'u16', samples: 'u16' },
    {
      states: 'u64',
      outputs: 'u64',
      cost: 'u64',
      freeIterations: 'u32',
      unsettled: 'u32',
      predictions: ['u8'],
    },
  ),
  statistics: linkMessage(
    0x0b,
    {},
    {
      digest: 'u64',
      samples: 'u64',
      /** Multiply-accumulates of relaxation and contrasts since the device started. */
      products: 'u64',
      step: 'u32',
      needed: 'u32',
      arena: 'u32',
      saturations: 'u32',
      frames: 'u32',
      damaged: 'u32',
      /** Requests that came before their turn. */
      early: 'u32',
      repeats: 'u32',
      /** Most bytes of stack used since the device started, and those there are; 0 where it has none to tell of. */
      stackUsed: 'u32',
      stackSize: 'u32',
    },
  ),
  /** Forgets the model. */
  reset: message(0x0c, {}, {}),
} as const;

export type MessageName = keyof typeof Messages;
export type RequestOf<N extends MessageName> = Parameters<(typeof Messages)[N]['request']['encode']>[0];
export type ReplyOf<N extends MessageName> = ReturnType<(typeof Messages)[N]['reply']['decode']>;

/** Bytes of the largest payload that can answer a request: its reply's, or an error's. */
export function mostReplied<N extends MessageName>(name: N, values: RequestOf<N>): number {
  const { layout, size } = Messages[name].reply;
  const hasTail = Object.values(layout).some((field) => typeof field !== 'string');
  const tail = 'samples' in values ? values.samples : hasTail ? MAX_REPLY - size : 0;
  return Math.max(size + tail, ErrorPayload.size);
}

/**
 * The request that came last, and the held ones among the next, from the expected one on: bit 0 is that one's. Told with
 * each of those that comes while one before it is missing, and of the first damage after a whole frame.
 */
export const MissingPayload = codec({ held: 'u64', latest: 'u16' });

/** An error's payload. Frozen. Numbers that a code does not use are zero. */
export const ErrorPayload = codec({ value: 'u32', limit: 'u32', place: 'u32', code: 'u16', request: 'u16' });

/** Errors by name, and how their numbers read: `{value}`, `{limit}`, `{place}`. */
export const Errors = {
  schemaMismatch: [1, 'the device speaks schema {value}, not {limit}'],
  unknownSession: [
    2,
    'the device knows session {limit}, not {value}: it was reset, or another host opened it',
  ],
  unknownMessage: [3, 'the device does not know message type {value}'],
  badLength: [4, 'a payload of {value} bytes does not fit: {limit} are its bound'],
  notConfigured: [5, 'no network is configured'],
  badLayers: [6, '{value} layers, between 2 and {limit} are possible'],
  badSize: [7, 'layer {place} has {value} units, between 1 and {limit} are possible'],
  /** Places: of a connection, or the number of connections for the states, one more for both together. */
  badFormat: [8, 'format number {place} has {value} fractional bits, at most {limit} are possible'],
  /** Places are those of `Parameter`. */
  badParameter: [9, 'parameter {place} is {value}, outside its range, which ends at {limit}'],
  arenaTooSmall: [10, 'the network needs {value} bytes, the arena has {limit}'],
  noWeights: [11, 'the weights are neither initialised nor loaded'],
  badSlot: [12, 'slot {value}, the minibatch has {limit}'],
  badImage: [13, 'the packed image of slot {place} spells {value} pixels, {limit} were expected'],
  badLabel: [14, 'label {value} in slot {place}, the network has {limit} outputs'],
  missingSample: [15, 'slot {place} holds no example'],
  badTensor: [16, 'there is no tensor {value}'],
  badRange: [17, 'elements up to {value} of a tensor of {limit}'],
  stepGap: [18, 'minibatch {value} was sent, the device stands at {limit}'],
  alreadyApplied: [19, 'minibatch {value} was already applied, the device stands at {limit}'],
  /** Places: connections from 0 on, then the layers' biases. */
  badGain: [20, 'gain number {place} has exponent {value}, between 16 and {limit} are possible'],
  digestMismatch: [21, 'the loaded parameters have digest …{value}, not …{limit} (low words)'],
  fault: [22, 'the device stopped at address {place} ({value}) and started anew: its weights are lost'],
  badConnections: [30, '{value} connections, between 1 and {limit} are possible'],
  badConnection: [
    31,
    'connection {place} ends in layer {value}: it must come after the one it begins in, {limit} is the last',
  ],
  badKind: [32, 'connection {place} is of kind {value}, this device knows those up to {limit}'],
  badWords: [33, 'a number that describes connection {place} or its layers is {value}, {limit} would fit'],
  /** The value is a kind or an `Ability`; the limit has a bit for each that is there. */
  partLeftOut: [34, 'this firmware leaves out {value}, which connection {place} needs: it has {limit}'],
  badSum: [
    35,
    "a minibatch's sums of connection {place} take {value} bits, at most {limit} are possible: fewer slots or coarser states take fewer",
  ],
  lateralExact: [
    36,
    'connection {place} joins the units of layer {value} with each other: exact relaxation minimises a layer at once, euler does not',
  ],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

export type ErrorName = keyof typeof Errors;
