/** Parameters read back from a device, against those a twin has. */

import type { Endpoint } from '../endpoint/index.js';
import { EndpointTensors } from '../endpoint/index.js';
import { bytesOf } from '../ground/index.js';
import type { NetworkParameters, WeightArray } from '../model/index.js';
import { Tensor } from '../wire/index.js';
import { VerificationError } from './lockstep.js';

/** Reads every parameter back; returns how many there are. Rejects with `VerificationError` at the first difference. */
export async function compareParameters(device: Endpoint, twin: NetworkParameters): Promise<number> {
  const tensors = new EndpointTensors(device);
  const compare = async (tensor: number, index: number, name: string, values: WeightArray) => {
    const { length: count, BYTES_PER_ELEMENT: width } = values;
    const found = await tensors.read([{ tensor, index, count, width }]);
    const expected = bytesOf(values);
    const at = found.findIndex((byte, i) => byte !== expected[i]);
    if (at >= 0)
      throw new VerificationError(
        `${name}: the device's element ${Math.floor(at / width)} differs from the twin's`,
      );
  };
  for (const [k, matrix] of twin.weights.entries()) await compare(Tensor.weights, k, `weights ${k}`, matrix);
  for (const [k, vector] of twin.biases.entries())
    await compare(Tensor.biases, k + 1, `biases of layer ${k + 1}`, vector);
  return [...twin.weights, ...twin.biases].reduce((sum, { length }) => sum + length, 0);
}
