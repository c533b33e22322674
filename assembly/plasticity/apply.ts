// One row of parameters changed: sums of contrasts scaled, rounded, added, saturated and digested in one pass.
import { changeVectors } from '../arithmetic/changes';
import { ColumnWord, columnWord, highKeys, words } from '../arithmetic/columns';
import { Digested, digestKey, digestOfRow } from '../arithmetic/digest';
import { highPairs, Lanes, lowPairs, sumOfLanes } from '../arithmetic/lanes';
import { changeWeights, RowPart } from '../arithmetic/primitives';
import { mix32, randomWord } from '../arithmetic/random';
import {
  countSaturations,
  HALF,
  roundWith,
  saturateBias,
  saturateWeight,
  Vectors,
} from '../arithmetic/rounding';
import { self } from '../memory/team';
import { Ability } from '../messages/wire';
import { addToDigest } from '../model/parameters';
import { isPresent } from '../network/present';

/** True where rounding is stochastic: it draws from `key`. */
let stochastic: bool = true;
let key: u32 = 0;
/** The gain of a connection: mantissa · 2^−shift of a weight's unit, a unit of the contrast's. */
let mantissa: u32 = 0;
let shift: i32 = 0;

export function drawWith(isStochastic: bool, roundingKey: u32): void {
  stochastic = isStochastic;
  key = roundingKey;
}

export function scaleWith(gainMantissa: u32, gainShift: i32): void {
  mantissa = gainMantissa;
  shift = gainShift;
}

/** The fractions of a row's roundings are multiplier · columnWord + offset. */
let multiplier: u32 = 0;
let offset: u32 = 0;
/** The share of a row in the digest. */
let low: i32 = 0;
let high: i32 = 0;
/** A row as a primitive is told of it, and tells; threads share no lines. */
let told: usize = TEAM_LIMIT > 1 ? memory.data(TEAM_LIMIT * 64, 64) : memory.data(RowPart.SIZE, 8);

/** A helper's row is its own. */
export function joinUpdate(): void {
  told += self * 64;
}

/**
 * Begins a row, `row` being its first element's index among the parameters. The fractions are uniform and, but
 * for what 32 bits of randomness a row leave, pairwise independent: sums of what is rounded vary as if all were.
 */
function beginRow(row: u32): void {
  const word = randomWord(key, row);
  multiplier = stochastic ? word | 1 : 0;
  offset = stochastic ? mix32(word) : HALF;
  low = 0;
  high = 0;
}

function endRow(row: u32): void {
  if ((low | high) != 0) addToDigest(digestOfRow(digestKey(Digested.parameters), row, low, high));
}

function fraction(j: i32): u32 {
  return multiplier * columnWord(j) + offset;
}

function note(j: i32, change: i32): void {
  const word = columnWord(j);
  low += change * ColumnWord.lowKey(word);
  high += change * ColumnWord.highKey(word);
}

function changeWeight(at: usize, j: i32, change: i64): void {
  if (change == 0) return;
  const old = i32(load<Weight>(at));
  const next = saturateWeight(i64(old) + change);
  store<Weight>(at, next);
  note(j, next - old);
}

/** Adds i32[n] contrasts · mantissa · 2^−shift to Weight[n], where isNarrow(); leaves the contrasts zero. */
export function applyNarrow(weights: usize, contrasts: usize, n: i32, row: u32): void {
  beginRow(row);
  store<u32>(told, multiplier);
  store<u32>(told, offset, RowPart.offset);
  store<u32>(told, mantissa, RowPart.mantissa);
  store<u32>(told, shift, RowPart.shift);
  store<i32>(told, 0, RowPart.low);
  store<i32>(told, 0, RowPart.high);
  store<u32>(told, 0, RowPart.clipped);
  if (ASC_FEATURE_SIMD) {
    store<usize>(told, highKeys - words, RowPart.apart);
    changeVectors(weights, contrasts, words, n, told);
  } else changeWeights(weights, contrasts, words, n, told);
  low = load<i32>(told, RowPart.low);
  high = load<i32>(told, RowPart.high);
  countSaturations(load<u32>(told, RowPart.clipped));
  endRow(row);
}

/** The same from i64[n] contrasts of any size below 2⁴⁶. */
export function applyWide(weights: usize, contrasts: usize, n: i32, row: u32): void {
  beginRow(row);
  for (let j = 0; j < n; j++) {
    const at = contrasts + (j << 3);
    const sum = load<i64>(at);
    if (sum == 0) continue;
    store<i64>(at, 0);
    changeWeight(weights + (j << alignof<Weight>()), j, roundWith(sum * mantissa, shift, fraction(j)));
  }
  endRow(row);
}

/** The same for i32[n] biases from T[n] contrasts. */
export function applyBiases<T>(biases: usize, contrasts: usize, n: i32, row: u32): void {
  beginRow(row);
  for (let j = 0; j < n; j++) {
    const contrast = contrasts + (j << alignof<T>());
    const sum = load<T>(contrast);
    if (sum == 0) continue;
    store<T>(contrast, 0 as T);
    const at = biases + (j << 2);
    const old = load<i32>(at);
    const next = saturateBias(i64(old) + roundWith(i64(sum) * mantissa, shift, fraction(j)));
    store<i32>(at, next);
    note(j, next - old);
  }
  endRow(row);
}

/**
 * Weight[n] less their product with a decay of 32 fractional bits.
 * @param one by L1 a weight of size 1: it is its product that each is less by, as far as 0; else 0
 */
export function decayRow(weights: usize, n: i32, row: u32, decay: u32, one: i32): void {
  beginRow(row);
  const isEven = isPresent(Ability.l1) && one != 0;
  let j = 0;
  if (ASC_FEATURE_SIMD && !isEven && decay < 0x80000000) j = decayVectors(weights, n, decay);
  for (; j < n; j++) {
    const at = weights + (j << alignof<Weight>());
    const old = i64(load<Weight>(at));
    const product = -(isEven ? i64(old < 0 ? -one : old > 0 ? one : 0) : old) * i64(decay);
    // roundWith(product, 32, fraction), of any product of two words.
    const below = u64(u32(product)) + fraction(j);
    let change = (product >> 32) + i64(below >> 32);
    if (isEven) change = old < 0 ? min<i64>(change, -old) : max<i64>(change, -old);
    if (product != 0) changeWeight(at, j, change);
  }
  endRow(row);
}

/** The columns that are whole vectors. Returns how many they are. What moves towards zero cannot saturate. */
function decayVectors(weights: usize, n: i32, decay: u32): i32 {
  const lowAt = words;
  const highAt = highKeys;
  const factor = i32x4.splat(decay);
  const times = i32x4.splat(multiplier);
  const plus = i32x4.splat(offset);
  let lows = i32x4.splat(0);
  let highs = lows;
  let j = 0;
  for (; j + 8 <= n; j += 8) {
    const at = weights + (j << alignof<Weight>());
    const old = Lanes.load<Weight>(at);
    const lowKey = v128.load(lowAt + (j << 1));
    const highKey = v128.load(highAt + (j << 1));
    const first = i32x4.neg(i32x4.extend_low_i16x8_s(old));
    const second = i32x4.neg(i32x4.extend_high_i16x8_s(old));
    const changes = i16x8.narrow_i32x4_s(
      Vectors.scaleNarrow4(first, factor, 0, i32x4.add(i32x4.mul(lowPairs(lowKey, highKey), times), plus)),
      Vectors.scaleNarrow4(second, factor, 0, i32x4.add(i32x4.mul(highPairs(lowKey, highKey), times), plus)),
    );
    Lanes.store<Weight>(at, i16x8.add(old, changes));
    lows = i32x4.add(lows, i32x4.dot_i16x8_s(changes, lowKey));
    highs = i32x4.add(highs, i32x4.dot_i16x8_s(changes, highKey));
  }
  low += sumOfLanes(lows);
  high += sumOfLanes(highs);
  return j;
}
