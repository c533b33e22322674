/** A network that has learnt for a while, on this computer, as a run would leave it. */
import { readRequests } from '../../dist/host/endpoint/index.js';
import { Kernel, portableModule } from '../../dist/host/kernel/index.js';
import {
  configureRequest,
  formatsOf,
  graphOf,
  initialiseRequest,
  integerArrays,
  pictured,
  ratesAt,
  trainRequest,
} from '../../dist/host/model/index.js';
import { packImage, Tensor } from '../../dist/host/wire/index.js';

const ARENA = 2 ** 26;

/** State and parameters of a run after so many minibatches of MNIST, of an epoch of them. */
export function trainedParameters(recipe, { training, pixels }, minibatches) {
  const picture = { rows: 28, columns: 28 };
  const of = pictured(recipe, picture);
  const { storage } = formatsOf(of);
  const kernel = new Kernel(ARENA, undefined, portableModule(storage));
  kernel.execute('configure', configureRequest(of));
  kernel.execute('initialise', initialiseRequest(of));
  let digest = 0n;
  for (let step = 0; step < minibatches; step++) {
    for (let slot = 0; slot < recipe.minibatch; slot++) {
      const n = step * recipe.minibatch + slot;
      const image = packImage(training.images.subarray(n * pixels, (n + 1) * pixels));
      kernel.execute('sample', { slot, label: training.labels[n], image });
    }
    const rates = ratesAt({ ...of, epochs: 1 }, step, minibatches, recipe.minibatch);
    digest = kernel.execute('train', trainRequest(step, recipe.minibatch, rates)).weights;
  }
  const { layers, connections } = graphOf(of);
  const read = (tensor, index, count, width) =>
    Uint8Array.from(
      readRequests({ tensor, index, count, width }).flatMap((request) => [
        ...kernel.execute('read', request).data,
      ]),
    ).buffer;
  const Weights = integerArrays[storage];
  const parameters = {
    weights: connections.map(
      ({ weights }, k) => new Weights(read(Tensor.weights, k, weights, Weights.BYTES_PER_ELEMENT)),
    ),
    biases: layers.slice(1).map(({ biases }, k) => new Int32Array(read(Tensor.biases, k + 1, biases, 4))),
  };
  const position = { step: minibatches, digest: BigInt.asUintN(64, digest).toString(16) };
  return { state: { recipe, picture, position }, parameters, arrays: {} };
}
