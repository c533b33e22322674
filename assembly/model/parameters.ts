// Parameters of the network: initial weights, the step they stand at, and their digest.
import { addDigests, Digested, digestKey, digestRow } from '../arithmetic/digest';
import { randomKey, randomWord } from '../arithmetic/random';
import { clearSaturations, roundNearest, saturateWeight } from '../arithmetic/rounding';
import { has, mirror } from '../connections/kinds';
import { clearArena, zero } from '../memory/arena';
import { Ability, LIMIT_BITS, NO_STEP, Stream } from '../messages/wire';
import { measureMean } from '../network/centre';
import { clearGraph, connection, connectionCount, layer, layerCount, seed } from '../network/graph';
import { isPresent } from '../network/present';

export const LIMIT_MASK: u32 = (1 << LIMIT_BITS) - 1;

/** Minibatches applied, or NO_STEP while the weights are undefined: clearModel() sets it before anything else. */
export let step: u32 = 0;
/** Digest of all parameters, kept up to date by whatever changes one. */
export let parameterDigest: u64 = 0;

export function setStep(value: u32): void {
  step = value;
}

export function addToDigest(change: u64): void {
  parameterDigest = addDigests(parameterDigest, change);
}

export function takeDigest(digest: u64): void {
  parameterDigest = digest;
}

/** Forgets network and parameters. */
export function clearModel(): void {
  step = NO_STEP;
  parameterDigest = 0;
  clearGraph();
  clearArena();
  clearSaturations();
}

/**
 * Draws the weights of each connection uniformly within ± its limit (as INITIALISE has it), one random word a weight,
 * counting through all connections; zeroes the biases.
 */
export function initialise(limits: usize): void {
  const key = randomKey(seed, Stream.weights, 0);
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    const word = load<u32>(limits + (k << 2));
    const limit = i64(word & LIMIT_MASK);
    const shared = isPresent(Ability.oneWay) ? i32(word >> LIMIT_BITS) : 0;
    const first = connection(k - shared).firstParameter;
    const count = c.weightCount;
    for (let i: u32 = 0; i < count; i++) {
      const draw = i64(i32(randomWord(key, first + i)));
      const weight = roundNearest(limit * draw, 24 + 31 - c.fraction);
      store<Weight>(c.weights + (i << alignof<Weight>()), has(c, i) ? saturateWeight(weight) : 0);
    }
    mirror(c);
  }
  for (let k = 1; k < layerCount; k++) zero(layer(k).biases, layer(k).parameterCount << 2);
  measureMean();
  parameterDigest = digestParameters();
  clearSaturations();
}

/** The digest of all parameters, from scratch. */
export function digestParameters(): u64 {
  const key = digestKey(Digested.parameters);
  let digest: u64 = 0;
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    const n = c.columns;
    let row = c.weights;
    for (let i = 0; i < c.rows; i++, row += n << alignof<Weight>())
      digest = addDigests(digest, digestRow<Weight>(key, c.firstParameter + i * n, row, n));
  }
  for (let k = 1; k < layerCount; k++) {
    const l = layer(k);
    const n = l.biasCount;
    for (let at = 0; at < l.parameterCount; at += n) {
      const columns = min(n, l.parameterCount - at);
      digest = addDigests(digest, digestRow<i32>(key, l.firstParameter + at, l.biases + (at << 2), columns));
    }
  }
  return digest;
}
