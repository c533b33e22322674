// The boundary for a program that has a network within it: one example at a time, where it lies, without messages.
import { beginNoise, isNoisy } from './dynamics/noise';
import { freePhase, prediction } from './dynamics/phases';
import { sparePixels } from './dynamics/spikes';
import { NO_STEP } from './messages/wire';
import { connection, connectionCount, layer, outputLayer } from './network/graph';
import { image, setLabel, setStaged } from './network/minibatch';

/** Where a block of parameters lies: weights of the connections, one after the other, then biases of the free layers. */
export function parametersOf(block: i32): usize {
  const biases = block - connectionCount;
  return biases < 0 ? connection(block).weights : layer(biases + 1).biases;
}

/** u8[inputs]: where a slot's example is to be written, channels last. */
export function imageOf(slot: i32): usize {
  return image(slot);
}

/** Says that a slot's example is there, and its class. */
export function stage(slot: i32, label: i32): void {
  sparePixels(image(slot));
  setLabel(slot, label);
  setStaged(slot, true);
}

/** Settles a slot's example. Returns its class; outputStates() has the scores. */
export function predict(slot: i32, iterations: i32): i32 {
  sparePixels(image(slot));
  if (isNoisy()) beginNoise(NO_STEP);
  freePhase(slot, iterations, 4);
  return prediction();
}

/** State[classes], after predict(). */
export function outputStates(): usize {
  return outputLayer().states;
}
