/** ΔW ∝ ṡᵢ ρ(sⱼ) along the nudged phase (Eq. 3.18) as a learning rule, beside the contrast of its ends. */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Curve } from '../../drawing/index.js';
import { decimals, percent } from '../../ground/index.js';
import { initialReference } from '../../verification/index.js';
import type { Conditions } from '../conditions.js';
import type { Experiment } from '../experiment.js';
import { cosine } from '../statistics.js';
import { chainRecipe, errorOf, type Learning, ONE_SIDED, passOver, wrongIn } from './chains.js';
import {
  addContrast,
  changesBy,
  eulerDynamics,
  followPath,
  PATH_STEP,
  type PathRule,
  pathRules,
} from './path.js';

/** Minibatches from one comparison of updates to the next. */
const COMPARED = 10;
/** Points of test error by which a rule may be behind the contrast and still learn as well. */
const BEHIND = 0.02;

const NAMES: Readonly<Record<PathRule, string>> = {
  forward: 'Σ ρ(sⱼ) Δsᵢ, upwards',
  both: 'the same, both directions',
  'end-points': 'ρ(sⱼ⁰) (sᵢ^β − sᵢ⁰)',
  contrast: 'contrast',
};
const COLOURS: Readonly<Record<PathRule, Curve['colour']>> = {
  forward: 'blue',
  both: 'orange',
  'end-points': 'green',
  contrast: 'grey',
};

interface Trained {
  readonly network: string;
  readonly rule: PathRule;
  /** Shares of wrong predictions in each epoch. */
  readonly training: readonly number[];
  readonly test: number;
  /** Mean cosine of the update with the contrast, a connection that the input is not in; from the input on. */
  readonly cosines: readonly number[];
}

export const rateRule: Experiment = {
  paper: 'early-inference',
  name: 'rate-rule',
  title: 'The rate of change as a learning rule',
  shows: 'MNIST learnt by ṡᵢ ρ(sⱼ) along the nudged phase, beside the contrast: errors, cosines of updates',
  minutes: { quick: 3, full: 15 },
  async run(form, conditions) {
    const { seed } = conditions;
    const dataset = await loadDataset(conditions.data);
    const [images, epochs] = form === 'full' ? [5000, 6] : [2000, 3];
    const hidden = form === 'full' ? [[128], [128, 128]] : [[64], [64, 64]];
    const trained: Trained[] = [];
    for (const layers of hidden)
      for (const rule of pathRules)
        trained.push(await train(dataset, rule, { hidden: layers, images, epochs, seed }, conditions));
    const contrastOf = ({ network }: Trained) =>
      trained.find((one) => one.network === network && one.rule === 'contrast')?.test ?? 0;
    const forward = trained.filter(({ rule }) => rule === 'forward');
    const cosines = forward.flatMap((one) => one.cosines);
    const learnsAsWell = forward.every((one) => one.test <= contrastOf(one) + BEHIND);
    return {
      statement:
        'The update ṡᵢ ρ(sⱼ), presynaptic rate times the rate of change of the postsynaptic state, is approximately proportional to that of back-propagation (section 3.2), so it should train a network; summed over the nudged phase it should learn as the contrast does.',
      verdict: `${learnsAsWell ? 'It does' : 'It does not'}: test errors by it and by the contrast are ${forward.map((one) => `${percent(one.test)} and ${percent(contrastOf(one))} for ${one.network}`).join('; ')} (one seed). The two updates have a mean cosine of ${decimals(Math.min(...cosines), 3)} or more. Both directions together are the contrast less the products of changes within one step.`,
      holds: learnsAsWell,
      panels: [...new Set(trained.map(({ network }) => network))].map((network) => ({
        title: network,
        xLabel: 'epoch',
        yLabel: 'training error, %',
        whole: true,
        yScale: 'zero' as const,
        curves: trained
          .filter((one) => one.network === network)
          .map(({ rule, training }) => ({
            label: NAMES[rule],
            colour: COLOURS[rule],
            ...(rule === 'contrast' && { stroke: 'dashed' as const }),
            marked: true,
            points: training.map((error, n) => [n + 1, 100 * error] as const),
          })),
      })),
      tables: [
        {
          title: `${images} images, ${epochs} epochs, β = ${ONE_SIDED.beta}, Euler steps of ${PATH_STEP}`,
          head: [
            'network',
            'rule',
            'training, last epoch',
            'test',
            'cosine with the contrast, by connection',
          ],
          rows: trained.map(({ network, rule, training, test, cosines: own }) => [
            network,
            NAMES[rule],
            percent(training[training.length - 1]),
            percent(test),
            own.map((one) => decimals(one, 4)).join(', '),
          ]),
        },
      ],
    };
  },
};

async function train(
  dataset: Dataset,
  rule: PathRule,
  learning: Learning,
  { step }: Conditions,
): Promise<Trained> {
  const recipe = chainRecipe(dataset, learning, ONE_SIDED);
  const network = initialReference(recipe);
  const part = `${recipe.network}, ${NAMES[rule]}`;
  const { hidden } = learning;
  const dynamics = eulerDynamics(hidden.length);
  const sums = hidden.map(() => ({ cosine: 0, count: 0 }));
  const training = await passOver(
    recipe,
    dataset,
    (batch, rates, n) => {
      const path = followPath(network, dynamics, batch);
      const changes = changesBy(rule, network, batch, path);
      if (n % COMPARED === 0) {
        const contrast = changesBy('contrast', network, batch, path);
        sums.forEach((sum, k) => {
          const between = cosine([changes.weights[k + 1]], [contrast.weights[k + 1]]);
          if (Number.isNaN(between)) return;
          sum.cosine += between;
          sum.count++;
        });
      }
      addContrast(network, changes, rates);
      return wrongIn(path.relaxed.predictions, batch.labels);
    },
    part,
    step,
  );
  const test = await errorOf(network, recipe, dataset, part, step);
  return {
    network: recipe.network,
    rule,
    training,
    test,
    cosines: sums.map((sum) => sum.cosine / sum.count),
  };
}
