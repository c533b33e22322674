/** Numbers of the wire: its bounds, and what its fields' values mean. A part of the schema. */

export const PROTOCOL = 3;

/** Bytes around a payload. */
export const HEADER = 5;
export const TRAILER = 4;
/** Largest payload of a request: an image that does not pack fits. */
export const MAX_PAYLOAD = 1024;
/** Largest payload of a reply: the predictions of a whole minibatch fit. */
export const MAX_REPLY = 576;
/** Replies of the largest size that the device keeps to send again; of smaller ones as many as fill the same room. */
export const REPLY_SLOTS = 4;
/** Largest number of layers, input and output counted: a bit each in 16. */
export const MAX_LAYERS = 16;
/** Their records fit a payload beside as many layers'. */
export const MAX_CONNECTIONS = 32;
/** Most units of a layer. */
export const MAX_UNITS = 65535;
/** Largest number of outputs: a prediction travels as a byte. */
export const MAX_OUTPUTS = 256;
/** Largest minibatch: for as many samples the contrast of an 8-bit input fits 32 bits. */
export const MAX_BATCH = 512;
/** Most bits of a contrast, whose product with a gain's mantissa is rounded in 62. */
export const MAX_SUM_BITS = 46;
/** Most rows and columns that images are shifted by. */
export const MAX_SHIFT = 3;
/** Bits of an initial limit in its word of INITIALISE: above stands how many connections earlier the one is whose draws it shares. */
export const LIMIT_BITS = 27;
/** A model's step before weights were initialised or loaded. */
export const NO_STEP = 0xffff_ffff;

/** Set in the type of a reply. */
export const REPLY = 0x80;

/** Tensors that a WRITE or READ addresses. Weights and biases count through the network: connection 0 first. */
export const Tensor = { weights: 0, biases: 1, start: 2, free: 3, plus: 4, minus: 5 } as const;

/** Uses of a network's bytes of arena. */
export const ArenaPart = { weights: 0, biases: 1, states: 2, drives: 3, images: 4, contrasts: 5 } as const;

export const Relaxation = { euler: 0, exact: 1, spiking: 2 } as const;
export const Rounding = { stochastic: 0, nearest: 1 } as const;
/** Names for the numbers of parameters in errors. */
export const Parameter = {
  epsilon: 1,
  batch: 2,
  relaxation: 3,
  rounding: 4,
  nudging: 5,
  nudge: 6,
  freeIterations: 7,
  nudgedIterations: 8,
  limit: 9,
  inputScale: 10,
  shift: 11,
  noise: 12,
  noiseForm: 13,
  margin: 14,
  centred: 15,
  pixelSpikes: 16,
  inputPull: 17,
} as const;
/** Why a device gave up; the first ones are the numbers that wasm2c gives its traps. */
export const Fault = {
  outOfBounds: 1,
  integerOverflow: 2,
  divisionByZero: 3,
  invalidConversion: 4,
  unreachable: 5,
  indirectCall: 6,
  exception: 16,
  watchdog: 17,
  stackOverflow: 18,
} as const;
/** Uses of random numbers. Streams never share numbers. */
export const Stream = {
  weights: 0,
  rounding: 1,
  order: 2,
  sign: 3,
  decay: 4,
  fields: 5,
  dropout: 6,
  shift: 7,
  noise: 8,
} as const;
/** Which phases follow the free one. */
export const Nudging = { positive: 0, negative: 1, centered: 2, clamped: 3 } as const;
/**
 * Rules that change the weights of a connection. `presynaptic`: the free rate of the layer that sends times the change of the
 * one that receives; of a connection that goes both ways `pre` is the one that sends. `rates`: the same step by step along the
 * nudged phases, each rate as it is then.
 */
export const Rule = { contrast: 0, presynaptic: 1, rates: 2 } as const;
/** Which way a connection sends: both, its weights tied, to `post` alone, or back to `pre` alone. */
export const Ways = { both: 0, forth: 1, back: 2 } as const;
/** Abilities that firmware may leave out, by the number that stands for each beside those of kinds. */
export const Ability = {
  oneWay: 16,
  clamped: 17,
  noise: 18,
  rates: 19,
  centred: 20,
  spikes: 21,
  /** An input that is pulled towards its image, not held at it. */
  pulledInput: 22,
  /** Decay by L1. */
  l1: 23,
} as const;
/** Bits of the form that noise has: none of them is Langevin's, each nudged phase with noise of its own. */
export const NoiseForm = {
  /** Units send their states with noise, and follow their drives without. */
  leaky: 1,
  /** Both nudged phases see the same noise. */
  shared: 2,
} as const;
/** Option bits of CONFIGURE. */
export const Option = {
  /** Recompute every drive from all rates instead of following the changes: the portable, slow form. */
  dense: 1,
  /** Phases start from the states sent with each sample instead of from zero. */
  persistent: 2,
  /** The part along the mean of the first minibatch is taken out of what the first connection, the only one from the input, learns. */
  centred: 4,
  /** A decay takes from every weight what it would take from one of size 1, and no more than there is: the penalty Σ |W| in the place of ½ Σ W². */
  l1: 8,
} as const;

/** Frames that only the device sends; their sequence is the next one it expects. */
export const Signal = { acknowledge: 0x40, missing: 0x41, error: 0x42 } as const;

/** Requests from the expected one on of which a device tells whether it holds them: the bits of `held`. */
export const TOLD_REQUESTS = 64;
