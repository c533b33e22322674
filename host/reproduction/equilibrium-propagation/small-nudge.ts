/** Proposition 2: a small nudge lowers the cost. */
import { count, decimals, NOTHING, significant } from '../../ground/index.js';
import { glorotLimit, graphOf } from '../../model/index.js';
import { type Batch, ReferenceNetwork, recurrentGradient, relaxMinibatch } from '../../reference/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { Draws } from '../draws.js';
import type { Experiment, Form } from '../experiment.js';
import { SETTLED } from './other-gradients.js';

const NETWORKS: Readonly<Record<Form, number>> = { quick: 60, full: 1000 };
/** Times Glorot's weights: units saturate more, and fixed points are more, the greater they are. */
const SCALES = [0.5, 1, 2, 4] as const;
const COLOURS = ['blue', 'orange', 'green', 'purple'] as const;
/** Ascending; the negative ones are those that exact relaxation has a minimum for. */
const NUDGES = [1e-4, 1e-3, 0.01, 0.1, 0.3, 0.5, 1, 3, 10] as const;
/** Changes of the cost, of the order of 1, that are rounding and what is left of the relaxation. */
const NOTHING_CHANGED = 1e-9;

/** Costs of one network and image. */
interface Case {
  readonly scale: number;
  readonly free: number;
  /** By nudge; the negative ones undefined where there is no minimum. */
  readonly positive: readonly number[];
  readonly negative: readonly (number | undefined)[];
  /** dC/dβ at β = 0, by recurrent backpropagation; 0 where no output that errs can move. */
  readonly slope: number;
}

export const smallNudge: Experiment = {
  paper: 'equilibrium-propagation',
  name: 'small-nudge',
  title: 'A small nudge lowers the cost',
  shows: 'Proposition 2, over random networks: the cost by β, and where it rises',
  minutes: { quick: 1, full: 1 },
  run,
};

async function run(form: Form, { seed, step }: Conditions): Promise<Finding> {
  const cases: Case[] = [];
  for (let n = 0; n < NETWORKS[form]; n++) {
    await step('random networks', n, NETWORKS[form]);
    const scale = SCALES[n % SCALES.length];
    const [network, batch] = randomNetwork(new Draws(seed, n), scale);
    cases.push({ scale, ...nudged(network, batch) });
  }
  return judge(cases);
}

/** One to three hidden layers of any small size, an image and a label. */
export function randomNetwork(draws: Draws, scale: number): readonly [ReferenceNetwork, Batch] {
  const hidden = Array.from({ length: draws.whole(1, 3) }, () => draws.whole(3, 30));
  const sizes = [draws.whole(4, 30), ...hidden, draws.whole(2, 10)];
  const network = sizes.join('-');
  const graph = graphOf({ network, connections: [], 'receptive-fields': 'all', seed: 0 });
  const filled = (length: number, limit: number) =>
    Float64Array.from({ length }, () => draws.uniform(-limit, limit));
  const weights = graph.connections.map((connection) =>
    filled(connection.weights, scale * glorotLimit(...connection.map.fan)),
  );
  const biases = graph.layers.slice(1).map((layer) => filled(layer.biases, 0.2));
  const images = Uint8Array.from({ length: sizes[0] }, () => draws.whole(0, 255));
  const labels = Uint8Array.of(draws.whole(0, graph.outputs - 1));
  return [new ReferenceNetwork(graph, weights, biases), { images, labels }];
}

/** Costs at the free state and at those that nudges settle in from there. */
export function nudged(network: ReferenceNetwork, batch: Batch): Omit<Case, 'scale'> {
  const { free, cost } = relaxMinibatch(network, SETTLED, batch, undefined);
  const costAt = (nudge: number) => {
    const dynamics = { ...SETTLED, nudge: Math.abs(nudge) };
    const relaxed = relaxMinibatch(
      network,
      dynamics,
      { ...batch, start: free },
      nudge > 0 ? 'positive' : 'negative',
    );
    return costOf(network, batch, nudge > 0 ? relaxed.plus : relaxed.minus);
  };
  return {
    free: cost,
    positive: NUDGES.map(costAt),
    negative: NUDGES.map((nudge) => (nudge < 1 ? costAt(-nudge) : undefined)),
    slope: slopeOf(network, batch, free),
  };
}

/** −(y − t) · z, where z = ∂C/∂b of the outputs is how far an error comes back to them. */
function slopeOf(network: ReferenceNetwork, batch: Batch, free: Float64Array): number {
  const [label] = batch.labels;
  const outputs = free.subarray(free.length - network.graph.outputs);
  const errors = recurrentGradient(network, batch, free).biases.at(-1) ?? outputs;
  return -outputs.reduce((sum, state, j) => sum + (state - (j === label ? 1 : 0)) * errors[j], 0);
}

function costOf({ graph }: ReferenceNetwork, { labels }: Batch, states: Float64Array): number {
  const outputs = states.subarray(states.length - graph.outputs);
  return outputs.reduce((sum, state, j) => sum + (state - (j === labels[0] ? 1 : 0)) ** 2 / 2, 0);
}

function rose(before: number, after: number): boolean {
  return after - before > NOTHING_CHANGED;
}

/** Networks whose cost the n-th nudge raised, or the n-th negative one lowered. */
export function wrongWays(cases: readonly Pick<Case, 'free' | 'positive' | 'negative'>[], n: number): number {
  return cases.filter(
    ({ free, positive, negative }) => rose(free, positive[n]) || rose(negative[n] ?? free, free),
  ).length;
}

function judge(cases: readonly Case[]): Finding {
  const wrongWay = (n: number) => wrongWays(cases, n);
  const counts = NUDGES.flatMap((nudge, n) => (nudge < 1 ? [`${wrongWay(n)} at ±${nudge}`] : []));
  const moved = cases.filter(({ slope }) => slope < -NOTHING_CHANGED);
  const apart = Math.max(
    ...moved.map(({ free, positive, slope }) => Math.abs((positive[0] - free) / NUDGES[0] / slope - 1)),
  );
  const atAll = cases.filter(({ free, positive }) => positive.some((one) => rose(free, one))).length;
  const rising = cases.filter(({ slope }) => slope > 0).length;
  return {
    statement:
      'The derivative of the cost by the nudge is never positive at the free fixed point (Proposition 2): a small nudge settles in a state of lower cost, a negative one in one of higher cost.',
    verdict: `Of ${count(cases.length)} random networks, each with one image: dC/dβ is positive in ${rising}; a nudge moved the cost the wrong way in ${counts.join(', ')}; the difference quotient at β = ${NUDGES[0]} is within ${significant(100 * apart, 2)} % of the derivative in the ${moved.length} where there is one (in the others every output that errs rests at its bound). A nudge of any size up to ${NUDGES.at(-1)} raised the cost in ${atAll}.`,
    holds: wrongWay(0) === 0 && rising === 0,
    panels: [
      {
        title: 'Mean cost, nudged over free',
        xLabel: 'nudge β > 0',
        yLabel: 'C(β) / C(0)',
        xScale: 'log',
        curves: SCALES.map((scale, k) => ({
          label: `weights ${scale} × Glorot’s`,
          colour: COLOURS[k],
          marked: true,
          points: NUDGES.map((nudge, n) => [nudge, ratio(cases, scale, (one) => one.positive[n])] as const),
        })),
      },
      {
        title: 'The same with a negative nudge',
        xLabel: '−β > 0',
        yLabel: 'C(−β) / C(0)',
        xScale: 'log',
        curves: SCALES.map((scale, k) => ({
          label: `weights ${scale} × Glorot’s`,
          colour: COLOURS[k],
          marked: true,
          points: NUDGES.flatMap((nudge, n) =>
            nudge < 1 ? [[nudge, ratio(cases, scale, (one) => one.negative[n])] as const] : [],
          ),
        })),
      },
    ],
    tables: [
      countTable(cases, 'Cases in which a nudge of +β raised the cost', (one, n) =>
        rose(one.free, one.positive[n]),
      ),
      countTable(cases, 'Cases in which a nudge of −β lowered the cost', (one, n) => {
        const cost = one.negative[n];
        return cost === undefined ? undefined : rose(cost, one.free);
      }),
    ],
  };
}

function ratio(cases: readonly Case[], scale: number, of: (one: Case) => number | undefined): number | null {
  const own = cases.filter((one) => one.scale === scale);
  const free = own.reduce((sum, one) => sum + one.free, 0);
  return free === 0 ? null : own.reduce((sum, one) => sum + (of(one) ?? 0), 0) / free;
}

function countTable(
  cases: readonly Case[],
  title: string,
  happens: (one: Case, nudge: number) => boolean | undefined,
) {
  return {
    title,
    head: ['weights', 'cases', ...NUDGES.map(String), 'mean slope'],
    rows: SCALES.map((scale) => {
      const own = cases.filter((one) => one.scale === scale);
      return [
        `${scale} × Glorot’s`,
        String(own.length),
        ...NUDGES.map((_, n) => {
          const counted = own.map((one) => happens(one, n));
          return counted.includes(undefined) ? NOTHING : String(counted.filter((one) => one).length);
        }),
        decimals(own.reduce((sum, { slope }) => sum + slope, 0) / own.length, 3),
      ];
    }),
  };
}
