/** Learning and classifying with noise on the device, in its integers, beside the same recipes in float64. */
import type { Dataset } from '../../data/index.js';
import { decimals, inPercent } from '../../ground/index.js';
import { formatsOf, graphOf, type Recipe } from '../../model/index.js';
import { realParameters } from '../../training/index.js';
import { referenceWith } from '../../verification/index.js';
import { type BothLearnt, errorOnDevice, learnOnBoth } from '../both-learning.js';
import type { Conditions } from '../conditions.js';
import type { Form } from '../experiment.js';
import { testInFloat } from '../float-learning.js';
import { testBatch } from '../float-networks.js';
import type { Table } from '../tables.js';
import { chainRecipe } from './chains.js';

const HIDDEN = 64;
/** Both nudged phases of a recipe can see the same noise; its free phase sees another. */
const DYNAMICS = {
  ...{ relaxation: 'euler', epsilon: 0.5, nudging: 'centered', beta: 0.3 },
  ...{ 'free-iterations': 20, 'nudged-iterations': 8 },
  // Strong noise makes weights grow: drives of ±128.
  ...{ weights: 'Q3.12', states: 'Q3.12' },
} as const;
const SHARINGS = ['independent', 'same'] as const;
type Sharing = (typeof SHARINGS)[number];

interface Noise {
  readonly noise: 'langevin' | 'leaky';
  readonly level: number;
}

const langevin = (level: number): Noise => ({ noise: 'langevin', level });
const leaky = (level: number): Noise => ({ noise: 'leaky', level });

const LEARNT: Readonly<Record<Form, readonly Noise[]>> = {
  quick: [langevin(0.01), leaky(0.1)],
  full: [...[0.001, 0.01, 0.1].map(langevin), ...[0.1, 0.3].map(leaky)],
};
const CLASSIFIED: readonly Noise[] = [
  ...[0.001, 0.01, 0.03, 0.1, 0.3].map(langevin),
  ...[0.1, 0.3, 1].map(leaky),
];
const SIZE = {
  quick: { images: 1000, epochs: 2, tested: 200 },
  full: { images: 2000, epochs: 3, tested: 2000 },
} as const;
const CLASSIFYING = { 'free-iterations': 100, minibatch: 100 } as const;

export async function deviceNoise(
  dataset: Dataset,
  form: Form,
  conditions: Conditions,
): Promise<{ readonly tables: readonly Table[]; readonly verdict: string }> {
  const silent = await learn(undefined, undefined, dataset, form, conditions);
  const learnt: { readonly noise: Noise; readonly pairs: Readonly<Record<Sharing, BothLearnt>> }[] = [];
  for (const noise of LEARNT[form])
    learnt.push({
      noise,
      pairs: {
        independent: await learn(noise, 'independent', dataset, form, conditions),
        same: await learn(noise, 'same', dataset, form, conditions),
      },
    });
  const classified = await classify(silent, dataset, form, conditions);
  const better = learnt.filter(
    ({ pairs }) => pairs.same.device.testError <= pairs.independent.device.testError,
  );
  const apart = Math.max(...classified.map(({ device, float }) => Math.abs(device - float)));
  const shown = ({ device, float }: BothLearnt) => [
    `${inPercent(device.trainingErrors.at(-1))} (${inPercent(float.trainingErrors.at(-1))})`,
    `${inPercent(device.testError)} (${inPercent(float.testError)})`,
  ];
  return {
    verdict: `On the device, which draws the same numbers, a network classifies through noise as in float64 within ${decimals(apart, 1)} points; learning by ±${DYNAMICS.beta} there, test errors are no higher with the same noise in both nudged phases in ${better.length} of ${learnt.length} levels.`,
    tables: [
      {
        title: `On the device, ±${DYNAMICS.beta}: error while training in the last epoch, and tested without noise; in brackets float64 by the same recipe`,
        head: [
          'noise',
          ...SHARINGS.flatMap((one) => [
            `${one === 'same' ? 'the same' : one} in the nudged phases: training`,
            'test',
          ]),
        ],
        rows: [
          ['none', ...shown(silent), '', ''],
          ...learnt.map(({ noise, pairs }) => [
            nameOf(noise),
            ...SHARINGS.flatMap((one) => shown(pairs[one])),
          ]),
        ],
      },
      {
        title: `Trained on the device without noise, classifying with it: last of ${CLASSIFYING['free-iterations']} steps`,
        head: ['noise', 'device', 'float64'],
        rows: classified.map(({ name, device, float }) => [name, inPercent(device), inPercent(float)]),
      },
    ],
  };
}

function nameOf({ noise, level }: Noise): string {
  return noise === 'langevin' ? `Langevin, T = ${level}` : `leaky integrator, σ = ${level}`;
}

function recipeFor(
  dataset: Dataset,
  form: Form,
  seed: number,
  changes: Readonly<Record<string, unknown>> = {},
): Recipe {
  const { images, epochs } = SIZE[form];
  return chainRecipe(dataset, { hidden: [HIDDEN], images, epochs, seed }, { ...DYNAMICS, ...changes });
}

function keysOf({ noise, level }: Noise) {
  return { noise, 'noise-level': level };
}

async function learn(
  noise: Noise | undefined,
  sharing: Sharing | undefined,
  dataset: Dataset,
  form: Form,
  conditions: Conditions,
): Promise<BothLearnt> {
  const recipe = recipeFor(dataset, form, conditions.seed, {
    ...(noise && { ...keysOf(noise), 'noise-phases': sharing }),
  });
  const quiet = recipeFor(dataset, form, conditions.seed, CLASSIFYING);
  const tested = testedOf(dataset, form);
  const name = noise ? `${noise.noise}-${noise.level}-${sharing}` : 'no-noise';
  return learnOnBoth(recipe, name, dataset, tested, conditions, quiet);
}

/** The network that learnt without noise, at each level of it. */
async function classify(
  { device: { result } }: BothLearnt,
  dataset: Dataset,
  form: Form,
  conditions: Conditions,
) {
  const { seed } = conditions;
  const quiet = recipeFor(dataset, form, seed, CLASSIFYING);
  const network = referenceWith(quiet, realParameters(result.parameters, formatsOf(quiet), graphOf(quiet)));
  const tested = testedOf(dataset, form);
  const classified: { readonly name: string; readonly device: number; readonly float: number }[] = [];
  for (const noise of [undefined, ...CLASSIFIED]) {
    const recipe = recipeFor(dataset, form, seed, { ...CLASSIFYING, ...(noise && keysOf(noise)) });
    const { error } = await testInFloat(network, recipe, testBatch(dataset, 0, tested), conditions);
    const device = await errorOnDevice(recipe, result, dataset, tested, conditions);
    classified.push({ name: noise ? nameOf(noise) : 'none', device, float: error });
  }
  return classified;
}

function testedOf({ test }: Dataset, form: Form): number {
  return Math.min(SIZE[form].tested, test.count);
}
