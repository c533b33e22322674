// Gaussian noise of Euler's steps, drawn by counter: exact on every device. The host's twin is host/model/noise.ts.
//
// Langevin: a step adds σ η (Scellier & Bengio 2016, Eq. 66). Leaky: a unit sends its state with noise, s + σ η, and follows its
// drive without (Bengio & Fischer 2015, Eqs. 1 and 2); the sent state is what is kept here, so a step adds σ η less
// (1 − ε) σ of the noise before.
import { mix32, randomKey, randomWord } from '../arithmetic/random';
import { Ability, NoiseForm, Stream } from '../messages/wire';
import { seed, stateFraction } from '../network/graph';
import { isPresent } from '../network/present';
import { epsilon, PARAMETER_FRACTION } from './parameters';

/** Fractional bits of what is drawn, and of its deviation. */
const DRAWN_FRACTION: i32 = 17;
const DEVIATION_FRACTION: i32 = 16;

let deviation: i64 = 0;
let isLeaky: bool = false;
let isShared: bool = false;
let minibatchKey: u32 = 0;
let phaseKey: u32 = 0;
let iterationKey: u32 = 0;
let lastKey: u32 = 0;
let isFirst: bool = false;

/** @param form bits of wire.NoiseForm */
export function setNoise(size: i32, form: i32): void {
  deviation = size;
  isLeaky = (form & NoiseForm.leaky) != 0;
  isShared = (form & NoiseForm.shared) != 0;
}

export function isNoisy(): bool {
  return isPresent(Ability.noise) && deviation != 0;
}

/** Begins a minibatch. @param step its step; NO_STEP where it is not learnt from */
export function beginNoise(step: u32): void {
  minibatchKey = randomKey(seed, Stream.noise, step);
}

/** Begins a phase of a slot's example: 0 the free one, 1 and 2 those of +β and −β, which may see the same noise. */
export function beginPhase(slot: i32, phase: i32): void {
  phaseKey = randomWord(minibatchKey, 4 * slot + (isShared ? min(phase, 1) : phase));
}

/** @param iteration counted from 1 */
export function beginIteration(iteration: i32): void {
  lastKey = iterationKey;
  iterationKey = randomWord(phaseKey, iteration);
  isFirst = iteration == 1;
}

function drawn(key: u32, unit: i32): i64 {
  const word = randomWord(key, unit);
  return i64(((ones(word) - 16) << DRAWN_FRACTION) + 2 * i32(mix32(word) & 0xffff) - 0xffff);
}

/** Ones of a word, by sums of pairs, fours, eights: small cores have no instruction for them. */
function ones(word: u32): i32 {
  const pairs = word - ((word >> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >> 2) & 0x33333333);
  const eights = (fours + (fours >> 4)) & 0x0f0f0f0f;
  return i32((eights * 0x01010101) >> 24);
}

/** Returns the addend of a step to a unit, one of all free ones, with 24 fractional bits more than a state has. */
export function noiseOf(unit: i32): i64 {
  let sum = drawn(iterationKey, unit) << PARAMETER_FRACTION;
  if (isLeaky && !isFirst) sum -= i64((1 << PARAMETER_FRACTION) - epsilon) * drawn(lastKey, unit);
  const fraction = DRAWN_FRACTION + PARAMETER_FRACTION + DEVIATION_FRACTION;
  return (sum * deviation) >> (fraction - 2 * PARAMETER_FRACTION - stateFraction);
}
