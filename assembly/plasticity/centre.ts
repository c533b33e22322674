// A centred input: the mean image is that of the first minibatch; what weights learn along it is summed up beside them.
import { addWideRow } from '../arithmetic/rows';
import { digestParameters, takeDigest } from '../model/parameters';
import { ALONG_FRACTION, centredLayer, isCentred, mean, measureMean, part, square } from '../network/centre';
import { layer } from '../network/graph';
import { image } from '../network/minibatch';

/** Takes the mean of a minibatch's images, unless there is one. */
export function takeMean(samples: i32): void {
  if (!isCentred() || samples == 0 || square() != 0) return;
  const inputs = layer(0).size;
  const means = mean();
  for (let i = 0; i < inputs; i++) {
    let sum: u32 = 0;
    for (let slot = 0; slot < samples; slot++) sum += load<u8>(image(slot) + i);
    store<u32>(means + (i << 2), sum / samples);
  }
  measureMean();
  takeDigest(digestParameters());
}

/** Adds q δ of a slot, changes = State[size], to i64[size] sums. */
export function addAlong(sums: usize, changes: usize, slot: i32): void {
  addWideRow(sums, changes, centredLayer().size, part(slot) >> ALONG_FRACTION);
}
