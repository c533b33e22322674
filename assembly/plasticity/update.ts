// The contrastive Hebbian update (Scellier & Bengio 2016, Eq. 50), from the states of the minibatch, a row of
// weights at a time:
//   ΔW_ij = gain · Σ_samples (ρ_i⁺ ρ_j⁺ − ρ_i⁻ ρ_j⁻),   Δb_j = gain · Σ_samples (ρ_j⁺ − ρ_j⁻)
// The sums are exact; the one rounding is that of the product with the gain to the weight's format.
import { Digested, digestKey, digestOf } from '../arithmetic/digest';
import { randomKey, randomWord } from '../arithmetic/random';
import { roundNearest, roundStochastic, saturateBias, saturateWeight } from '../arithmetic/rounding';
import { addQueuedRows, queueRow } from '../arithmetic/rows';
import { Rounding, Stream } from '../endpoint/wire';
import { Connection } from '../model/connection';
import { Layer } from '../model/layer';
import { contrastRow, image, minusStates, plusStates } from '../model/minibatch';
import {
  addToDigest,
  connection,
  connectionCount,
  layer,
  PIXEL_FRACTION,
  seed,
  stateFraction,
  weightFraction,
} from '../model/network';

/** One of wire.Rounding. */
let rounding: i32 = 0;

export function setRounding(kind: i32): void {
  rounding = kind;
}

let roundingKey: u32 = 0;
let decayKey: u32 = 0;
let parametersKey: u32 = 0;

/**
 * Applies the update of a whole minibatch, the `step`-th. `rates`: a gain a connection, mantissa · 2^−exponent with 16-bit
 * mantissa in the low half and exponent 16 … 32 above it, then a decay a connection, 32 fractional bits.
 */
export function update(step: u32, samples: i32, rates: usize): void {
  roundingKey = randomKey(seed, Stream.rounding, step);
  decayKey = randomKey(seed, Stream.decay, step);
  parametersKey = digestKey(Digested.parameters);
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    const gain = load<u32>(rates + (k << 2));
    const decay = load<u32>(rates + ((connectionCount + k) << 2));
    if (decay != 0) decayWeights(c, decay);
    if (c.pre == layer(0)) updateFromInput(c, samples, gain);
    else updateHidden(c, samples, gain);
    updateBiases(c.post, samples, gain);
  }
}

/** One change of a parameter, rounded: contrast · gain, exact below 2⁶² for up to 512 samples. */
function rounded(sum: i64, gain: u32, shift: i64, index: u32): i64 {
  const product = sum * i64(gain & 0xffff);
  return rounding == Rounding.nearest
    ? roundNearest(product, shift)
    : roundStochastic(product, shift, randomWord(roundingKey, index));
}

/**
 * Rows of lit pixels only: Σ x_i (ρ_j⁺ − ρ_j⁻), below 2⁸ · 2¹⁴ · 512 = 2³¹. The differences stand in place of the
 * minus states meanwhile.
 */
function updateFromInput(c: Connection, samples: i32, gain: u32): void {
  const n = c.post.size;
  const at = c.post.firstUnit << 1;
  const shift = PIXEL_FRACTION + stateFraction + i64(gain >> 16) - weightFraction;
  for (let slot = 0; slot < samples; slot++) subtractFromPlus(slot, c.post);
  const pixels = c.pre.size;
  const images = image(0);
  for (let i = 0; i < pixels; i++) {
    let lit = false;
    let pixelAt = images + i;
    for (let slot = 0; slot < samples; slot++, pixelAt += pixels) {
      const pixel = i32(load<u8>(pixelAt));
      if (pixel == 0) continue;
      lit = true;
      queueRow(contrastRow, minusStates(slot) + at, n, pixel);
    }
    addQueuedRows(contrastRow, n);
    if (lit) applyRow<i32>(c, i, gain, shift);
  }
  for (let slot = 0; slot < samples; slot++) subtractFromPlus(slot, c.post);
}

/** minus ← plus − minus, for the units of one layer; its own inverse. */
function subtractFromPlus(slot: i32, l: Layer): void {
  for (let j = l.firstUnit; j < l.firstUnit + l.size; j++) {
    const minus = minusStates(slot) + (j << 1);
    store<i16>(minus, load<i16>(plusStates(slot) + (j << 1)) - load<i16>(minus));
  }
}

/** Σ (ρ_i⁺ ρ_j⁺ − ρ_i⁻ ρ_j⁻). */
function updateHidden(c: Connection, samples: i32, gain: u32): void {
  const n = c.post.size;
  const at = c.post.firstUnit << 1;
  const shift = 2 * stateFraction + i64(gain >> 16) - weightFraction;
  for (let i = 0; i < c.pre.size; i++) {
    const unit = (c.pre.firstUnit + i) << 1;
    for (let slot = 0; slot < samples; slot++) {
      const plusRate = i32(load<i16>(plusStates(slot) + unit));
      const minusRate = i32(load<i16>(minusStates(slot) + unit));
      if ((plusRate | minusRate) == 0) continue;
      const plus = plusStates(slot) + at;
      const minus = minusStates(slot) + at;
      for (let j = 0; j < n; j++) {
        const product = plusRate * load<i16>(plus + (j << 1)) - minusRate * load<i16>(minus + (j << 1));
        const sum = contrastRow + (j << 3);
        store<i64>(sum, load<i64>(sum) + product);
      }
    }
    applyRow<i64>(c, i, gain, shift);
  }
}

/** Adds the row's contrast, rounded, to its weights; leaves the contrast zero. */
function applyRow<T extends number>(c: Connection, row: i32, gain: u32, shift: i64): void {
  const n = c.post.size;
  const first: u32 = row * n;
  const contrasts = contrastRow;
  const weights = c.weights + (first << 1);
  const parameter = c.firstParameter + first;
  for (let j = 0; j < n; j++) {
    const at = contrasts + j * sizeof<T>();
    const sum = i64(load<T>(at));
    if (sum == 0) continue;
    store<T>(at, 0 as T);
    const index = parameter + j;
    changeWeight(weights + (j << 1), index, rounded(sum, gain, shift, index));
  }
}

function changeWeight(at: usize, index: u32, change: i64): void {
  if (change == 0) return;
  const old = i32(load<i16>(at));
  const next = saturateWeight(old + change);
  store<i16>(at, next);
  addToDigest(digestOf(parametersKey, index, next - old));
}

function updateBiases(l: Layer, samples: i32, gain: u32): void {
  // The bias has the drive's format: its fraction less the state's is the weight's.
  const shift = i64(gain >> 16) - weightFraction;
  for (let j = 0; j < l.size; j++) {
    const unit = (l.firstUnit + j) << 1;
    let sum: i64 = 0;
    for (let slot = 0; slot < samples; slot++)
      sum += i32(load<i16>(plusStates(slot) + unit)) - load<i16>(minusStates(slot) + unit);
    if (sum == 0) continue;
    const at = l.biases + (j << 2);
    const old = load<i32>(at);
    const next = saturateBias(old + rounded(sum, gain, shift, l.firstParameter + j));
    store<i32>(at, next);
    addToDigest(digestOf(parametersKey, l.firstParameter + j, i64(next) - old));
  }
}

/**
 * W ← W − decay · W: the gradient of the penalty ½ Σ W² that the paper allows beside the cost (section 2.2), the
 * fraction having 32 fractional bits.
 */
function decayWeights(c: Connection, decay: u32): void {
  const count: u32 = c.pre.size * c.post.size;
  for (let i: u32 = 0; i < count; i++) {
    const at = c.weights + (i << 1);
    const product = -i64(load<i16>(at)) * i64(decay);
    if (product == 0) continue;
    const index = c.firstParameter + i;
    const change =
      rounding == Rounding.nearest
        ? roundNearest(product, 32)
        : roundStochastic(product, 32, randomWord(decayKey, index));
    changeWeight(at, index, change);
  }
}
