/** Relaxation that begins where a feedforward pass says: iterations and products saved, and what the pass alone answers. */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Panel } from '../../drawing/index.js';
import { count, decimals, inPercent, mean, percent } from '../../ground/index.js';
import { formatsOf, type Graph, graphOf, type Recipe, toNearest } from '../../model/index.js';
import { type Batch, firstGreatest, type ReferenceNetwork, Relaxation } from '../../reference/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { chainRecipe } from '../early-inference/chains.js';
import type { Experiment, Form } from '../experiment.js';
import { testBatch, trainedInFloat } from '../float-networks.js';
import { FeedforwardPass } from './feedforward-pass.js';
import { productsOfChanges } from './sweeps.js';

const FORMS = {
  quick: { images: 1000, epochs: 2, tested: 200, width: 64 },
  full: { images: 20_000, epochs: 6, tested: 2000, width: 128 },
} as const satisfies Record<Form, unknown>;
const DEPTHS = [1, 2, 3] as const;
const EPSILON = 0.5;
/** More than any image takes. */
const ITERATIONS = 2000;
const TOLD = 20;

/** An image settled from zero and from the pass. */
interface Settled {
  /** Steps of Euler's method, ε = ½, until no state of 12 fractional bits changes: [from zero, from the pass]. */
  readonly iterations: readonly [number, number];
  /** Multiply-accumulates beside the input's drive, by exact sweeps: [from zero, from the pass, with it]. */
  readonly products: readonly [number, number];
  readonly isRight: { readonly pass: boolean; readonly settled: boolean };
}

interface Measured {
  readonly network: string;
  readonly images: readonly Settled[];
}

export const feedforwardStart: Experiment = {
  paper: 'slides',
  name: 'feedforward-start',
  title: 'A feedforward start',
  shows: 'iterations and products that a learnt pass saves, and its own error, one to three hidden layers',
  minutes: { quick: 1, full: 10 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const dataset = await loadDataset(conditions.data);
  const measured: Measured[] = [];
  for (const depth of DEPTHS) measured.push(await measure(depth, FORMS[form], dataset, conditions));
  return judge(measured);
}

async function measure(
  depth: number,
  { images, epochs, tested, width }: (typeof FORMS)[Form],
  dataset: Dataset,
  conditions: Conditions,
): Promise<Measured> {
  const { seed } = conditions;
  const recipe = chainRecipe(dataset, { hidden: new Array(depth).fill(width), images, epochs, seed });
  const graph = graphOf(recipe);
  const pass = new FeedforwardPass(graph);
  const network = await trainedInFloat(recipe, dataset, conditions, ({ free }, batch, epoch) => {
    // It learns in the later half, since it is to say what is settled in at the end.
    if (2 * epoch < epochs) return;
    for (let n = 0; n < batch.labels.length; n++)
      pass.learn(imageOf(batch, graph, n), free.subarray(n * graph.units, (n + 1) * graph.units));
  });
  const batch = testBatch(dataset, 0, Math.min(tested, dataset.test.count));
  const settled: Settled[] = [];
  for (let n = 0; n < batch.labels.length; n++) {
    if (n % TOLD === 0) await conditions.step(`settling ${recipe.network}`, n, batch.labels.length);
    settled.push(settleBoth(network, pass, recipe, batch, n));
  }
  return { network: recipe.network, images: settled };
}

function imageOf({ images }: Batch, { inputs }: Graph, n: number): Uint8Array {
  return images.subarray(n * inputs, (n + 1) * inputs);
}

function settleBoth(
  network: ReferenceNetwork,
  pass: FeedforwardPass,
  recipe: Recipe,
  batch: Batch,
  n: number,
): Settled {
  const { graph } = network;
  const label = batch.labels[n];
  const image = imageOf(batch, graph, n);
  const round = toNearest(formatsOf(recipe).states.fraction);
  const said = pass.statesOf(image).map(round);
  const from = (relaxation: 'euler' | 'exact', start: Float64Array) => {
    const phase = new Relaxation(network, { relaxation, epsilon: EPSILON }, round);
    phase.clamp(image, 0);
    phase.states.set(start);
    const iterations = phase.settle(0, label, ITERATIONS);
    return { iterations, products: productsOfChanges(network, phase.told), states: phase.states };
  };
  const zero = new Float64Array(graph.units);
  const [slow, swift] = [zero, said].map((start) => from('euler', start));
  const [swept, sweptOn] = [zero, said].map((start) => from('exact', start));
  const told = graph.layers.map(({ firstUnit, units }, k) =>
    k === 0
      ? 0
      : said.subarray(firstUnit, firstUnit + units).reduce((sum, state) => sum + Number(state > 0), 0),
  );
  const sent = productsOfChanges(network, Uint32Array.from(told)) + pass.productsOf(image, said);
  const answerOf = (states: Float64Array) => firstGreatest(states, graph.units - graph.outputs);
  return {
    iterations: [slow.iterations, swift.iterations],
    products: [swept.products, sweptOn.products + sent],
    isRight: { pass: answerOf(said) === label, settled: answerOf(swept.states) === label },
  };
}

function judge(measured: readonly Measured[]): Finding {
  const told = measured.map(({ network, images }) => {
    const [zero, start] = [0, 1].map((which) => images.map(({ iterations }) => iterations[which]));
    const errors = (['settled', 'pass'] as const).map(
      (which) => 100 * mean(images.map(({ isRight }) => Number(!isRight[which]))),
    );
    const products = [0, 1].map((which) => mean(images.map((one) => one.products[which])));
    return { network, zero, start, errors, products };
  });
  const saved = told.map(({ zero, start }) => 1 - quantile(start, 0.5) / quantile(zero, 0.5));
  const dearer = told.map(({ products: [zero, start] }) => start / zero - 1);
  return {
    statement:
      'Where successive layers predict each other, a feedforward pass comes near to the fixed point, and relaxation from there is short (Bengio et al. 2016, arXiv:1606.01651).',
    verdict: `Begun from what a pass says, relaxation takes ${saved.map((share) => percent(share)).join(', ')} fewer iterations in the median, with one to three hidden layers; the pass alone answers ${told.map(({ errors: [, pass] }) => inPercent(pass)).join(', ')} wrongly, settled states ${told.map(({ errors: [settled] }) => inPercent(settled)).join(', ')}. Sweeps that follow what changed, pass included, take ${dearer.map((more) => `${percent(Math.abs(more))} ${more > 0 ? 'more' : 'fewer'}`).join(', ')} products beside the input’s drive than from zero; and a device would have to hold as many weights again.`,
    holds: saved.every((share) => share > 0),
    panels: told.map(
      ({ network, zero, start }): Panel => ({
        title: network,
        xLabel: 'iterations',
        yLabel: 'share of test images that have settled (%)',
        whole: true,
        curves: [
          { label: 'from zero', colour: 'orange', points: shares(zero) },
          { label: 'from the pass', colour: 'blue', points: shares(start) },
        ],
      }),
    ),
    tables: [
      {
        title:
          'Iterations of Euler’s method, ε = ½, until states of 12 fractional bits stay; multiply-accumulates of exact sweeps beside the input’s drive, those of the pass included; errors in percent of the test images',
        head: [
          'network',
          'from zero: median',
          '95 %',
          'from the pass: median',
          '95 %',
          'products from zero',
          'by the pass',
          'error settled',
          'of the pass alone',
        ],
        rows: told.map(({ network, zero, start, products, errors }) => [
          network,
          ...[zero, start].flatMap((of) => [quantile(of, 0.5), quantile(of, 0.95)].map(count)),
          ...products.map(count),
          ...errors.map((error) => decimals(error)),
        ]),
      },
    ],
  };
}

/** The value that so large a share of them does not pass. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)];
}

/** How many are at or under each value, in percent. */
function shares(values: readonly number[]): [number, number][] {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.flatMap((value, n): [number, number][] =>
    value === sorted[n + 1] ? [] : [[value, (100 * (n + 1)) / sorted.length]],
  );
}
