// A connection: weights between two layers. Its kind (a file of ../connections) says which weight joins which units.
import { Layer } from './layer';

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
  /** A bit for each of the two layers. */
  ends: u32;
  /** Weight[rows × columns], its format, row-major. */
  weights: usize;
  /** Rows of the matrix: rounding, digests and changes go row by row. */
  rows: i32;
  columns: i32;
  /** How many pairs of units share a weight, at most: as many terms has its contrast an example. */
  repeats: i32;
  /** The weights once more, in the order that the other direction wants. 0 where there is none. */
  mirror: usize;
  /** Memory of its kind's own. 0 where the kind keeps nothing. */
  own: usize;
  /** Index of its first weight among the parameters of the network. */
  firstParameter: u32;
  /** Fractional bits of its weights. */
  fraction: i32;

  get weightCount(): u32 {
    return this.rows * this.columns;
  }
}
