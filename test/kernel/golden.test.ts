/** The same bits whatever runs them: MNIST's first minibatches, by recipes that use every part of the kernel. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import { Helpers } from '#host/kernel/helpers';
import { hostModule, Kernel, portableModule, vectorModule } from '#host/kernel/kernel';
import {
  checkRecipe,
  configureRequest,
  initialiseRequest,
  ratesAt,
  readPreset,
  trainRequest,
} from '#host/model/index';
import { Option, packImage } from '#host/wire/index';
import { SMALL } from '../centered.js';
import { goldenConvolution } from './golden-convolution.js';
import { type Executor, PairedKernel } from './paired.js';

const ARENA = 2 ** 24;
const MINIBATCHES = 5;

const recipes = {
  small: [SMALL, {}, 11140798104321112300n],
  'three hidden layers': [
    'paper-3',
    { network: '784-40-50-60-10', 'free-iterations': 60 },
    17099091740382199731n,
  ],
  'wide contrasts': [
    'paper-1',
    { network: '784-100-10', weights: 'Q0.15', states: 'Q1.14' },
    18004679687364873757n,
  ],
  convolution: [SMALL, goldenConvolution, 3391017602765404283n],
  'a vector field': [
    SMALL,
    {
      ...{ network: '784-40-30-10', feedback: 'symmetric', rates: [0.4, 0.1, 0.1], 'weight-decay': [] },
      ...{ nudging: 'positive', beta: 1 },
    },
    11321005195495585994n,
  ],
  'a lateral connection, clamped': [
    SMALL,
    {
      ...{ network: '784-40-10', relaxation: 'euler', nudging: 'clamped', 'weight-decay': [] },
      rates: [0.4, 0.1, 0.1],
      connections: [
        { from: 0, to: 1 },
        { from: 1, to: 2 },
        { from: 1, to: 1, kind: 'lateral' },
      ],
    },
    17815078510245203485n,
  ],
  'noise of Langevin’s, the same in both phases': [
    SMALL,
    {
      ...{ network: '784-40-10', relaxation: 'euler', 'weight-decay': [] },
      ...{ noise: 'langevin', 'noise-level': 0.01, 'noise-phases': 'same' },
    },
    3360950113608080591n,
  ],
  'noise of leaky integrators, rates along the nudged phase': [
    SMALL,
    {
      ...{ network: '784-40-30-10', relaxation: 'euler', 'weight-decay': [], rates: [0.4, 0.1, 0.1] },
      ...{ noise: 'leaky', 'noise-level': 0.1, nudging: 'positive', beta: 1, rule: 'rates' },
    },
    12625712333563645229n,
  ],
  'a margin': [
    SMALL,
    {
      ...{
        'initial-scale': [0.5, 0.125],
        nudging: 'positive',
        beta: 1,
        rates: [1.4, 0.5],
        'weight-decay': [],
      },
      ...{ 'nudge-margin': 0.1, 'free-iterations': 4 },
    },
    3422475618587322904n,
  ],
  'a centred input': [
    SMALL,
    {
      ...{ 'centred-input': true, 'weight-decay': [], 'initial-scale': [0.5, 0.125] },
      ...{ rates: [2.8, 0.5], 'input-dropout': 0.2 },
    },
    5487787487365976487n,
  ],
  'a penalty by L1': [
    SMALL,
    { penalty: 'L1', 'weight-decay': [3e-4, 1e-4], 'decay-interval': 2 },
    9899165952976480441n,
  ],
  'an input that is pulled': [
    SMALL,
    {
      ...{ network: '784-40-10', 'input-pull': 10, 'input-dropout': 0.2, states: 'Q3.12' },
      ...{ nudging: 'positive', beta: 1, 'weight-decay': [] },
    },
    15986468451618400094n,
  ],
  'an input that is pulled, euler': [
    SMALL,
    {
      ...{ network: '784-40-10', 'input-pull': 1.5, relaxation: 'euler', states: 'Q8.7', shift: 1 },
      ...{ nudging: 'centered', 'weight-decay': [] },
    },
    3008498495480877269n,
  ],
  'spikes, and pixels of one each': [
    SMALL,
    {
      ...{ network: '784-40-30-10', relaxation: 'spiking', 'pixel-spikes': 1, states: 'Q9.6' },
      ...{ nudging: 'positive', beta: 1, rates: [0.5, 0.25, 0.25], 'weight-decay': [] },
    },
    17491500762883919457n,
  ],
} as const;

const machines = {
  portable: { module: portableModule, options: 0, threads: 1 },
  'portable, dense': { module: portableModule, options: Option.dense, threads: 1 },
  'with SIMD alone': { module: vectorModule, options: 0, threads: 1 },
  host: { module: hostModule, options: 0, threads: 1 },
  'host, two threads': { module: hostModule, options: 0, threads: 2 },
  'host, three threads, dense': { module: hostModule, options: Option.dense, threads: 3 },
} as const;

let dataset: Dataset;
beforeAll(async () => {
  dataset = await loadDataset();
});

describe.each(Object.entries(recipes))('%s', (_, [preset, changes, golden]) => {
  const recipe = checkRecipe({ ...readPreset(preset).values, ...changes }, preset);

  test.each(Object.entries(machines))('%s', async (_name, { module, options, threads }) => {
    const kernel = new Kernel(ARENA, undefined, module());
    const helpers = await Helpers.start(kernel, threads);
    expect(learn(kernel, options)).toBe(golden);
    await helpers.close();
  });

  test('two cores', () => {
    const kernel = new PairedKernel(ARENA);
    expect(learn(kernel, 0)).toBe(golden);
    // CONFIGURE, an update each minibatch and a relaxation, but where rates are summed as it goes: that one core does alone.
    expect(kernel.answered).toBe(1 + (recipe.rule === 'rates' ? 1 : 2) * MINIBATCHES);
  });

  function learn(kernel: Executor, options: number): bigint {
    const configuration = configureRequest(recipe);
    kernel.execute('configure', { ...configuration, options: configuration.options | options });
    kernel.execute('initialise', initialiseRequest(recipe));
    const { minibatch } = recipe;
    const { images, labels } = dataset.training;
    let digest = 0n;
    for (let step = 0; step < MINIBATCHES; step++) {
      for (let slot = 0; slot < minibatch; slot++) {
        const at = step * minibatch + slot;
        const image = packImage(images.subarray(at * dataset.pixels, (at + 1) * dataset.pixels));
        kernel.execute('sample', { slot, label: labels[at], image });
      }
      const rates = ratesAt(recipe, step, 1000, minibatch);
      const reply = kernel.execute('train', trainRequest(step, minibatch, rates));
      digest = BigInt.asUintN(64, digest * 31n + reply.states + reply.weights);
    }
    return digest;
  }
});
