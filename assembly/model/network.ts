// The network: a graph of layers and connections, and where each of its tensors lies in the arena.
import { addDigests, Digested, digestKey, digestRow } from '../arithmetic/digest';
import { randomKey, randomWord } from '../arithmetic/random';
import { clearSaturations, roundNearest, saturateWeight } from '../arithmetic/rounding';
import { ArenaPart, MAX_LAYERS, NO_STEP, Stream } from '../endpoint/wire';
import { allocate, allocateOwn, arenaCapacity, arenaUsed, clearArena, zero } from '../memory/arena';
import { self, TEAM_LIMIT } from '../memory/team';
import { Connection, mirrorWeights, scaleUpTo } from './connection';
import { layOutFields, sees } from './fields';
import { Layer } from './layer';
import { layOutMinibatch } from './minibatch';

const MAX_CONNECTIONS: i32 = MAX_LAYERS - 1;

/** Each thread has its own: states and drives are. */
let layers: usize = memory.data(TEAM_LIMIT * MAX_LAYERS * offsetof<Layer>(), 4);
let connections: usize = memory.data(TEAM_LIMIT * MAX_CONNECTIONS * offsetof<Connection>(), 4);

/** Layers, input included; 0 before a network is configured. */
export let layerCount: i32 = 0;
export let connectionCount: i32 = 0;
/** Units of all free layers. */
export let unitCount: i32 = 0;
export let weightCount: u32 = 0;
export let biasCount: u32 = 0;

/** Fractional bits of the finest weights, of states, and of their products: the drives. */
export let weightFraction: i32 = 0;
export let stateFraction: i32 = 0;
export let driveFraction: i32 = 0;
/** How many fewer a bias has than a drive: its 32 bits are too few for a 64-bit drive's. */
export let biasShift: i32 = 0;
/** Of a pixel: byte/256. */
export const PIXEL_FRACTION: i32 = 8;

/** Recompute every drive from all rates instead of following the changes. */
export let dense: bool = false;
export let seed: u32 = 0;

/** Minibatches applied, or NO_STEP while the weights are undefined: clearNetwork() sets it before anything else. */
export let step: u32 = 0;
/** Digest of all parameters, kept up to date by whatever changes one. */
export let parameterDigest: u64 = 0;

export function layer(index: i32): Layer {
  return changetype<Layer>(layers + index * offsetof<Layer>());
}

export function connection(index: i32): Connection {
  return changetype<Connection>(connections + index * offsetof<Connection>());
}

/** A helper describes the network for itself. */
export function joinNetwork(): void {
  layers += self * MAX_LAYERS * offsetof<Layer>();
  connections += self * MAX_CONNECTIONS * offsetof<Connection>();
}

export function outputLayer(): Layer {
  return layer(layerCount - 1);
}

export function setStep(value: u32): void {
  step = value;
}

export function addToDigest(change: u64): void {
  parameterDigest = addDigests(parameterDigest, change);
}

export function takeDigest(digest: u64): void {
  parameterDigest = digest;
}

/** Forgets the network. */
export function clearNetwork(): void {
  layerCount = 0;
  connectionCount = 0;
  unitCount = 0;
  weightCount = 0;
  biasCount = 0;
  step = NO_STEP;
  parameterDigest = 0;
  clearArena();
  clearSaturations();
}

function setFormats(fractions: usize, states: i32): void {
  weightFraction = finest(fractions, connectionCount);
  stateFraction = states;
  driveFraction = weightFraction + states;
  biasShift = sizeof<Drive>() == 8 ? states : 0;
  for (let k = 0; k < connectionCount; k++) {
    connection(k).fraction = load<u16>(fractions + (k << 1));
  }
}

/** The most of u16[count]. */
export function finest(fractions: usize, count: i32): i32 {
  let most = 0;
  for (let k = 0; k < count; k++) most = max(most, i32(load<u16>(fractions + (k << 1))));
  return most;
}

/**
 * Joins `count` layers in a chain, and counts the bytes that takes. `shape`: their sizes, then the fractional bits of the
 * weights between them, u16 each.
 */
export function describeNetwork(
  shape: usize,
  count: i32,
  states: i32,
  batch: i32,
  isDense: bool,
  withSeed: u32,
): u64 {
  layerCount = count;
  connectionCount = count - 1;
  dense = isDense;
  seed = withSeed;
  unitCount = 0;
  setFormats(shape + (count << 1), states);
  for (let k = 0; k < count; k++) {
    const l = layer(k);
    l.size = load<u16>(shape + (k << 1));
    l.firstUnit = unitCount;
    if (k > 0) unitCount += l.size;
  }
  let parameters: u32 = 0;
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    c.pre = layer(k);
    c.post = layer(k + 1);
    c.firstParameter = parameters;
    parameters += c.pre.size * c.post.size;
  }
  weightCount = parameters;
  for (let k = 1; k < count; k++) {
    layer(k).firstParameter = parameters;
    parameters += layer(k).size;
  }
  biasCount = parameters - weightCount;
  return layOut(batch);
}

function layOut(batch: i32): u64 {
  clearArena();
  let widest = 0;
  let coarsest = weightFraction;
  for (let k = 0; k < layerCount; k++) widest = max(widest, layer(k).size);
  for (let k = 0; k < connectionCount; k++) coarsest = min(coarsest, connection(k).fraction);
  const room = coarsest < weightFraction ? u64(widest) << alignof<State>() : 0;
  scaleUpTo(weightFraction, allocateOwn(ArenaPart.states, room));
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    const bytes = (u64(c.pre.size) * c.post.size) << alignof<Weight>();
    c.weights = allocate(ArenaPart.weights, bytes);
    // Vectors want rows, and nothing is sent back to the input.
    c.mirror = ASC_FEATURE_SIMD && k > 0 ? allocate(ArenaPart.weights, bytes) : 0;
  }
  for (let k = 0; k < layerCount; k++) {
    const l = layer(k);
    l.changes = allocateOwn(ArenaPart.states, u64(l.size) << alignof<State>());
    if (k == 0) continue;
    l.states = allocateOwn(ArenaPart.states, u64(l.size) << alignof<State>());
    l.drives = allocateOwn(ArenaPart.drives, u64(l.size) << alignof<Drive>());
    l.biases = allocate(ArenaPart.biases, u64(l.size) << 2);
    l.clamped = dense ? allocateOwn(ArenaPart.drives, u64(l.size) << alignof<Drive>()) : 0;
  }
  layOutFields(layer(0).size, layer(1).size);
  layOutMinibatch(batch);
  return arenaUsed();
}

/** Whether the described network lies within the arena. */
export function fits(): bool {
  return arenaUsed() <= arenaCapacity();
}

/**
 * Draws the weights of each connection uniformly within ± its limit (u32 each, 24 fractional bits), one random
 * word a weight, counting through all connections; zeroes the biases.
 */
export function initialise(limits: usize): void {
  const key = randomKey(seed, Stream.weights, 0);
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    const limit = i64(load<u32>(limits + (k << 2)));
    const count: u32 = c.pre.size * c.post.size;
    for (let i: u32 = 0; i < count; i++) {
      const draw = i64(i32(randomWord(key, c.firstParameter + i)));
      const weight = roundNearest(limit * draw, 24 + 31 - c.fraction);
      const isSeen = k > 0 || sees(i32(i) % c.post.size, i32(i) / c.post.size);
      store<Weight>(c.weights + (i << alignof<Weight>()), isSeen ? saturateWeight(weight) : 0);
    }
    mirrorWeights(c);
  }
  for (let k = 1; k < layerCount; k++) zero(layer(k).biases, layer(k).size << 2);
  parameterDigest = digestParameters();
  clearSaturations();
}

/** The digest of all parameters, from scratch. */
export function digestParameters(): u64 {
  const key = digestKey(Digested.parameters);
  let digest: u64 = 0;
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    const n = c.post.size;
    let row = c.weights;
    for (let i = 0; i < c.pre.size; i++, row += n << alignof<Weight>())
      digest = addDigests(digest, digestRow<Weight>(key, c.firstParameter + i * n, row, n));
  }
  for (let k = 1; k < layerCount; k++) {
    const l = layer(k);
    digest = addDigests(digest, digestRow<i32>(key, l.firstParameter, l.biases, l.size));
  }
  return digest;
}
