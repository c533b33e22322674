/** A recipe by which every runtime of the module is held to the bits of convolutions: a maximum, an average, shifted images. */
import { checkRecipe } from '#host/model/index';
import { smallValues } from '../centered.js';

export const goldenConvolution = checkRecipe(
  {
    ...smallValues,
    ...{ network: '28x28-conv5x4m-conv5x8a-10', rates: [0.4, 0.2, 0.1], 'weight-decay': [] },
    ...{ states: 'Q9.6', shift: 1, minibatch: 4 },
  },
  'a convolution',
);

/** Its parameters, and their digest after three minibatches of MNIST. */
export const GOLDEN = {
  parameters: 25 * 4 + 4 + 100 * 8 + 8 + 128 * 10 + 10,
  digest: 11519906897689801211n,
} as const;
