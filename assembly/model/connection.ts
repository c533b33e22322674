// A tied dense connection: one matrix for both directions, so the network has an energy (Eq. 34).
//
// Sums are wrapping 32-bit: exact whenever the total fits, in any order.
import { addQueuedRows, dot, queueRow } from '../arithmetic/rows';
import { Layer } from './layer';

@unmanaged
export class Connection {
  pre: Layer;
  post: Layer;
  /** i16[pre.size × post.size], weight format, row-major: a row is what one unit of `pre` sends. */
  weights: usize;
  /** Index of its first weight among the parameters of the network. */
  firstParameter: u32;
}

/** Adds W ρ to the drives of `post`, ρ = i16[pre.size]: rates, or changes of rates. */
export function sendForward(connection: Connection, rates: usize): void {
  const n = connection.post.size;
  const drives = connection.post.drives;
  const end = rates + (connection.pre.size << 1);
  for (let row = connection.weights; rates < end; rates += 2, row += n << 1) {
    const rate = i32(load<i16>(rates));
    if (rate != 0) queueRow(drives, row, n, rate);
  }
  addQueuedRows(drives, n);
}

/** Adds Wᵀ ρ to the drives of `pre`, ρ = i16[post.size]: rates, or changes of rates. */
export function sendBackward(connection: Connection, rates: usize): void {
  const n = connection.post.size;
  const rowBytes = n << 1;
  const drives = connection.pre.drives;
  const drivesEnd = drives + (connection.pre.size << 2);
  let active = 0;
  for (let j = 0; j < n; j++) active += i32(load<i16>(rates + (j << 1)) != 0);

  if (active << 2 <= n) {
    for (let j = 0; j < rowBytes; j += 2) {
      const rate = i32(load<i16>(rates + j));
      if (rate == 0) continue;
      let weight = connection.weights + j;
      for (let drive = drives; drive < drivesEnd; drive += 4, weight += rowBytes)
        store<i32>(drive, load<i32>(drive) + rate * load<i16>(weight));
    }
  } else {
    let row = connection.weights;
    for (let drive = drives; drive < drivesEnd; drive += 4, row += rowBytes)
      store<i32>(drive, load<i32>(drive) + dot(row, rates, n));
  }
}
