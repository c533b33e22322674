// A layer: a population of units with one state each. Layer 0 is the input, clamped to the example.
//
// States lie in [0, 1] (Eq. 54), where the hard sigmoid is the identity: a state is its rate.

@unmanaged
export class Layer {
  /** Units. */
  size: i32;
  /** Index of its first unit among the units of all free layers. */
  firstUnit: i32;
  /** Index of its first bias among the parameters of the network. */
  firstParameter: u32;
  /** i16[size], state format: s. */
  states: usize;
  /** i16[size], state format: what the last update added to s. */
  changes: usize;
  /** i32[size], drive format: Σ W ρ + b. */
  drives: usize;
  /** i32[size], drive format: the part of the drive that a sample fixes, b and the input's. Dense form only. */
  clamped: usize;
  /** i32[size], drive format. */
  biases: usize;
}
