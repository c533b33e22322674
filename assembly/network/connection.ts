// A connection: weights between two layers. Its kind (a file of ../connections) says which weight joins which units.
import { Ability, Rule, Ways } from '../messages/wire';
import { Layer } from './layer';
import { isPresent } from './present';

@unmanaged
export class Connection {
  pre: Layer;
  post: Layer;
  /** One of ConnectionKind. */
  kind: i32;
  /** True where its weights are left as they are. */
  isFixed: bool;
  /** True where `pre` is the input: bytes of an image, to which nothing is sent back. */
  isFromInput: bool;
  /** One of Ways: which of its layers it sends to. */
  ways: u8;
  /** One of Rule: what changes its weights. From the input all are the same. */
  rule: u8;
  /** A bit for each of the two layers. */
  ends: u32;
  /** Weight[rows × columns], its format, row-major. */
  weights: usize;
  /** Rows of the matrix: rounding, digests and changes go row by row. */
  rows: i32;
  columns: i32;
  /** Rows whose contrasts are summed at once. */
  block: i32;
  /** How many products an example adds to a weight's contrast, at most: pairs of units, and of places that are summed, that share it. */
  repeats: i32;
  /** True where a unit of `post` takes the greatest of several sums. */
  chooses: bool;
  /** The weights once more, in the order that the other direction wants. 0 where there is none. */
  mirror: usize;
  /** A word or an address of its kind's own. 0 where the kind has none. */
  own: usize;
  /** Memory of its kind's and of a thread's own. */
  scratch: usize;
  /** u8 a unit of `post`, a slot and a Side: what was chosen, for the update. One Side from the input, whose choice no nudge changes. */
  choices: usize;
  /**
   * i32 or, where that is too few, i64[rows × columns]: contrasts of the examples so far. 0 where states are kept instead,
   * unless it learns by rates.
   */
  sums: usize;
  /** Index of its first weight among the parameters of the network. */
  firstParameter: u32;
  /** Fractional bits of its weights. */
  fraction: i32;

  get weightCount(): u32 {
    return this.rows * this.columns;
  }

  get goesForth(): bool {
    return !isPresent(Ability.oneWay) || this.ways != Ways.back;
  }

  get goesBack(): bool {
    return !this.isFromInput && (!isPresent(Ability.oneWay) || this.ways != Ways.forth);
  }

  /** True where the free rates of the layer that sends count, and the changes of the one that receives. */
  get isPresynaptic(): bool {
    return isPresent(Ability.oneWay) && this.rule != Rule.contrast && !this.isFromInput;
  }

  /** True where that is so of each step of the nudged phases. */
  get learnsByRates(): bool {
    return isPresent(Ability.rates) && this.rule == Rule.rates && !this.isFromInput;
  }
}
