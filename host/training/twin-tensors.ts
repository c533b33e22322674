/** What the twin holds, whole: the device's too, as long as their replies agree. */
import type { Twin } from '../kernel/twin.js';
import { Tensor } from '../link/schema.js';
import type { NetworkParameters } from '../model/network-parameters.js';

/** The parameters of a network with layers of these sizes, input first. */
export async function readParameters(twin: Twin, sizes: readonly number[]): Promise<NetworkParameters> {
  const post = sizes.slice(1);
  const matrices = post.map((size, k) => ({
    tensor: Tensor.weights,
    index: k,
    count: sizes[k] * size,
    width: 2,
  }));
  const vectors = post.map((size, k) => ({ tensor: Tensor.biases, index: k + 1, count: size, width: 4 }));
  const { buffer } = await twin.read(matrices);
  const biasBytes = await twin.read(vectors);
  let weightsAt = 0;
  let biasesAt = 0;
  return {
    weights: matrices.map(({ count }) => {
      const matrix = new Int16Array(buffer, weightsAt, count);
      weightsAt += matrix.byteLength;
      return matrix;
    }),
    biases: vectors.map(({ count }) => {
      const vector = new Int32Array(biasBytes.buffer, biasesAt, count);
      biasesAt += vector.byteLength;
      return vector;
    }),
  };
}

/** The twin's states of the first slots, samples · units. */
export async function readStates(
  twin: Twin,
  tensor: 'free' | 'plus' | 'minus',
  samples: number,
  units: number,
): Promise<Int16Array> {
  const slots = Array.from({ length: samples }, (_, index) => ({
    tensor: Tensor[tensor],
    index,
    count: units,
    width: 2,
  }));
  const bytes = await twin.read(slots);
  return new Int16Array(bytes.buffer);
}
