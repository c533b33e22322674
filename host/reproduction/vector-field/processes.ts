/** Theorems 3 and 4: the nudged phase’s ds/dt beside the error derivatives of recurrent backpropagation, along time. */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Curve, Panel } from '../../drawing/index.js';
import { decimals, significant } from '../../ground/index.js';
import {
  type Batch,
  nudgedGradient,
  type ReferenceNetwork,
  recurrentGradient,
  relaxMinibatch,
} from '../../reference/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import type { Experiment, Form } from '../experiment.js';
import { floatRecipe, testBatch, trainedInFloat } from '../float-networks.js';
import { cosine, norm, relativeDistance, shownCosine } from '../statistics.js';
import { SETTLED } from './settled.js';
import { withSymmetry } from './symmetry.js';
import { type Clock, type Moment, parametersOf, twoProcesses } from './two-processes.js';

const BETA = 1e-5;
const CLOCK: Clock = { epsilon: 0.05, steps: 400, every: 10 };
/** Times that the table tells. */
const TOLD = [0, 1, 2, 5, 10, 20] as const;
/** Below this a size is what rounding leaves of β. */
const LEAST = 1e-8;
const EXTENT = {
  quick: { network: '784-32-32-10', images: 6, training: '0..1000', epochs: 3 },
  full: { network: '784-128-128-10', images: 20, training: '0..10000', epochs: 5 },
} as const satisfies Record<Form, unknown>;
const LAYERS = [
  { name: 'output', colour: 'orange' },
  { name: 'upper hidden', colour: 'green' },
  { name: 'lower hidden', colour: 'blue' },
] as const;
/** Relative distance of processes that are the same but for the nudge's size. */
const SAME = 1e-3;
const SAME_DIRECTION = 0.999;

interface Subject {
  readonly name: string;
  readonly network: ReferenceNetwork;
}

interface Along {
  readonly time: number;
  /** ‖S̄‖, ‖S̃‖ and their cosine by layer, from the output down. */
  readonly sizes: readonly (readonly [derivatives: number, activities: number])[];
  readonly cosines: readonly number[];
  /** ‖S̃ − S̄‖ / ‖S̄₀‖. */
  readonly apart: number;
  /** Cosines of Θ̄ and of Θ̃ with the gradient; none at time 0. */
  readonly derivatives: number;
  readonly activities: number;
}

interface Measured {
  readonly name: string;
  readonly along: readonly Along[];
  /** Cosine of Θ̃ at the end with the update. */
  readonly update: number;
}

export const processes: Experiment = {
  paper: 'vector-field',
  name: 'processes',
  title: 'Temporal derivatives and error derivatives',
  shows:
    'Theorems 3 and 4: ds/dt of the nudged phase and the derivatives of recurrent backpropagation along time',
  minutes: { quick: 1, full: 4 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const dataset = await loadDataset(conditions.data);
  const batch = testBatch(dataset, 0, EXTENT[form].images);
  const measured: Measured[] = [];
  const subjects = await subjectsOf(form, dataset, conditions);
  for (const subject of subjects) {
    await conditions.step(subject.name, measured.length, subjects.length);
    measured.push(measure(subject, batch));
  }
  return judge(measured);
}

async function subjectsOf(form: Form, dataset: Dataset, conditions: Conditions): Promise<readonly Subject[]> {
  const { seed } = conditions;
  const { network, training, epochs } = EXTENT[form];
  const learning = { seed, training, epochs };
  const tied = await trainedInFloat(floatRecipe(network, learning), dataset, conditions);
  const untied = floatRecipe(network, {
    ...learning,
    feedback: 'untied',
    nudging: 'positive',
    beta: 1,
  });
  return [
    ...[1, 0.75, 0].map((degree) => ({
      name: `a = ${degree}`,
      network: withSymmetry(tied, degree, seed),
    })),
    { name: 'trained untied', network: await trainedInFloat(untied, dataset, conditions) },
  ];
}

function measure({ name, network }: Subject, batch: Batch): Measured {
  const { free } = relaxMinibatch(network, SETTLED, batch, undefined);
  const moments = twoProcesses(network, batch, free, BETA, CLOCK);
  const truth = recurrentGradient(network, batch, free).weights;
  const nudged = relaxMinibatch(network, { ...SETTLED, nudge: BETA }, batch, 'positive');
  const update = nudgedGradient(network, batch, nudged, 'positive', BETA).weights;
  const parameters = (sum: Float64Array) => parametersOf(network, batch, free, sum).weights;
  const along = moments.map((moment): Along => {
    const layers = byLayer(network, moment);
    return {
      time: moment.time,
      sizes: layers.map(({ derivatives, activities }) => [norm(derivatives), norm(activities)] as const),
      cosines: layers.map(({ derivatives, activities }) => cosine([derivatives], [activities])),
      apart: distance(moment, moments[0].derivatives),
      derivatives: cosine(parameters(moment.derivativesSum), truth),
      activities: cosine(parameters(moment.activitiesSum), truth),
    };
  });
  return { name, along, update: cosine(parameters(moments[moments.length - 1].activitiesSum), update) };
}

/** ‖S̃ − S̄‖, in units of the derivatives that the process begins with. */
export function distance(
  { derivatives, activities }: Pick<Moment, 'derivatives' | 'activities'>,
  start: Float64Array,
): number {
  return relativeDistance([start.map((one, n) => one + activities[n] - derivatives[n])], [start]);
}

/** From the output down. */
function byLayer({ graph }: ReferenceNetwork, { derivatives, activities }: Moment) {
  const part = (of: Float64Array, first: number, size: number) =>
    of.filter((_, n) => n % graph.units >= first && n % graph.units < first + size);
  return graph.layers
    .slice(1)
    .map(({ firstUnit, units }) => ({
      derivatives: part(derivatives, firstUnit, units),
      activities: part(activities, firstUnit, units),
    }))
    .reverse();
}

/** Two places, and no more zeros than tell something. */
function small(value: number): string {
  return value < 1e-3 ? '< 0.001' : significant(value, 2);
}

function judge(measured: readonly Measured[]): Finding {
  const ends = measured.map(({ along }) => along[along.length - 1]);
  const worst = measured.map(({ along }) => Math.max(...along.map(({ apart }) => apart)));
  const gradients = Math.min(...ends.map(({ derivatives }) => derivatives));
  const updates = Math.min(...measured.map(({ update }) => update));
  const untied = measured.slice(1);
  return {
    statement:
      'From the free fixed point, the error derivatives of recurrent backpropagation follow dS̄/dt = (∂F/∂s)ᵀ S̄ and lead to the gradient (Theorem 3); −(1/β) ds/dt of the nudged phase begins alike and follows dS̃/dt = ∂F/∂s S̃ (Theorem 4). With symmetric weights both are the same.',
    verdict: `With B = Wᵀ they stay apart by ${small(worst[0])} of the size that they begin with, at most. Otherwise they come up to ${untied.map(({ name }, k) => `${small(worst[k + 1])} (${name})`).join(', ')} of it apart. Integrated over time, the error derivatives come to the gradient in all networks (cosine ${shownCosine(gradients)} or more), the temporal derivatives to the update (${shownCosine(updates)} or more), whose cosine with the gradient is ${ends.map(({ activities }, k) => `${decimals(activities, 3)} (${measured[k].name})`).join(', ')}.`,
    holds: worst[0] <= SAME && gradients >= SAME_DIRECTION && updates >= SAME_DIRECTION,
    panels: [...measured.map(panelOf), parameterPanel(measured)],
    tables: [
      {
        title: '‖S̃ − S̄‖ in units of ‖S̄‖ at time 0; cosines of S̃ with S̄: output, upper hidden, lower hidden',
        head: ['network', ...TOLD.map((time) => `t = ${time}`)],
        rows: measured.map(({ name, along }) => [
          name,
          ...TOLD.map((time) => {
            const one = along.find((moment) => Math.abs(moment.time - time) < CLOCK.epsilon / 2);
            if (!one) return '';
            const cosines = one.cosines.map((value) => (Number.isNaN(value) ? '–' : decimals(value)));
            return `${small(one.apart)}; ${cosines.join(', ')}`;
          }),
        ]),
      },
    ],
  };
}

function seen(size: number): number | null {
  return size < LEAST ? null : size;
}

function panelOf({ name, along }: Measured): Panel {
  return {
    title: `Sizes, ${name}`,
    xLabel: 'time since the nudge',
    yLabel: '‖S‖',
    yScale: 'log',
    curves: LAYERS.flatMap(({ name: layer, colour }, k): readonly Curve[] => [
      {
        label: `${layer}: error derivatives S̄`,
        colour,
        points: along.map(({ time, sizes }) => [time, seen(sizes[k][0])] as const),
      },
      {
        label: `${layer}: temporal derivatives S̃`,
        colour,
        stroke: 'dotted',
        points: along.map(({ time, sizes }) => [time, seen(sizes[k][1])] as const),
      },
    ]),
  };
}

function parameterPanel(measured: readonly Measured[]): Panel {
  const colours = ['blue', 'green', 'orange', 'purple'] as const;
  return {
    title: 'Integrated, beside the gradient',
    xLabel: 'time since the nudge',
    yLabel: 'cosine with the gradient',
    curves: measured.flatMap(({ name, along }, k): readonly Curve[] => [
      {
        label: `${name}: error derivatives Θ̄`,
        colour: colours[k],
        points: along.slice(1).map(({ time, derivatives }) => [time, derivatives] as const),
      },
      {
        label: `${name}: temporal derivatives Θ̃`,
        colour: colours[k],
        stroke: 'dotted',
        points: along.slice(1).map(({ time, activities }) => [time, activities] as const),
      },
    ]),
  };
}
