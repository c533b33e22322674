/** ½(Wᵢⱼ + Wⱼᵢ) in R (Eq. 2.10): two directions with weights of their own, of which the dynamics see the symmetric part. */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Curve } from '../../drawing/index.js';
import { decimals, percent } from '../../ground/index.js';
import { pictured } from '../../model/index.js';
import type { ReferenceNetwork } from '../../reference/index.js';
import { MinibatchPlan } from '../../training/index.js';
import { initialReference } from '../../verification/index.js';
import type { Conditions } from '../conditions.js';
import type { Experiment } from '../experiment.js';
import { cosine } from '../statistics.js';
import { chainRecipe, errorOf, type Learning, ONE_SIDED, passOver, wrongIn } from './chains.js';
import { addContrast, changesBy, eulerDynamics, followPath, type Path } from './path.js';

/** Share of its first size that a matrix's asymmetric part must fall to, to count as gone. */
const GONE = 0.1;

/** The two directions of each connection between free layers, both laid out as the forward one. */
export interface Directions {
  readonly forward: readonly Float64Array[];
  readonly backward: readonly Float64Array[];
}

interface Epoch {
  readonly training: number;
  /** cos(W, Bᵀ) and ‖W − Bᵀ‖, by connection. */
  readonly cosines: readonly number[];
  readonly asymmetries: readonly number[];
}

interface Trained {
  readonly name: string;
  readonly start: Epoch;
  readonly epochs: readonly Epoch[];
  readonly test: number;
}

export const symmetric: Experiment = {
  paper: 'early-inference',
  name: 'symmetric',
  title: 'Symmetric parts of asymmetric weights',
  shows:
    'symmetric parts ½(W + Wᵀ) in the driving function: whether they learn, and whether weights become symmetric',
  minutes: { quick: 2, full: 8 },
  async run(form, conditions) {
    const { seed } = conditions;
    const dataset = await loadDataset(conditions.data);
    const [images, epochs] = form === 'full' ? [5000, 6] : [2000, 3];
    const trained: Trained[] = [];
    for (const hidden of [[64], [64, 64]])
      trained.push(await train(dataset, { hidden, images, epochs, seed }, conditions));
    const left = trained.flatMap((one) => {
      const end = one.epochs[one.epochs.length - 1];
      return end.asymmetries.map((size, k) => size / one.start.asymmetries[k]);
    });
    const cosines = trained.flatMap((one) => one.epochs[one.epochs.length - 1].cosines);
    return {
      statement:
        'Where weights are not symmetric the energy’s gradient has ½(Wᵢⱼ + Wⱼᵢ) in their place, “which automatically symmetrizes the weight matrix when following a weight update like the one we propose” (Eq. 2.10).',
      verdict: `The dynamics are symmetrised, the weights are not. Networks whose two directions begin independent and each learn by their own half of the rate rule do learn (test error ${trained.map((one) => percent(one.test)).join(', ')}), for what relaxes has symmetric weights. But ‖W − Bᵀ‖ is ${decimals(Math.min(...left))} to ${decimals(Math.max(...left))} times what it was: nothing in the rule takes it away. cos(W, Bᵀ) comes to ${cosines.map((one) => decimals(one)).join(', ')}, as far as the symmetric part has grown beside it.`,
      holds: left.every((one) => one <= GONE),
      panels: [
        {
          title: 'Symmetry of weights as they learn',
          xLabel: 'epoch',
          yLabel: 'cos(W, Bᵀ)',
          whole: true,
          curves: trained.flatMap((one, n): readonly Curve[] =>
            one.start.cosines.map((_, k) => ({
              label: `${one.name}, connection ${k + 2}`,
              colour: (['blue', 'orange', 'green'] as const)[n + k],
              marked: true,
              points: [one.start, ...one.epochs].map((epoch, at) => [at, epoch.cosines[k]] as const),
            })),
          ),
        },
      ],
      tables: [
        {
          title: `${images} images; both directions drawn by themselves`,
          head: ['network', 'epoch', 'training error', 'cos(W, Bᵀ)', '‖W − Bᵀ‖, of its first', 'test error'],
          rows: trained.flatMap((one) =>
            [one.start, ...one.epochs].map((epoch, n, all) => [
              one.name,
              String(n),
              n === 0 ? '' : percent(epoch.training),
              epoch.cosines.map((value) => decimals(value)).join(', '),
              epoch.asymmetries.map((size, k) => decimals(size / one.start.asymmetries[k])).join(', '),
              n === all.length - 1 ? percent(one.test) : '',
            ]),
          ),
        },
      ],
    };
  },
};

async function train(dataset: Dataset, learning: Learning, { step }: Conditions): Promise<Trained> {
  const recipe = chainRecipe(dataset, learning, ONE_SIDED);
  const network = initialReference(recipe);
  // Another seed's weights for the way back: as large, and independent.
  const other = initialReference({ ...recipe, seed: (recipe.seed ^ 0x5eed) >>> 0 });
  const directions: Directions = {
    forward: network.weights.slice(1).map((matrix) => matrix.slice()),
    backward: other.weights.slice(1),
  };
  takeMeans(network, directions);
  const { perEpoch } = new MinibatchPlan(pictured(recipe, dataset));
  const dynamics = eulerDynamics(learning.hidden.length);
  const symmetries: Omit<Epoch, 'training'>[] = [symmetryOf(directions)];
  const errors = await passOver(
    recipe,
    dataset,
    (batch, rates, n) => {
      const path = followPath(network, dynamics, batch);
      addContrast(network, changesBy('contrast', network, batch, path), rates);
      learnDirections(directions, path, rates.gains);
      // In place of what the contrast made of the matrices between free layers.
      takeMeans(network, directions);
      if ((n + 1) % perEpoch === 0) symmetries.push(symmetryOf(directions));
      return wrongIn(path.relaxed.predictions, batch.labels);
    },
    recipe.network,
    step,
  );
  const [start, ...after] = symmetries;
  return {
    name: recipe.network,
    start: { training: 1, ...start },
    epochs: errors.map((training, n) => ({ training, ...after[n] })),
    test: await errorOf(network, recipe, dataset, recipe.network, step),
  };
}

/** The dynamics' weights: ½(W + Bᵀ). */
function takeMeans(network: ReferenceNetwork, { forward, backward }: Directions): void {
  forward.forEach((matrix, k) => {
    const target = network.weights[k + 1];
    for (let n = 0; n < matrix.length; n++) target[n] = (matrix[n] + backward[k][n]) / 2;
  });
}

/** Each direction by its own half of the rate rule: its presynaptic rate, its postsynaptic change. */
export function learnDirections(directions: Directions, path: Path, gains: readonly number[]): void {
  for (const way of ['forward', 'backward'] as const)
    directions[way].forEach((matrix, k) => {
      const changes = path[way][k + 1];
      for (let n = 0; n < matrix.length; n++) matrix[n] += gains[k + 1] * changes[n];
    });
}

export function symmetryOf({ forward, backward }: Directions): Omit<Epoch, 'training'> {
  return {
    cosines: forward.map((matrix, k) => cosine([matrix], [backward[k]])),
    asymmetries: forward.map((matrix, k) =>
      Math.sqrt(matrix.reduce((sum, weight, n) => sum + (weight - backward[k][n]) ** 2, 0)),
    ),
  };
}
