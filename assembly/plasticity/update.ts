// The contrastive Hebbian update (Scellier & Bengio 2016, Eq. 50), from the states of the minibatch, a row of
// weights at a time:
//   ΔW_ij = gain · Σ_samples (ρ_i⁺ ρ_j⁺ − ρ_i⁻ ρ_j⁻),   Δb_j = gain · Σ_samples (ρ_j⁺ − ρ_j⁻)
// The sums are exact; the one rounding is that of the product with the gain to the weight's format.
//
// Event-driven, too: with Δ = ρ⁺ − ρ⁻ the contrast is ρ_i⁻ Δ_j + Δ_i ρ_j⁺, nothing where no unit moved.
import { randomKey } from '../arithmetic/random';
import { isNarrow } from '../arithmetic/rounding';
import { addQueuedRows, queueRow } from '../arithmetic/rows';
import { countProducts } from '../arithmetic/work';
import { Rounding, Stream } from '../endpoint/wire';
import { nextTurn } from '../memory/team';
import { Connection, mirrorWeights } from '../model/connection';
import { imageWidth, keepSeen } from '../model/fields';
import { Layer } from '../model/layer';
import { contrastRow, image, minusStates, movedSlots, plusStates } from '../model/minibatch';
import {
  biasShift,
  connection,
  connectionCount,
  dense,
  layer,
  PIXEL_FRACTION,
  seed,
  stateFraction,
  weightFraction,
} from '../model/network';
import { applyBiases, applyNarrow, applyWide, decayRow, drawWith, scaleWith } from './apply';
import { listMoved, restoreMinus } from './differences';

let stochastic: bool = true;

/** @param kind one of wire.Rounding */
export function setRounding(kind: i32): void {
  stochastic = kind == Rounding.stochastic;
}

/** Rows that a thread changes at a time. */
const ROWS: i32 = 16;

/**
 * Changes weights by a minibatch, the `step`-th, whose differences are taken: some rows at a time, as long as there are any
 * left. `rates`: a gain a connection, mantissa · 2^−exponent with 16-bit mantissa in the low half and exponent 16 … 32 above
 * it, then a decay a connection, 32 fractional bits.
 */
export function changeWeights(step: u32, samples: i32, rates: usize): void {
  const gainKey = randomKey(seed, Stream.rounding, step);
  const decayKey = randomKey(seed, Stream.decay, step);
  let turn = nextTurn();
  let firstTurn = 0;
  for (let k = 0; k < connectionCount; k++) {
    const size = connection(k).pre.size;
    const turns = (size + ROWS - 1) / ROWS;
    const gain = load<u32>(rates + (k << 2));
    const decay = load<u32>(rates + ((connectionCount + k) << 2));
    const moved = turn < firstTurn + turns ? listMoved(k, samples) : 0;
    for (; turn < firstTurn + turns; turn = nextTurn()) {
      const first = (turn - firstTurn) * ROWS;
      const end = min(first + ROWS, size);
      if (decay != 0) decayWeights(connection(k), first, end, decay, decayKey);
      if (moved > 0) updateWeights(connection(k), k, first, end, moved, gain, gainKey);
    }
    firstTurn += turns;
  }
}

/** What is left to do after that, by one thread: biases, mirrors, and the minus states as they were. */
export function finishUpdate(step: u32, samples: i32, rates: usize): void {
  const key = randomKey(seed, Stream.rounding, step);
  for (let k = 0; k < connectionCount; k++) {
    const moved = listMoved(k, samples);
    if (moved > 0) updateBiases(connection(k).post, moved, load<u32>(rates + (k << 2)), key);
    const decays = load<u32>(rates + ((connectionCount + k) << 2)) != 0;
    if (moved > 0 || decays) mirrorWeights(connection(k));
  }
  restoreMinus(samples);
}

/** Rows `first` … `end` − 1. */
function updateWeights(c: Connection, k: i32, first: i32, end: i32, moved: i32, gain: u32, key: u32): void {
  const fraction = (k == 0 ? PIXEL_FRACTION : stateFraction) + stateFraction;
  const shift = fraction + i32(gain >> 16) - c.fraction;
  const narrow = sizeof<Drive>() == 4 && isNarrow(u64(moved) << fraction, shift);
  const n = c.post.size;
  let parameter = c.firstParameter + first * n;
  let row = c.weights + ((first * n) << alignof<Weight>());
  drawWith(stochastic, key);
  scaleWith(gain & 0xffff, shift);
  for (let i = first; i < end; i++, row += n << alignof<Weight>(), parameter += n) {
    if (!sumContrasts(c, k, i, moved, narrow)) continue;
    if (k == 0 && imageWidth != 0) {
      if (narrow) keepSeen<i32>(contrastRow, i);
      else keepSeen<i64>(contrastRow, i);
    }
    if (narrow) applyNarrow(row, contrastRow, n, parameter);
    else applyWide(row, contrastRow, n, parameter);
  }
}

/** Adds up the contrasts of one row, Drive if `narrow`, else i64. Returns whether there was anything to add. */
function sumContrasts(c: Connection, k: i32, i: i32, moved: i32, narrow: bool): bool {
  const n = c.post.size;
  const at = c.post.firstUnit << alignof<State>();
  const unit = (c.pre.firstUnit + i) << alignof<State>();
  const slots = movedSlots;
  const pixels = image(0) + i;
  const imageBytes = layer(0).size;
  let any = false;
  for (let m = 0; m < moved; m++) {
    const slot = i32(load<u16>(slots + (m << 1)));
    let change = 0;
    let rate: i32;
    if (k == 0) {
      rate = load<u8>(pixels + slot * imageBytes);
      if (rate == 0 && !dense) continue;
    } else {
      change = load<State>(minusStates(slot) + unit);
      rate = load<State>(plusStates(slot) + unit) - change;
    }
    if (rate != 0 || dense) {
      any = true;
      if (narrow) queueRow<State>(contrastRow, minusStates(slot) + at, n, rate);
      else addWideRow(contrastRow, minusStates(slot) + at, n, rate);
    }
    if (change != 0) {
      any = true;
      if (narrow) queueRow<State>(contrastRow, plusStates(slot) + at, n, change);
      else addWideRow(contrastRow, plusStates(slot) + at, n, change);
    }
  }
  if (any && narrow) addQueuedRows<State>(contrastRow, n);
  return any;
}

/** Adds scale · row to i64[n] sums. */
function addWideRow(sums: usize, row: usize, n: i32, scale: i32): void {
  countProducts(1, n);
  for (let j = 0; j < n; j++) {
    const sum = sums + (j << 3);
    store<i64>(sum, load<i64>(sum) + i64(scale) * load<State>(row + (j << alignof<State>())));
  }
}

function updateBiases(l: Layer, moved: i32, gain: u32, key: u32): void {
  // A drive's fraction less the state's is the weight's.
  const shift = i32(gain >> 16) - weightFraction + biasShift;
  const at = l.firstUnit << alignof<State>();
  for (let m = 0; m < moved; m++)
    queueRow<State>(contrastRow, minusStates(load<u16>(movedSlots + (m << 1))) + at, l.size, 1);
  addQueuedRows<State>(contrastRow, l.size);
  drawWith(stochastic, key);
  scaleWith(gain & 0xffff, shift);
  applyBiases(l.biases, contrastRow, l.size, l.firstParameter);
}

/**
 * W ← W − decay · W: the gradient of the penalty ½ Σ W² that the paper allows beside the cost (section 2.2), the
 * fraction having 32 fractional bits.
 */
function decayWeights(c: Connection, first: i32, end: i32, decay: u32, key: u32): void {
  const n = c.post.size;
  let parameter = c.firstParameter + first * n;
  let row = c.weights + ((first * n) << alignof<Weight>());
  drawWith(stochastic, key);
  for (let i = first; i < end; i++, row += n << alignof<Weight>(), parameter += n)
    decayRow(row, n, parameter, decay);
}
