/** Learning of a centred input (centre.ts): its mean from the first minibatch, its part along that from each. */
import { centreOf, partAlong } from './centre.js';
import type { Batch, Relaxed } from './minibatch.js';
import type { ReferenceNetwork } from './network.js';

/** Bytes of means come to a sixteenth of what those of images do. */
const MEAN_PIXEL = 1 / 4096;

/** Takes the mean of a batch's images into a network that has none, whole bytes as the device has it. */
export function takeMean(network: ReferenceNetwork, { images, labels, step }: Batch): void {
  const centre = centreOf(network);
  if (!centre || step !== 0 || centre.mean.some((one) => one !== 0)) return;
  const { mean } = centre;
  for (let i = 0; i < mean.length; i++) {
    let sum = 0;
    for (let n = 0; n < labels.length; n++) sum += images[n * mean.length + i];
    mean[i] = Math.floor(sum / labels.length) * MEAN_PIXEL;
  }
}

/** Adds gain · Σ q δ of a relaxed batch, unless the connection from the input is fixed. */
export function learnAlong(
  network: ReferenceNetwork,
  { images, labels }: Batch,
  { plus, minus }: Pick<Relaxed, 'plus' | 'minus'>,
  gain: number,
): void {
  const centre = centreOf(network);
  const { layers, connections, units } = network.graph;
  if (!centre || connections[0].fixed) return;
  const { learnt, mean } = centre;
  for (let n = 0; n < labels.length; n++) {
    const part = partAlong(mean, images, n * mean.length);
    const first = n * units + layers[centre.layer].firstUnit;
    for (let j = 0; j < learnt.length; j++) learnt[j] += gain * part * (plus[first + j] - minus[first + j]);
  }
}
