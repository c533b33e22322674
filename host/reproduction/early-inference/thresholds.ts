/** Thresholds β₁ < 0 < β₂ of the rate (Eq. 2.8): with clipped states a shift of biases, and the energy's own dynamics beside. */
import { type Dataset, loadDataset } from '../../data/index.js';
import { closely, decimals, percent, powerOfTen, significant } from '../../ground/index.js';
import { firstGreatest, ReferenceNetwork } from '../../reference/index.js';
import type { Conditions } from '../conditions.js';
import type { Experiment } from '../experiment.js';
import { trainedInFloat } from '../float-networks.js';
import { chainRecipe } from './chains.js';
import { LeakyUnits, SILENT } from './leaky.js';

const LOWS = [0, -0.01, -0.1, -0.5] as const;
const EPSILONS = [0.5, 0.1, 0.02] as const;
/** Time constants that a free phase lasts. */
const DURATION = 20;
const FREE = 60;
const NUDGED = 20;
/** Rates may differ by so much between a threshold and a shift of biases: rounding. */
const SAME = 1e-12;

interface Outcome {
  readonly low: number;
  readonly epsilon: number;
  /** Shares of wrong predictions from the last rates and from means over the last half. */
  readonly last: number;
  readonly mean: number;
  /** Mean of the greatest |ds/dt| at the end. */
  readonly speed: number;
}

export const thresholds: Experiment = {
  paper: 'early-inference',
  name: 'thresholds',
  title: 'Thresholds of the rate',
  shows: 'β₁ < 0 < β₂ as a shift of biases where states are clipped; the energy’s own, unclipped dynamics',
  minutes: { quick: 2, full: 8 },
  async run(form, conditions) {
    const dataset = await loadDataset(conditions.data);
    const [images, epochs, judged] = form === 'full' ? [10_000, 6, 500] : [2000, 4, 100];
    const recipe = chainRecipe(dataset, { hidden: [64], images, epochs, seed: conditions.seed });
    const network = await trainedInFloat(recipe, dataset, conditions);
    const clipped = await errorUnder(network, dataset, 0, 0.5, true, judged, conditions);
    const differences = LOWS.slice(1).map((low) => ({ low, ...difference(network, dataset, low) }));
    const outcomes: Outcome[] = [];
    for (const low of LOWS)
      for (const epsilon of EPSILONS)
        outcomes.push(
          await errorUnder(shifted(network, low), dataset, low, epsilon, false, judged, conditions),
        );
    const worst = Math.max(...differences.flatMap(({ free, nudged }) => [free, nudged]));
    const atZero = outcomes.filter(({ low }) => low === 0).map(({ last }) => last);
    const below = outcomes.filter(({ low }) => low < 0).map(({ last }) => last);
    const speeds = outcomes.map(({ speed }) => speed);
    return {
      statement:
        'ρ(s) = s − β₁ between thresholds β₁ < 0 < β₂ = β₁ + 1 (Eq. 2.8): the origin is then not saturated, a saturated unit is driven towards 0 and out of saturation, and at a fixed point every unit is sensitive to its inputs (section 2.3.1).',
      verdict: `With clipped states thresholds are nothing new: rates equal those of biases less β₁ to ${powerOfTen(Math.ceil(Math.log10(worst)))}, free and nudged. Unclipped, β₁ < 0 is needed: at β₁ = 0 the test error is ${span(atZero, percent)}, for units below 0 never come back, and below 0 it is ${span(below, percent)}, clipped ${percent(clipped.last)}. But these dynamics reach no fixed point at which all are sensitive: units chatter at their thresholds, the fastest still changes at a rate of ${span(speeds, decimals)}.`,
      holds: worst < SAME && Math.max(...below) < Math.min(...atZero) && Math.max(...speeds) < 0.01,
      panels: [
        {
          title: 'Unclipped: the energy’s own dynamics',
          xLabel: '−β₁ (0.001 stands for 0)',
          yLabel: 'test error, %',
          xScale: 'log',
          yScale: 'zero',
          curves: EPSILONS.map((epsilon, n) => ({
            label: `ε = ${epsilon}, last rates`,
            colour: (['blue', 'orange', 'green'] as const)[n],
            marked: true,
            points: outcomes
              .filter((one) => one.epsilon === epsilon)
              .map(({ low, last }) => [Math.max(-low, 0.001), 100 * last] as const),
          })),
        },
      ],
      tables: [
        {
          title: 'Clipped: greatest difference of rates from those of biases less β₁',
          head: ['β₁', 'free', 'nudged by 1'],
          rows: differences.map(({ low, free, nudged }) => [
            significant(low),
            closely(free),
            closely(nudged),
          ]),
        },
        {
          title: `Unclipped, biases moved so that sensitive units rest at the same rates: ${judged} test images after ${DURATION} time constants`,
          head: [
            'β₁',
            'ε',
            'error, last rates',
            'error, mean of the last half',
            'greatest |ds/dt| at the end',
          ],
          rows: [
            ...outcomes.map(({ low, epsilon, last, mean, speed }) => [
              significant(low),
              String(epsilon),
              percent(last),
              percent(mean),
              decimals(speed),
            ]),
            ['clipped', '0.5', percent(clipped.last), percent(clipped.mean), decimals(clipped.speed)],
          ],
        },
      ],
    };
  },
};

/** From the least to the most, once where they read the same. */
function span(values: readonly number[], write: (value: number) => string): string {
  const [least, most] = [write(Math.min(...values)), write(Math.max(...values))];
  return least === most ? least : `${least} to ${most}`;
}

/** The network with `by` added to every bias. */
export function shifted(network: ReferenceNetwork, by: number): ReferenceNetwork {
  const biases = network.biases.map((vector) => vector.map((bias) => bias + by));
  return new ReferenceNetwork(network.graph, network.weights, biases);
}

/** The greatest difference of rates, between a lower threshold of `low` and biases less that, over a few test images. */
export function difference(
  network: ReferenceNetwork,
  { test, pixels }: Pick<Dataset, 'test' | 'pixels'>,
  low: number,
): { readonly free: number; readonly nudged: number } {
  const integration = { epsilon: 0.5, noise: SILENT };
  const own = new LeakyUnits(network, { ...integration, thresholds: { low, clipped: true } });
  const plain = new LeakyUnits(shifted(network, -low), {
    ...integration,
    thresholds: { low: 0, clipped: true },
  });
  const most = { free: 0, nudged: 0 };
  for (let n = 0; n < Math.min(10, test.count); n++) {
    for (const units of [own, plain]) units.clamp(test.images, n * pixels);
    own.states.fill(low);
    plain.states.fill(0);
    for (const phase of ['free', 'nudged'] as const)
      for (let t = 0; t < (phase === 'free' ? FREE : NUDGED); t++) {
        for (const units of [own, plain]) units.step(phase === 'free' ? 0 : 1, test.labels[n], 0);
        own.rates.forEach((rate, u) => {
          most[phase] = Math.max(most[phase], Math.abs(rate - plain.rates[u]));
        });
      }
  }
  return most;
}

async function errorUnder(
  network: ReferenceNetwork,
  { test, pixels }: Dataset,
  low: number,
  epsilon: number,
  clipped: boolean,
  judged: number,
  { step }: Conditions,
): Promise<Outcome> {
  const units = new LeakyUnits(network, { epsilon, thresholds: { low, clipped }, noise: SILENT });
  const { outputs } = network.graph;
  const steps = Math.round(DURATION / epsilon);
  const before = new Float64Array(network.units);
  const count = Math.min(judged, test.count);
  let [last, mean, speed] = [0, 0, 0];
  for (let n = 0; n < count; n++) {
    if (n % 20 === 0) await step(`β₁ = ${low}, ε = ${epsilon}`, n, count);
    units.clamp(test.images, n * pixels);
    units.states.fill(0);
    const sums = new Float64Array(outputs);
    const read = () => units.rates.subarray(network.units - outputs);
    for (let t = 0; t < steps; t++) {
      before.set(units.states);
      units.step(0, 0, 0);
      if (2 * t >= steps) for (let j = 0; j < outputs; j++) sums[j] += read()[j];
    }
    const fastest = units.states.reduce((most, state, u) => Math.max(most, Math.abs(state - before[u])), 0);
    speed += fastest / epsilon / count;
    if (firstGreatest(read()) !== test.labels[n]) last += 1 / count;
    if (firstGreatest(sums) !== test.labels[n]) mean += 1 / count;
  }
  return { low, epsilon, last, mean, speed };
}
