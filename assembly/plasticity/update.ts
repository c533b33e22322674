// The contrastive Hebbian update (Scellier & Bengio 2016, Eq. 50), from the states of the minibatch, a row of
// weights at a time:
//   ΔW_ij = gain · Σ_samples (ρ_i⁺ ρ_j⁺ − ρ_i⁻ ρ_j⁻),   Δb_j = gain · Σ_samples (ρ_j⁺ − ρ_j⁻)
// The sums are exact; the one rounding is that of the product with the gain to the weight's format.
//
// Event-driven, too: with Δ = ρ⁺ − ρ⁻ the contrast is ρ_i⁻ Δ_j + Δ_i ρ_j⁺, nothing where no unit moved.
import { randomKey } from '../arithmetic/random';
import { isNarrow } from '../arithmetic/rounding';
import { addQueuedRows, addWideRow, queueRow } from '../arithmetic/rows';
import { mirror, sumRows } from '../connections/kinds';
import { nextTurn } from '../memory/team';
import { Ability, Rounding, Stream } from '../messages/wire';
import { ALONG_FRACTION, alongMean, isCentredLayer } from '../network/centre';
import { Connection } from '../network/connection';
import {
  biasShift,
  connection,
  connectionCount,
  driveFraction,
  layer,
  layerCount,
  seed,
  stateFraction,
} from '../network/graph';
import { Layer } from '../network/layer';
import { contrastRow, keepsStates, minusStates, movedSlots } from '../network/minibatch';
import { forgetMovedUnits } from '../network/moved-units';
import { isPresent } from '../network/present';
import { contrastFraction } from '../network/sums';
import { applyBiases, applyNarrow, applyWide, decayRow, drawWith, scaleWith } from './apply';
import { addAlong } from './centre';
import { listMoved, restoreMinus } from './differences';
import { takeSums } from './sums';

let stochastic: bool = true;

/** @param kind one of wire.Rounding */
export function setRounding(kind: i32): void {
  stochastic = kind == Rounding.stochastic;
}

let isL1: bool = false;

/** @param byL1 whether a decay takes as much of every weight, not a fraction of each */
export function setPenalty(byL1: bool): void {
  isL1 = byL1;
}

/** Rows that a thread changes at a time, in whole blocks. */
const ROWS: i32 = 16;

function rowsOfTurn(c: Connection): i32 {
  return max(ROWS / c.block, 1) * c.block;
}

// `rates` of TRAIN, u32 each: a gain a connection, mantissa · 2^−exponent with 16-bit mantissa in the low half and exponent
// 16 … 32 above it; a decay a connection, 32 fractional bits; a gain of the biases of each free layer.

export function gainOf(rates: usize, connection: i32): u32 {
  return load<u32>(rates + (connection << 2));
}

function decayOf(rates: usize, connection: i32): u32 {
  return load<u32>(rates + ((connectionCount + connection) << 2));
}

export function biasGainOf(rates: usize, layer: i32): u32 {
  return load<u32>(rates + ((2 * connectionCount + layer - 1) << 2));
}

/** How many there are. */
export function rateCount(): i32 {
  return 2 * connectionCount + layerCount - 1;
}

/** Changes weights by a minibatch, the `step`-th, whose differences are taken: some rows at a time, as long as there are any left. */
export function changeWeights(step: u32, samples: i32, rates: usize): void {
  const gainKey = randomKey(seed, Stream.rounding, step);
  const decayKey = randomKey(seed, Stream.decay, step);
  forgetMovedUnits();
  let turn = nextTurn();
  let firstTurn = 0;
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (c.isFixed) continue;
    const rows = rowsOfTurn(c);
    const turns = (c.rows + rows - 1) / rows;
    const gain = gainOf(rates, k);
    const decay = decayOf(rates, k);
    const moved = turn < firstTurn + turns ? examplesOf(c, samples) : 0;
    for (; turn < firstTurn + turns; turn = nextTurn()) {
      const first = (turn - firstTurn) * rows;
      const end = min(first + rows, c.rows);
      if (decay != 0) decayWeights(c, first, end, decay, decayKey);
      if (moved > 0) updateWeights(c, first, end, moved, gain, gainKey);
    }
    firstTurn += turns;
  }
}

/** Finishes the update, on one thread: biases, mirrors, and the minus states as they were. */
export function finishUpdate(step: u32, samples: i32, rates: usize): void {
  const key = randomKey(seed, Stream.rounding, step);
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (!c.isFixed && (decayOf(rates, k) != 0 || examplesOf(c, samples) > 0)) mirror(c);
  }
  for (let k = 1; k < layerCount; k++) {
    const moved = examplesFor(1 << k, samples);
    if (moved == 0) continue;
    updateBiases(layer(k), moved, biasGainOf(rates, k), key);
    if (isCentredLayer(k) && !connection(0).isFixed) updateAlong(layer(k), moved, gainOf(rates, 0), key);
  }
  if (keepsStates()) restoreMinus(samples);
}

/** A unit may have moved and come back: of rates all examples count. */
function examplesOf(c: Connection, samples: i32): i32 {
  return c.learnsByRates ? samples : examplesFor(c.ends, samples);
}

/** How many examples may have a contrast with one of the layers (a bit each): of kept states those that moved, which are listed. */
function examplesFor(layers: u32, samples: i32): i32 {
  return keepsStates() ? listMoved(layers, samples) : samples;
}

/** Rows `first` … `end` − 1. */
function updateWeights(c: Connection, first: i32, end: i32, moved: i32, gain: u32, key: u32): void {
  const fraction = contrastFraction(c, stateFraction);
  const shift = fraction + i32(gain >> 16) - c.fraction;
  const terms = u64(moved) * c.repeats;
  const isSummed = !keepsStates() || c.learnsByRates;
  const narrow = sizeof<Drive>() == 4 && !c.learnsByRates && isNarrow(terms << fraction, shift);
  const n = c.columns;
  const block = c.block;
  let parameter = c.firstParameter + first * n;
  let row = c.weights + ((first * n) << alignof<Weight>());
  drawWith(stochastic, key);
  scaleWith(gain & 0xffff, shift);
  for (let i = first; i < end; i += block) {
    const isNone = !isSummed && !sumRows(c, i, moved, narrow);
    let contrasts = contrastRow;
    for (let r = 0; r < block; r++, row += n << alignof<Weight>(), parameter += n) {
      if (isNone) continue;
      if (isSummed) takeSums(c, (i + r) * n, narrow);
      if (narrow) applyNarrow(row, contrasts, n, parameter);
      else applyWide(row, contrasts, n, parameter);
      if (!isSummed) contrasts += n << (narrow ? 2 : 3);
    }
  }
}

function updateBiases(l: Layer, moved: i32, gain: u32, key: u32): void {
  const shift = stateFraction + i32(gain >> 16) - (driveFraction - biasShift);
  const n = l.biasCount;
  drawWith(stochastic, key);
  scaleWith(gain & 0xffff, shift);
  if (!keepsStates()) return applyBiases<i64>(l.biases, l.sums, n, l.firstParameter);
  // A bias of a channel has a term for each of its units.
  const wide = sizeof<Drive>() == 4 && (u64(moved) * (l.size / n)) << stateFraction > u64(i32.MAX_VALUE);
  const first = l.firstUnit << alignof<State>();
  const end: usize = l.size << alignof<State>();
  for (let m = 0; m < moved; m++) {
    const changes = minusStates(load<u16>(movedSlots + (m << 1))) + first;
    for (let at: usize = 0; at < end; at += n << alignof<State>()) {
      if (wide) addWideRow(contrastRow, changes + at, n, 1);
      else queueRow<State>(contrastRow, changes + at, n, 1);
    }
  }
  if (wide) return applyBiases<i64>(l.biases, contrastRow, n, l.firstParameter);
  addQueuedRows<State>(contrastRow, n);
  applyBiases<Drive>(l.biases, contrastRow, n, l.firstParameter);
}

/** Has the weights of a centred input learn along its mean, at their own gain. */
function updateAlong(l: Layer, moved: i32, gain: u32, key: u32): void {
  const shift = stateFraction + ALONG_FRACTION + i32(gain >> 16) - (driveFraction - biasShift);
  const n = l.size;
  drawWith(stochastic, key);
  scaleWith(gain & 0xffff, shift);
  let sums = contrastRow;
  if (!keepsStates()) sums = l.sums + (n << 3);
  else
    for (let m = 0; m < moved; m++) {
      const slot = i32(load<u16>(movedSlots + (m << 1)));
      addAlong(sums, minusStates(slot) + (l.firstUnit << alignof<State>()), slot);
    }
  applyBiases<i64>(alongMean(), sums, n, l.firstParameter + n);
}

/**
 * W ← W − decay · W: the gradient of the penalty ½ Σ W² that the paper allows beside the cost (section 2.2), the
 * fraction having 32 fractional bits; of Σ |W| it is W ← W − decay · sign W, as far as 0.
 */
function decayWeights(c: Connection, first: i32, end: i32, decay: u32, key: u32): void {
  const n = c.columns;
  let parameter = c.firstParameter + first * n;
  let row = c.weights + ((first * n) << alignof<Weight>());
  drawWith(stochastic, key);
  const one = isPresent(Ability.l1) && isL1 ? 1 << c.fraction : 0;
  for (let i = first; i < end; i++, row += n << alignof<Weight>(), parameter += n)
    decayRow(row, n, parameter, decay, one);
}
