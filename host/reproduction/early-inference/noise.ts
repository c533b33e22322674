/** Noise in the states (Eqs. 2.1 to 2.6): what it costs a network that classifies, and one that learns. */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Curve } from '../../drawing/index.js';
import { percent } from '../../ground/index.js';
import type { Recipe } from '../../model/index.js';
import { contrast } from '../../reference/index.js';
import { initialReference } from '../../verification/index.js';
import type { Conditions } from '../conditions.js';
import type { Experiment, Form } from '../experiment.js';
import { testBatch, trainedInFloat } from '../float-networks.js';
import { chainRecipe, errorOf, ONE_SIDED, passOver, wrongIn } from './chains.js';
import { deviceNoise } from './device-noise.js';
import type { Noise } from './leaky.js';
import { classifyNoisily, relaxNoisily, type Sharing } from './noisy.js';
import { addContrast } from './path.js';

const HIDDEN = 64;
const EPSILON = 0.5;
const PHASES = { epsilon: EPSILON, beta: 1, free: 20, nudged: 8 } as const;
const INFERENCE = { epsilon: EPSILON, steps: 100, averaged: 50 } as const;
const LEVELS = {
  langevin: [0.001, 0.01, 0.03, 0.1, 0.3],
  integrator: [0.1, 0.3, 1],
} as const;
const LEARNT: Readonly<Record<Noise['form'], readonly number[]>> = {
  langevin: [0.0001, 0.001, 0.01, 0.1],
  integrator: [0.1, 0.3],
};
const NAMES: Readonly<Record<Noise['form'], string>> = {
  langevin: 'Langevin, T',
  integrator: 'leaky integrator, σ',
};

interface Classified {
  readonly noise: Noise;
  readonly last: number;
  readonly mean: number;
}

interface Learnt {
  readonly noise: Noise;
  readonly sharing: Sharing | undefined;
  /** In the last epoch, with the noise. */
  readonly training: number;
  /** Without noise. */
  readonly test: number;
}

export const noise: Experiment = {
  paper: 'early-inference',
  name: 'noise',
  title: 'Noise in the states',
  shows:
    'inference and training error by level: leaky integrator, Langevin; the same noise in both phases or not; in integers too',
  minutes: { quick: 5, full: 20 },
  async run(form, conditions) {
    const dataset = await loadDataset(conditions.data);
    const silent = await learn(dataset, { form: 'langevin', level: 0 }, undefined, form, conditions);
    const learnt: Learnt[] = [silent];
    for (const kind of ['langevin', 'integrator'] as const)
      for (const level of LEARNT[kind])
        for (const sharing of ['independent', 'same'] as const)
          learnt.push(await learn(dataset, { form: kind, level }, sharing, form, conditions));
    const classified = await classify(dataset, form, conditions);
    const onDevice = await deviceNoise(dataset, form, conditions);
    const tested = (kind: Noise['form'], sharing: Sharing) =>
      learnt.filter((one) => one.noise.form === kind && one.sharing === sharing);
    const pairs = (['langevin', 'integrator'] as const).flatMap((kind) =>
      tested(kind, 'same').map((same, n) => ({ same, independent: tested(kind, 'independent')[n] })),
    );
    const better = pairs.filter(({ same, independent }) => same.test <= independent.test);
    const [clean] = classified;
    const mild = classified.filter(
      ({ noise: { form: kind, level } }) => kind === 'langevin' && level <= 0.03,
    );
    return {
      statement:
        'Neurons are leaky integrators with injected noise, whose updates follow a Langevin Markov chain: inference explores instead of finding one mode, and learning goes on through it (section 2.2).',
      verdict: `A little noise costs a trained network little: up to T = .03 the error is at most ${percent(Math.max(...mild.map(({ last }) => last)))} from the last state and ${percent(Math.max(...mild.map(({ mean }) => mean)))} from a mean of ${INFERENCE.averaged} steps (${percent(clean.last)} without). Learning is dearer, and by how much depends on what the phases share: with the same noise in both, test errors are no higher in ${better.length} of ${pairs.length} levels, for what it does to the two cancels in the contrast. ${onDevice.verdict}`,
      holds: better.length === pairs.length,
      panels: [
        {
          title: 'Classifying with Langevin noise',
          xLabel: 'temperature T',
          yLabel: 'test error, %',
          xScale: 'log',
          yScale: 'zero',
          curves: (['last', 'mean'] as const).map((part, n) => ({
            label: part === 'last' ? 'last state' : `mean of ${INFERENCE.averaged} steps`,
            colour: (['orange', 'blue'] as const)[n],
            marked: true,
            points: classified
              .filter((one) => one.noise.form === 'langevin' && one.noise.level > 0)
              .map((one) => [one.noise.level, 100 * one[part]] as const),
          })),
        },
        {
          title: 'Learning with Langevin noise, tested without',
          xLabel: 'temperature T',
          yLabel: 'error, %',
          xScale: 'log',
          yScale: 'zero',
          curves: (['independent', 'same'] as const).flatMap((sharing, n): readonly Curve[] =>
            (['test', 'training'] as const).map((part) => ({
              label: `${sharing === 'same' ? 'the same noise in both phases' : 'independent noise'}, ${part}`,
              colour: (['orange', 'blue'] as const)[n],
              ...(part === 'training' && { stroke: 'dotted' as const }),
              marked: true,
              points: tested('langevin', sharing).map((one) => [one.noise.level, 100 * one[part]] as const),
            })),
          ),
        },
      ],
      tables: [
        {
          title: `Classifying with noise: ${INFERENCE.steps} steps of ${EPSILON}`,
          head: ['noise', 'error, last state', `mean of ${INFERENCE.averaged} steps`],
          rows: classified.map((one) => [nameOf(one.noise), percent(one.last), percent(one.mean)]),
        },
        {
          title: 'Learning with noise: error while training in the last epoch, and tested without noise',
          head: ['noise', 'in the two phases', 'training', 'test'],
          rows: learnt.map((one) => [
            nameOf(one.noise),
            one.sharing ?? '',
            percent(one.training),
            percent(one.test),
          ]),
        },
        ...onDevice.tables,
      ],
    };
  },
};

function nameOf({ form, level }: Noise): string {
  return level === 0 ? 'none' : `${NAMES[form]} = ${level}`;
}

function recipeFor(dataset: Dataset, form: Form, seed: number, changes?: typeof ONE_SIDED): Recipe {
  const [images, epochs] = form === 'full' ? [6000, 3] : [1000, 2];
  return chainRecipe(dataset, { hidden: [HIDDEN], images, epochs, seed }, changes);
}

async function learn(
  dataset: Dataset,
  kind: Noise,
  sharing: Sharing | undefined,
  form: Form,
  { seed, step }: Conditions,
): Promise<Learnt> {
  const recipe = recipeFor(dataset, form, seed, ONE_SIDED);
  const network = initialReference(recipe);
  const name = `${nameOf(kind)} ${sharing ?? ''}`;
  const training = await passOver(
    recipe,
    dataset,
    (batch, rates, n) => {
      const phases = { ...PHASES, seed, noise: kind, sharing: sharing ?? 'same' };
      const relaxed = relaxNoisily(network, phases, batch, n * batch.labels.length);
      addContrast(network, contrast(network, batch, relaxed), rates);
      return wrongIn(relaxed.predictions, batch.labels);
    },
    name,
    step,
  );
  const test = await errorOf(network, recipe, dataset, name, step);
  return { noise: kind, sharing, training: training[training.length - 1], test };
}

async function classify(
  dataset: Dataset,
  form: Form,
  conditions: Conditions,
): Promise<readonly Classified[]> {
  const { seed, step } = conditions;
  const network = await trainedInFloat(recipeFor(dataset, form, seed), dataset, conditions);
  const count = Math.min(form === 'full' ? 1000 : 200, dataset.test.count);
  const kinds: readonly Noise[] = [
    { form: 'langevin', level: 0 },
    ...LEVELS.langevin.map((level) => ({ form: 'langevin', level }) as const),
    ...LEVELS.integrator.map((level) => ({ form: 'integrator', level }) as const),
  ];
  const classified: Classified[] = [];
  for (const kind of kinds) {
    let [last, mean] = [0, 0];
    for (let from = 0; from < count; from += 50) {
      await step(`classified, ${nameOf(kind)}`, from, count);
      const batch = testBatch(dataset, from, Math.min(from + 50, count));
      const found = classifyNoisily(network, kind, batch, { ...INFERENCE, seed, first: from });
      last += wrongIn(found.last, batch.labels) / count;
      mean += wrongIn(found.mean, batch.labels) / count;
    }
    classified.push({ noise: kind, last, mean });
  }
  return classified;
}
