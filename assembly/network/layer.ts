// A layer: a population of units with one state each, in the shape of channels × rows × columns (a vector has as many
// channels as units). Channels come last: unit = (row · columns + column) · channels + channel. Layer 0 is the input,
// clamped to the example.
//
// States lie in [0, 1] (Eq. 54), where the hard sigmoid is the identity: a state is its rate.

export const NO_PLACES: u32 = u32.MAX_VALUE;

@unmanaged
export class Layer {
  /** Units. */
  size: i32;
  channels: i32;
  rows: i32;
  columns: i32;
  /** Biases: one a unit, or one a channel; unit i has bias i % biasCount. 0 of the input. */
  biasCount: i32;
  /** Its biases, and what stands behind them. */
  parameterCount: i32;
  /** Index of its first unit among the units of all free layers. */
  firstUnit: i32;
  /** Index of its first bias among the parameters of the network. */
  firstParameter: u32;
  /** Where its places begin among the bytes of a slot's moved ones; NO_PLACES where no update asks for them. */
  firstPlace: u32;
  /** Layers of one colour are not connected to each other. */
  colour: i32;
  /** State[size]: s. */
  states: usize;
  /** State[size]: what the last update added to s. */
  changes: usize;
  /** Drive[size]: Σ W ρ + b. */
  drives: usize;
  /** Drive[size]: the part of the drive that a sample fixes, b and the input's. Dense form only. */
  clamped: usize;
  /** i64[biasCount], twice of a centred layer: contrasts of the examples so far. 0 where states are kept instead. */
  sums: usize;
  /** i32[parameterCount], the biases in their format: the drive's, or of 32-bit weights the finest weights'. */
  biases: usize;

  stateOf(unit: i32): i32 {
    return load<State>(this.states + (unit << alignof<State>()));
  }
}
