/** The free states that a minibatch settled in. */
import { DeviceError, readStates, type Tensors } from '../endpoint/index.js';
import type { StateArray } from '../model/index.js';
import type { Learner } from './learner.js';

/**
 * Samples · units states. Nothing where a device alone has them, and keeps sums of contrasts in their place for want of
 * memory: one whose recipe starts from persistent states keeps them.
 */
export async function statesIfKept(
  tensors: Tensors,
  { graph, formats }: Learner,
  samples: number,
): Promise<StateArray | undefined> {
  try {
    return await readStates(tensors, 'free', samples, graph.units, formats.storage);
  } catch (error) {
    if (error instanceof DeviceError && error.error === 'badTensor') return undefined;
    throw error;
  }
}
