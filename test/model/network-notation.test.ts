/** Networks as they are written: what they come to, and what is said of those that cannot be. */
import { describe, expect, test } from 'vitest';
import { checkRecipe, graphOf, notedLayers } from '#host/model/index';

const check = (network: string, more: Readonly<Record<string, unknown>> = {}) =>
  checkRecipe(
    {
      ...{ 'free-iterations': 12, 'nudged-iterations': 6, beta: 0.3, epochs: 1 },
      ...{
        network,
        rates: network
          .split('-')
          .slice(1)
          .map(() => 0.1),
      },
      ...{ weights: 'Q1.14', states: 'Q3.12', ...more },
    },
    'here',
  );

test.each([
  ['28x28-conv5x8m-10', { channels: 8, rows: 12, columns: 12 }],
  ['784-conv5x8m-10', { channels: 8, rows: 12, columns: 12 }],
  ['28x28-conv4x6s2-10', { channels: 6, rows: 13, columns: 13 }],
  ['28x28-conv6x6s2m-10', { channels: 6, rows: 6, columns: 6 }],
  ['28x28-conv6x6as2-10', { channels: 6, rows: 6, columns: 6 }],
  ['3x8x9-conv3x4-10', { channels: 4, rows: 6, columns: 7 }],
  ['100-conv1x4-10', { channels: 4, rows: 10, columns: 10 }],
])('%s has a layer of that shape', (network, shape) => {
  expect(notedLayers(network)[1].shape).toEqual(shape);
  expect(graphOf(check(network)).layers[1]).toMatchObject({ shape, biases: shape.channels });
});

describe('a network that cannot be is refused', () => {
  test.each<[string, string, string]>([
    [
      '28x28-conv29x8-10',
      'conv29x8: a convolution of side 29 in a layer of 28 × 28',
      'sides go from 1 to 28',
    ],
    ['28x28-conv300x8-10', 'conv300x8: a convolution of side 300 in a layer of 28 × 28', 'from 1 to 28'],
    ['28x28-conv0x8-10', 'conv0x8: a convolution of side 0 in a layer of 28 × 28', 'sides go from 1 to 28'],
    ['28x28-conv5x0-10', 'layer 1 of network 28x28-conv5x0-10 has 0 units', '1 to 65535'],
    ['28x28-conv5x200-10', 'layer 1 of network 28x28-conv5x200-10 has 115200 units', '1 to 65535'],
    ['28x28-conv5x8s0-10', 'conv5x8s0: a convolution of side 5, stride 0 in a layer of', 'from 1 to 63'],
    ['28x28-conv5x8s64-10', 'conv5x8s64: a convolution of side 5, stride 64 in a layer of', 'from 1 to 63'],
    [
      '28x28-conv6x8m-10',
      'conv6x8m: a convolution of side 6, maximum of 2 × 2 has 23 × 23 places in a layer of 28 × 28, which pools of 2 × 2 do not divide',
      'pools that divide them: 1; or a side of 5 or 7',
    ],
    [
      '28x28-conv28x8a-10',
      'conv28x8a: a convolution of side 28, sum of 2 × 2 has 1 × 1 places',
      'side of 27',
    ],
    // Neither side of 27 rows and 28 columns leaves even numbers.
    [
      '27x28-conv5x8m-10',
      'conv5x8m: a convolution of side 5, maximum of 2 × 2 has 23 × 24',
      'divide them: 1',
    ],
    // The second of two, where the first leaves it too little.
    ['28x28-conv25x8m-conv3x8-10', 'conv3x8: a convolution of side 3 in a layer of 2 × 2', 'from 1 to 2'],
    ['28x28-100-conv3x4-10', 'conv3x4: a convolution of side 3 in a layer of 1 × 1', 'as 28x28'],
    ['1x784-conv5x8-10', 'conv5x8: a convolution of side 5 in a layer of 1 × 784', 'as 28x28'],
    ['28x28-conv5x8mm-10', "network: 'conv5x8mm' is no layer: write 784-500-10", 'docs/using.md'],
    ['28x28-conv5x8ma-10', "network: 'conv5x8ma' is no layer", 'docs/using.md'],
    ['28x28-conv5x8s2s2-10', "network: 'conv5x8s2s2' is no layer", 'docs/using.md'],
    ['28x28-conv5-10', "network: 'conv5' is no layer", 'docs/using.md'],
    ['28x28--10', "network: '' is no layer", 'docs/using.md'],
    ['conv5x8-10', "network: 'conv5x8' is no input", 'docs/using.md'],
    ['28x28', 'network: there is no layer after the input', 'docs/using.md'],
  ])('%s', (network, message, hint) => {
    expect(() => check(network)).toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: expect.stringContaining(`here: ${message}`),
        hint: expect.stringContaining(hint),
      }),
    );
  });
});
