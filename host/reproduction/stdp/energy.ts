/** The paper's own test: the mean squared rate of change with weight changes and without (section 4.2.1). */
import type { Curve } from '../../drawing/index.js';
import { decimals, significant } from '../../ground/index.js';
import { randomKey } from '../../model/index.js';
import type { Conditions } from '../conditions.js';
import { ExperimentStream } from '../draws.js';
import type { Experiment } from '../experiment.js';
import { drive, driven, type Lead } from './plastic-neuron.js';

const LENGTH = 160;
const TIME = 10;
const EPSILON = 0.2;
const INITIAL = 0.5;
const LEARNING = [0, 0.001, 0.003, 0.01] as const;
const leads: readonly (Lead & { readonly colour: Curve['colour'] })[] = [
  { name: 'independent of the drive', steps: undefined, colour: 'blue' },
  { name: '10 steps ahead of the drive', steps: 10, colour: 'orange' },
  { name: 'the same as the drive’s', steps: 0, colour: 'green' },
  { name: '10 steps behind the drive', steps: -10, colour: 'purple' },
];

interface Measured {
  readonly lead: (typeof leads)[number];
  readonly learning: number;
  /** E‖ṡ‖² of each presentation, mean over the sequences. */
  readonly squares: readonly number[];
  /** Mean weight after the last. */
  readonly weight: number;
}

export const energy: Experiment = {
  paper: 'stdp',
  name: 'energy',
  title: 'The mean squared rate of change, with weight changes and without',
  shows:
    'E‖ṡ‖² of a driven neuron as its weight learns by Eq. 3.18, the test whose result the text leaves out',
  minutes: { quick: 1, full: 1 },
  async run(form, { seed, step }) {
    const [sequences, presentations] = form === 'full' ? [500, 100] : [200, 50];
    const measured: Measured[] = [];
    for (const lead of leads)
      for (const learning of LEARNING)
        measured.push(await measure(lead, learning, seed, sequences, presentations, step));
    const learnt = measured.filter(({ learning }) => learning > 0);
    const ratio = (one: Measured) => last(one.squares) / last(without(measured, one).squares);
    const raised = learnt.filter((one) => ratio(one) > 1);
    const ratios = learnt.map(ratio);
    return {
      statement:
        'E‖sₜ₊₁ − sₜ‖² is measured in two conditions, with weight changes by Eq. 3.18 and without. The text says how, and prints no result; taken here as a claim that weight changes move it one way.',
      verdict: `They do not: weight changes raise it in ${raised.length} of ${learnt.length} cases, to ${significant(Math.max(...ratios))} times, and lower it in the others, to ${significant(Math.min(...ratios))}. It rises where the presynaptic rate is ahead of what drives the neuron or with it, for the weight grows then, and falls where it is behind.`,
      holds: raised.length === 0 || raised.length === learnt.length,
      panels: [
        {
          title: `Learning rate ${LEARNING[LEARNING.length - 1]}`,
          xLabel: 'presentation of the same sequence',
          yLabel: 'E‖ṡ‖², with weight changes / without',
          whole: true,
          yScale: 'log',
          curves: leads.map(({ name, colour }) => {
            const own = measured.filter(({ lead }) => lead.name === name);
            const most = own[own.length - 1];
            const still = without(measured, most).squares;
            return {
              label: `presynaptic rate ${name}`,
              colour,
              points: most.squares.map((square, n) => [n + 1, square / still[n]] as const),
            };
          }),
        },
      ],
      tables: [
        {
          title: `Last of ${presentations} presentations, weight ${INITIAL} at first; mean over ${sequences} sequences`,
          head: ['presynaptic rate', 'learning rate', 'E‖ṡ‖²', 'with / without', 'weight'],
          rows: measured.map((one) => [
            one.lead.name,
            String(one.learning),
            `${decimals(1e4 * last(one.squares))} · 10⁻⁴`,
            decimals(ratio(one)),
            decimals(one.weight),
          ]),
        },
      ],
    };
  },
};

async function measure(
  lead: (typeof leads)[number],
  learning: number,
  seed: number,
  sequences: number,
  presentations: number,
  step: Conditions['step'],
): Promise<Measured> {
  await step(`presynaptic rate ${lead.name}, learning rate ${learning}`, 0, 1);
  const squares = new Array<number>(presentations).fill(0);
  let weights = 0;
  for (let sequence = 0; sequence < sequences; sequence++) {
    const key = (side: 0 | 1) => randomKey(seed, ExperimentStream.voltages, 2 * sequence + side);
    const { outside, pre } = driven(LENGTH, TIME, lead.steps, { outside: key(0), pre: key(1) });
    let weight: number = INITIAL;
    for (let n = 0; n < presentations; n++) {
      const trace = drive(outside, pre, { initial: weight, learning, epsilon: EPSILON });
      squares[n] += trace.meanSquare / sequences;
      weight = trace.weight;
    }
    weights += weight / sequences;
  }
  return { lead, learning, squares, weight: weights };
}

/** The same without weight changes. */
function without(measured: readonly Measured[], { lead }: Measured): Measured {
  const found = measured.find((one) => one.lead === lead && one.learning === 0);
  if (!found)
    throw new RangeError(`nothing was measured without weight changes, presynaptic rate ${lead.name}`);
  return found;
}

function last(values: readonly number[]): number {
  return values[values.length - 1];
}
