/** Pixels pass four at a time where a slot's image begins at a whole word, else one by one: the same states come of both. */
import { expect, test } from 'vitest';
import { hostModule, Kernel, portableModule } from '#host/kernel/index';
import { configureRequest, graphOf, initialiseRequest, ratesAt, trainRequest } from '#host/model/index';
import { packImage, Tensor } from '#host/wire/index';
import { smallRecipe } from '../runs/small-data.js';
import { tensor } from './networks.js';

const MINIBATCH = 5;
/** Odd: of five slots in a row, the images of the first and the last begin at a word. */
const PIXELS = 49;

const lit = (...places: readonly number[]) =>
  Uint8Array.from({ length: PIXELS }, (_, at) => (places.includes(at) ? 200 + at : 0));
const noise = (n: number) => Uint8Array.from({ length: PIXELS }, (_, at) => (at * 37 + n * 91) % 256);

/** The free states of all slots, after a step on five images and one on the same image five times. */
function statesOf(module: Uint8Array, isCentred: boolean, image: Uint8Array) {
  const recipe = smallRecipe({
    ...{ network: '7x7-6-4', minibatch: MINIBATCH, rates: [0.2, 0.1], 'centred-input': isCentred },
    ...{ 'weight-decay': [] },
  });
  const { units } = graphOf(recipe);
  const kernel = new Kernel(1 << 20, undefined, module);
  kernel.execute('configure', configureRequest(recipe));
  kernel.execute('initialise', initialiseRequest(recipe));
  [noise, () => image].forEach((of, step) => {
    for (let slot = 0; slot < MINIBATCH; slot++)
      kernel.execute('sample', { slot, label: slot % 4, image: packImage(of(slot)) });
    kernel.execute('train', trainRequest(step, MINIBATCH, ratesAt(recipe, step, 19, MINIBATCH)));
  });
  return Array.from({ length: MINIBATCH }, (_, slot) => tensor(kernel, Tensor.free, slot, units));
}

test.each([
  ['no pixel is lit', lit()],
  ['the last pixel alone is lit', lit(48)],
  ['pixels of all four places of a word are lit, dark words between them', lit(0, 9, 18, 27)],
  ['words are half dark', lit(4, 5, 10, 11, 17, 19)],
  ['most are lit', noise(3)],
])('where %s', (_, image) => {
  for (const isCentred of [false, true]) {
    const states = statesOf(portableModule(16), isCentred, image);
    expect(states).toEqual(Array(MINIBATCH).fill(states[0]));
    expect(statesOf(hostModule(16), isCentred, image)).toEqual(states);
  }
});
