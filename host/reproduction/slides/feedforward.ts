/** Equilibrium propagation in the feedforward-compatible energy, beside backpropagation: by β, by steps, and learning so. */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Curve, Panel } from '../../drawing/index.js';
import { count, decimals, inPercent, NOTHING, significant } from '../../ground/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import type { Experiment, Form } from '../experiment.js';
import { shownCosine } from '../statistics.js';
import type { Table } from '../tables.js';
import {
  type Beside,
  besideBackpropagation,
  descend,
  initialChain,
  settle,
  stableStep,
  UNITS,
  type Units,
} from './beside-backpropagation.js';
import type { Chain } from './chain.js';
import { exampleOf } from './examples.js';
import { type Learnt, learn, nameOf } from './learning-by-steps.js';

const BETAS = [1e-4, 1e-3, 0.01, 0.1, 0.3, 1, 3] as const;
const SMALL = 0.01;
const STEPS = [1, 2, 3, 4, 6, 10, 20, 50, 100, 200] as const;
/** As many as there are layers of weights: the first that the lowest one hears of. */
const FIRST = 4;
const ALIKE = 0.999;
/** Learning: units, rate, and steps of the nudged phase, none for backpropagation. */
const LEARNERS: Units = 'tanh';
const RATE = 0.1;
const LEARNING = [undefined, 1, 2, 4, 10, 40] as const;
const COLOURS: readonly Curve['colour'][] = ['blue', 'green', 'purple', 'orange', 'grey', 'bad'];
const EXTENT = {
  quick: { hidden: [24, 24, 24], examples: 6, images: 1000, epochs: 3 },
  full: { hidden: [32, 32, 32], examples: 8, images: 5000, epochs: 5 },
} as const satisfies Record<Form, unknown>;

interface Measured {
  readonly name: string;
  readonly epsilon: number;
  /** Settled, by β. */
  readonly byNudge: readonly Beside[];
  /** Share of all nudges and examples that went to and fro. */
  readonly unsettled: number;
  /** At the small β, by steps. */
  readonly bySteps: readonly Beside[];
}

export const feedforward: Experiment = {
  paper: 'slides',
  name: 'feedforward',
  title: 'The feedforward-compatible energy',
  shows: 'E = Σ ‖h − f(h below)‖²: cosines with backpropagation by β and by steps; learning by few steps',
  minutes: { quick: 1, full: 3 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const dataset = await loadDataset(conditions.data);
  const { seed } = conditions;
  const { hidden, epochs, images } = EXTENT[form];
  const sizes = [dataset.pixels, ...hidden, dataset.classes];
  const learnt: Learnt[] = [];
  const chains: Chain[] = [];
  for (const steps of LEARNING) {
    const chain = initialChain(sizes, LEARNERS, seed);
    const learning = { steps, nudge: SMALL, epsilon: UNITS[LEARNERS].epsilon, rate: RATE, epochs, images };
    learnt.push(await learn(chain, learning, dataset, conditions));
    chains.push(chain);
  }
  const measured: Measured[] = [];
  for (const units of Object.keys(UNITS) as Units[]) {
    const name = `${units}, Glorot’s weights`;
    measured.push(await measure(name, initialChain(sizes, units, seed), units, dataset, form, conditions));
  }
  measured.push(await measure(`${LEARNERS}, trained`, chains[0], LEARNERS, dataset, form, conditions));
  return judge(measured, learnt, sizes.join('-'));
}

async function measure(
  name: string,
  chain: Chain,
  units: Units,
  { test, pixels, classes }: Dataset,
  form: Form,
  { step }: Conditions,
): Promise<Measured> {
  const examples = Array.from({ length: EXTENT[form].examples }, (_, n) =>
    exampleOf(test, pixels, n, classes),
  );
  const epsilon = stableStep(chain, examples, UNITS[units].epsilon);
  const byNudge: Beside[] = [];
  let unsettled = 0;
  for (const nudge of BETAS) {
    await step(`${name}, β = ${nudge}`, byNudge.length, BETAS.length);
    byNudge.push(
      besideBackpropagation(chain, examples, nudge, (energy) => {
        if (!settle(energy, UNITS[units].epsilon)) unsettled++;
      }),
    );
  }
  const bySteps = STEPS.map((steps) =>
    besideBackpropagation(chain, examples, SMALL, (energy) => descend(energy, epsilon, steps)),
  );
  return { name, epsilon, byNudge, unsettled, bySteps };
}

function judge(measured: readonly Measured[], learnt: readonly Learnt[], network: string): Finding {
  const leastAt = (beta: (typeof BETAS)[number]) =>
    Math.min(...measured.flatMap(({ byNudge }) => byNudge[BETAS.indexOf(beta)].cosines));
  const first = measured.map(({ bySteps }) => bySteps[STEPS.indexOf(FIRST)]);
  const sizes = measured.map(({ name }, k) => `${significant(first[k].sizes[0], 2)} (${name})`);
  const restless = measured
    .filter(({ unsettled }) => unsettled > 0)
    .map(
      ({ name, unsettled }) =>
        ` ${count(unsettled)} nudged examples went to and fro beside the minimum, and were read there (${name}).`,
    );
  const [backpropagation, ...bySteps] = learnt;
  const errors = bySteps.map(({ steps, testError }) => `${inPercent(testError)} by ${nameOf(steps)}`);
  return {
    statement:
      'With E = Σ ‖hₗ − fₗ(hₗ₋₁)‖² the free phase is the feedforward pass, and the nudged one estimates the gradient that backpropagation computes.',
    verdict: `Settled at β = ${SMALL}, the cosine with backpropagation is ${shownCosine(leastAt(SMALL))} or more in every layer of ${network}; at β = 1, ${shownCosine(leastAt(1))}.${restless.join('')} A layer’s update begins a step behind that of the layer above, in its direction (cosine ${shownCosine(Math.min(...first.map(({ cosines }) => cosines[0])))} or more) and small: after ${FIRST} steps the lowest has ${sizes.join(', ')} of the gradient’s size. Networks that learn so come to a test error of ${errors.join(', ')}; by backpropagation to ${inPercent(backpropagation.testError)}.`,
    holds: leastAt(SMALL) >= ALIKE,
    panels: [
      ...measured.map(({ name, byNudge }) =>
        panelOf(`Settled: ${name}`, 'nudge β', 'cosine with backpropagation', BETAS, byNudge, 'cosines'),
      ),
      ...measured.map(
        ({ name, epsilon, bySteps: values }): Panel => ({
          ...panelOf(
            `β = ${SMALL}, ε = ${epsilon}: ${name}`,
            'steps',
            'size / gradient’s',
            STEPS,
            values,
            'sizes',
          ),
          yScale: 'log',
        }),
      ),
      learningPanel(learnt, network),
    ],
    tables: [
      tableOf(
        'Settled, by β',
        BETAS.map((beta) => `β = ${beta}`),
        measured,
        ({ byNudge }) => byNudge,
      ),
      tableOf(`β = ${SMALL}, by steps`, STEPS.map(nameOf), measured, ({ bySteps: values }) => values),
      {
        title: `Learning ${network}, ${LEARNERS} units, rate ${RATE}, by steps of ε = ${UNITS[LEARNERS].epsilon} at β = ${SMALL}`,
        head: ['updates by', 'training error, last epoch', 'test error'],
        rows: learnt.map(({ steps, trainingErrors, testError }) => [
          nameOf(steps),
          inPercent(trainingErrors[trainingErrors.length - 1]),
          inPercent(testError),
        ]),
      },
    ],
  };
}

function learningPanel(learnt: readonly Learnt[], network: string): Panel {
  return {
    title: `Learning ${network}, β = ${SMALL}`,
    xLabel: 'epoch',
    yLabel: 'training error, %',
    whole: true,
    yScale: 'zero',
    curves: learnt.map(({ steps, trainingErrors }, k) => ({
      label: nameOf(steps),
      colour: COLOURS[k],
      marked: true,
      points: trainingErrors.map((error, epoch) => [epoch + 1, error] as const),
    })),
  };
}

function tableOf(
  title: string,
  head: readonly string[],
  measured: readonly Measured[],
  valuesOf: (one: Measured) => readonly Beside[],
): Table {
  return {
    title: `${title}: cosine with the gradient, and size in units of its`,
    head: ['network', 'weights', ...head],
    rows: measured.flatMap((one) =>
      valuesOf(one)[0].cosines.map((_, k) => [
        one.name,
        String(k + 1),
        ...valuesOf(one).map(({ cosines, sizes }) =>
          sizes[k] === 0
            ? NOTHING
            : `${decimals(Math.trunc(cosines[k] * 1e4) / 1e4, 4)}; ${significant(sizes[k], 2)}`,
        ),
      ]),
    ),
  };
}

function panelOf(
  title: string,
  xLabel: string,
  yLabel: string,
  x: readonly number[],
  values: readonly Beside[],
  of: keyof Beside,
): Panel {
  return {
    title,
    xLabel,
    yLabel,
    xScale: 'log',
    curves: values[0][of].map((_, k, layers) => ({
      label: `weights ${k + 1}${k === 0 ? ', of the inputs' : k === layers.length - 1 ? ', of the outputs' : ''}`,
      colour: COLOURS[k],
      marked: true,
      // Nothing where no update has come.
      points: values.map((one, n) => [x[n], one.sizes[k] > 0 ? one[of][k] : null] as const),
    })),
  };
}
