/** Theorem 3 and Proposition 4: the same with noise, in expectation. */
import { powerOfTen, significant } from '../../ground/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { Draws } from '../draws.js';
import type { Experiment, Form } from '../experiment.js';
import { cosine, relativeDistance, shownCosine } from '../statistics.js';
import {
  changed,
  expectations,
  GREATEST_NUDGE,
  Langevin,
  randomSmallNetwork,
  type SmallNetwork,
} from './boltzmann.js';

const UNITS = 3;
const TEMPERATURES = [1, 0.1, 0.03] as const;
const COLOURS = ['blue', 'orange', 'green'] as const;
const BETAS = [0.01, 0.03, 0.1, 0.3, GREATEST_NUDGE] as const;
const NETWORKS: Readonly<Record<Form, number>> = { quick: 3, full: 20 };
const CHANGE = 1e-4;

/** The walk's temperature and nudge. */
const WARMTH = 0.1;
const NUDGE = 0.1;
const EPSILONS = [0.5, 0.1, 0.02] as const;
const TIME: Readonly<Record<Form, number>> = { quick: 4000, full: 40_000 };
const WALKS: Readonly<Record<Form, number>> = { quick: 4, full: 10 };
/** Steps between looks at the clock. */
const TOLD = 100_000;

interface ByTemperature {
  readonly temperature: number;
  /** Relative distances from the gradient of E[C], a network each, by β. */
  readonly distances: readonly (readonly number[])[];
  /** Relative distance of dE[C]/dβ from −Var C / T, a network each. */
  readonly variances: readonly number[];
  readonly slopes: readonly number[];
}

interface Walked {
  readonly epsilon: number;
  readonly noise: 'the same' | 'independent';
  readonly cosine: number;
  /** Relative distance of the mean estimate from the gradient. */
  readonly distance: number;
  /** Root of the mean squared distance of single walks, likewise. */
  readonly single: number;
}

export const stochastic: Experiment = {
  paper: 'equilibrium-propagation',
  name: 'stochastic',
  title: 'With noise, the same in expectation',
  shows: 'Theorem 3, Proposition 4: Boltzmann’s distribution by quadrature, and by Langevin dynamics',
  minutes: { quick: 1, full: 10 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const networks = Array.from({ length: NETWORKS[form] }, (_, n) =>
    randomSmallNetwork(UNITS, new Draws(conditions.seed, n)),
  );
  const found: ByTemperature[] = [];
  for (const temperature of TEMPERATURES) found.push(await quadrature(networks, temperature, conditions));
  const walks: Walked[] = [];
  for (const epsilon of EPSILONS)
    for (const noise of ['the same', 'independent'] as const)
      walks.push(await walk(networks[0], epsilon, noise, form, conditions));
  return judge(found, walks, form);
}

/** ∂E[C]/∂θ by central differences, every parameter. */
export function expectedGradient(network: SmallNetwork, temperature: number): Float64Array {
  const parameters = network.weights.length + network.biases.length;
  return Float64Array.from({ length: parameters }, (_, k) => {
    const at = (by: number) => expectations(changed(network, k, by), temperature, 0).cost;
    return (at(CHANGE) - at(-CHANGE)) / (2 * CHANGE);
  });
}

/** −(E^β − E^−β)[ρρ] / 2β. */
export function centeredContrast(network: SmallNetwork, temperature: number, nudge: number): Float64Array {
  const [plus, minus] = [nudge, -nudge].map((beta) => expectations(network, temperature, beta).correlations);
  return plus.map((one, k) => -(one - minus[k]) / (2 * nudge));
}

async function quadrature(
  networks: readonly SmallNetwork[],
  temperature: number,
  { step }: Conditions,
): Promise<ByTemperature> {
  const distances: number[][] = [];
  const variances: number[] = [];
  const slopes: number[] = [];
  for (const network of networks) {
    const gradient = expectedGradient(network, temperature);
    await step(`quadrature, T = ${temperature}`, distances.length, networks.length);
    const own: number[] = [];
    for (const beta of BETAS) {
      own.push(relativeDistance([centeredContrast(network, temperature, beta)], [gradient]));
      await step(`quadrature, T = ${temperature}`, distances.length, networks.length);
    }
    distances.push(own);
    const costAt = (beta: number) => expectations(network, temperature, beta).cost;
    const slope = (costAt(CHANGE) - costAt(-CHANGE)) / (2 * CHANGE);
    const expected = -expectations(network, temperature, 0).costVariance / temperature;
    slopes.push(slope);
    variances.push(Math.abs(slope / expected - 1));
  }
  return { temperature, distances, variances, slopes };
}

/** Centered contrasts of two walks of ±β, averaged along them. */
async function walk(
  network: SmallNetwork,
  epsilon: number,
  noise: Walked['noise'],
  form: Form,
  { seed, step }: Conditions,
): Promise<Walked> {
  const gradient = expectedGradient(network, WARMTH);
  const steps = Math.round(TIME[form] / epsilon);
  const total = steps * WALKS[form];
  const estimates: Float64Array[] = [];
  for (let n = 0; n < WALKS[form]; n++) {
    const own = new Draws(seed, 1000 + 2 * n);
    const other = new Draws(seed, 1001 + 2 * n);
    const [plus, minus] = [NUDGE, -NUDGE].map((beta) => new Langevin(network, WARMTH, beta, epsilon));
    const sums = new Float64Array(gradient.length);
    const kicks = new Float64Array(UNITS);
    const kick = (draws: Draws) => {
      for (let u = 0; u < UNITS; u++) kicks[u] = draws.gaussian();
    };
    const scale = -1 / (2 * NUDGE * steps);
    // The first tenth depends on where the walk began.
    for (let t = -Math.round(steps / 10); t < steps; t++) {
      if (t % TOLD === 0) await step(`walks, ε = ${epsilon}, ${noise} noise`, n * steps + t, total);
      kick(own);
      plus.step(kicks);
      if (noise === 'independent') kick(other);
      minus.step(kicks);
      if (t < 0) continue;
      plus.addCorrelations(sums, scale);
      minus.addCorrelations(sums, -scale);
    }
    estimates.push(sums);
  }
  const mean = gradient.map((_, k) => estimates.reduce((sum, one) => sum + one[k], 0) / estimates.length);
  const squares = estimates.map((one) => relativeDistance([one], [gradient]) ** 2);
  return {
    epsilon,
    noise,
    cosine: cosine([mean], [gradient]),
    distance: relativeDistance([mean], [gradient]),
    single: Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / squares.length),
  };
}

function worst(found: ByTemperature, n: number): number {
  return Math.max(...found.distances.map((one) => one[n]));
}

function judge(found: readonly ByTemperature[], walks: readonly Walked[], form: Form): Finding {
  const nearest = Math.max(...found.map((one) => worst(one, 0)));
  const variance = Math.max(...found.flatMap(({ variances }) => variances));
  const slopes = found.flatMap((one) => one.slopes);
  const rising = slopes.filter((slope) => slope > 0).length;
  const [finest] = walks.filter(({ epsilon, noise }) => epsilon === 0.02 && noise === 'the same');
  const [independent] = walks.filter(({ epsilon, noise }) => epsilon === 0.02 && noise === 'independent');
  return {
    statement:
      'With noise the states follow a Boltzmann distribution, and the gradient of the expected cost is the limit of the contrast of expectations over the nudge (Theorem 3); the expected cost falls with a nudge, by −Var C at β = 0 (Proposition 4; −Var C / T at a temperature T, which the contrast itself does not need).',
    verdict: `By quadrature, ${found[0].distances.length} networks of ${UNITS} units at T = ${TEMPERATURES.join(', ')}: the centered contrast at β = ${BETAS[0]} is within ${significant(100 * nearest, 2)} % of the gradient, dE[C]/dβ within ${powerOfTen(Math.ceil(Math.log10(variance)))} of −Var C / T, and positive in ${rising} of ${slopes.length}. Langevin walks of ε = 0.02 with the same noise at ±β come to a cosine of ${shownCosine(finest.cosine)}; with independent noise one such walk is off by ${significant(independent.single, 2)} of the gradient, with the same noise by ${significant(finest.single, 2)}.`,
    holds: nearest < 0.02 && variance < 0.01 && rising === 0 && finest.cosine > 0.95,
    panels: [
      {
        title: 'Quadrature: contrast and gradient',
        xLabel: 'nudge β (centered)',
        yLabel: 'relative distance, worst network',
        xScale: 'log',
        yScale: 'log',
        curves: found.map((one, k) => ({
          label: `T = ${one.temperature}`,
          colour: COLOURS[k],
          marked: true,
          points: BETAS.map((beta, n) => [beta, worst(one, n)] as const),
        })),
      },
      {
        title: `Langevin walks, T = ${WARMTH}, β = ±${NUDGE}`,
        xLabel: 'Euler step ε',
        yLabel: 'relative distance of one walk’s contrast',
        xScale: 'log',
        yScale: 'log',
        curves: (['the same', 'independent'] as const).map((noise, k) => ({
          label: `${noise} noise at ±β`,
          colour: COLOURS[k],
          marked: true,
          points: walks
            .filter((one) => one.noise === noise)
            .map(({ epsilon, single }) => [epsilon, single] as const)
            .reverse(),
        })),
      },
    ],
    tables: [
      {
        title: 'Quadrature: relative distance of the centered contrast from the gradient, worst network',
        head: ['T', ...BETAS.map((beta) => `β = ${beta}`), 'dE[C]/dβ from −Var C / T'],
        rows: found.map((one) => [
          String(one.temperature),
          ...BETAS.map((_, n) => significant(worst(one, n), 2)),
          powerOfTen(Math.ceil(Math.log10(Math.max(...one.variances)))),
        ]),
      },
      {
        title: `Langevin walks for a time of ${TIME[form]}, ${WALKS[form]} each`,
        head: ['ε', 'noise at ±β', 'cosine of the mean', 'distance of the mean', 'of one walk'],
        rows: walks.map((one) => [
          String(one.epsilon),
          one.noise,
          shownCosine(one.cosine),
          significant(one.distance, 2),
          significant(one.single, 2),
        ]),
      },
    ],
  };
}
