/** A device that has no room for a minibatch's states keeps sums of contrasts: what it answers when states are asked for. */
import { expect, test } from 'vitest';
import { readRequests } from '#host/endpoint/index';
import { Kernel, portableModule } from '#host/kernel/index';
import { configureRequest, graphOf, initialiseRequest, ratesAt, trainRequest } from '#host/model/index';
import { packImage, Tensor } from '#host/wire/index';
import { smallRecipe } from '../runs/small-data.js';

const MINIBATCH = 16;
const recipe = smallRecipe({
  ...{ network: '8x8-conv3x4m-conv2x8a-4', rates: [0.2, 0.1, 0.1], minibatch: MINIBATCH },
  ...{ states: 'Q9.6', nudging: 'centered' },
});
const { units, connections } = graphOf(recipe);
const image = (n: number) => packImage(Uint8Array.from({ length: 64 }, (_, at) => (at * 37 + n * 91) % 256));

function deviceOf(arena: number) {
  const kernel = new Kernel(arena, undefined, portableModule(16));
  const { needed } = kernel.execute('configure', configureRequest(recipe));
  kernel.execute('initialise', initialiseRequest(recipe));
  const train = (step: number, samples: number) => {
    for (let slot = 0; slot < samples; slot++)
      kernel.execute('sample', { slot, label: (step + slot) % 4, image: image(step * MINIBATCH + slot) });
    return kernel.execute('train', trainRequest(step, samples, ratesAt(recipe, step, 19, samples)));
  };
  const read = (tensor: number, index: number, count: number, width: number) =>
    readRequests({ tensor, index, count, width }).flatMap((request) => [
      ...kernel.execute('read', request).data,
    ]);
  const start = (slot: number, data: Uint8Array) =>
    kernel.execute('write', { offset: 0, index: slot, tensor: Tensor.start, padding: 0, data });
  return { needed, train, read, start };
}

const refused = (tensor: number, place: number) =>
  expect.objectContaining({ name: 'DeviceError', error: 'badTensor', value: tensor, place });

test('they are refused, whichever slot; parameters are read, and are those of a device that keeps states', () => {
  const roomy = deviceOf(1 << 20);
  const tight = deviceOf(roomy.needed - 1);
  expect(tight.needed).toBeLessThan(roomy.needed);
  for (let step = 0; step < 3; step++)
    expect(tight.train(step, MINIBATCH)).toEqual(roomy.train(step, MINIBATCH));
  for (const tensor of [Tensor.start, Tensor.free, Tensor.plus, Tensor.minus])
    for (const slot of [0, 1, MINIBATCH - 1]) {
      expect(roomy.read(tensor, slot, units, 2)).toHaveLength(2 * units);
      expect(() => tight.read(tensor, slot, units, 2)).toThrow(refused(tensor, slot));
    }
  expect(() => tight.start(0, Uint8Array.of(1, 0))).toThrow(refused(Tensor.start, 0));
  for (const [index, { weights }] of connections.entries())
    expect(tight.read(Tensor.weights, index, weights, 2)).toEqual(
      roomy.read(Tensor.weights, index, weights, 2),
    );
});

test('a state that is refused is written nowhere: sums, weights and what is learnt next stay as they are', () => {
  const [asked, left] = Array.from({ length: 2 }, () => deviceOf(deviceOf(1 << 20).needed - 1));
  for (let step = 0; step < 2; step++) {
    for (let slot = 0; slot < MINIBATCH; slot++)
      expect(() => asked.start(slot, new Uint8Array(2 * units).fill(0x55))).toThrow(
        refused(Tensor.start, slot),
      );
    expect(asked.train(step, MINIBATCH)).toEqual(left.train(step, MINIBATCH));
  }
});

test('what is learnt along a mean is summed as well', () => {
  const centred = smallRecipe({ network: '8x8-3-4', minibatch: 200, 'centred-input': true, states: 'Q3.12' });
  const ends = [0, 1].map((less) => {
    const kernel = new Kernel(1 << 20, undefined, portableModule(16));
    const { needed } = kernel.execute('configure', configureRequest(centred));
    const tight = less === 0 ? kernel : new Kernel(needed - 1, undefined, portableModule(16));
    const { needed: taken } = tight.execute('configure', configureRequest(centred));
    tight.execute('initialise', initialiseRequest(centred));
    const replies = Array.from({ length: 3 }, (_, step) => {
      for (let slot = 0; slot < 200; slot++)
        tight.execute('sample', { slot, label: slot % 4, image: image(200 * step + slot) });
      return tight.execute('train', trainRequest(step, 200, ratesAt(centred, step, 19, 200)));
    });
    return { taken, replies };
  });
  expect(ends[1].taken).toBeLessThan(ends[0].taken);
  expect(ends[1].replies).toEqual(ends[0].replies);
});
