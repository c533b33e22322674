/** Theorem 1: the contrast of a small nudge is the gradient of the cost at the free fixed point. */
import { loadDataset } from '../../data/index.js';
import type { Curve, Panel } from '../../drawing/index.js';
import { decimals, NOTHING, powerOfTen } from '../../ground/index.js';
import { type Batch, nudgedGradient, type ReferenceNetwork, relaxMinibatch } from '../../reference/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import type { Experiment, Form } from '../experiment.js';
import { testBatch } from '../float-networks.js';
import { cosine, shownCosine } from '../statistics.js';
import type { Table } from '../tables.js';
import { type FloatSubject, theorySubjects } from '../theory-subjects.js';
import { type OtherGradients, otherGradients, SETTLED, STEPS } from './other-gradients.js';

/** Nudges, ascending. */
const BETAS = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1] as const;
/** Fractional bits of the states. */
const FRACTIONS = [14, 12, 11, 10, 8, 6] as const;
const NUDGINGS = ['positive', 'centered'] as const;
type OwnNudging = (typeof NUDGINGS)[number];
/** Exact relaxation has no minimum with −1. */
const BETAS_OF = { positive: BETAS, centered: BETAS.filter((beta) => beta < 1) } as const;
/** Nudges of one network: with exact states, and with each format's. */
const ALL_NUDGES = (1 + FRACTIONS.length) * (BETAS_OF.positive.length + BETAS_OF.centered.length);
/** A direction that is called the gradient's. */
const ALIKE = 0.95;
const LIKE_THE_GRADIENT = 0.99;
/** The claim is of small nudges. */
const SMALL = 1e-3;
const IMAGES: Readonly<Record<Form, number>> = { quick: 6, full: 20 };

interface Measured {
  readonly subject: FloatSubject;
  readonly others: OtherGradients;
  /** Cosines with the gradient, by nudge. */
  readonly exact: Readonly<Record<OwnNudging, readonly number[]>>;
  readonly rounded: readonly {
    readonly fraction: number;
    readonly nudging: OwnNudging;
    readonly withGradient: readonly number[];
    /** With the same nudge's contrast of states that are not rounded. */
    readonly withExact: readonly number[];
  }[];
}

export const gradient: Experiment = {
  paper: 'equilibrium-propagation',
  name: 'gradient',
  title: 'The contrast of a small nudge is the gradient',
  shows: 'Theorem 1: cosines with three other gradients by β; the least β by format',
  minutes: { quick: 1, full: 15 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const dataset = await loadDataset(conditions.data);
  const subjects = await theorySubjects(form, dataset, conditions);
  const batch = testBatch(dataset, 0, IMAGES[form]);
  const measured: Measured[] = [];
  for (const subject of subjects) {
    await conditions.step('gradients', measured.length, subjects.length);
    measured.push(await measure(subject, batch, conditions));
  }
  return judge(measured, IMAGES[form]);
}

async function measure(
  subject: FloatSubject,
  batch: Batch,
  { step }: Pick<Conditions, 'step'>,
): Promise<Measured> {
  const { network } = subject;
  const others = otherGradients(network, batch);
  const truth = others.recurrent.weights;
  let done = 0;
  const estimates = async (nudging: OwnNudging, round?: (state: number) => number) => {
    const found: (readonly Float64Array[])[] = [];
    for (const beta of BETAS_OF[nudging]) {
      await step(`nudges, ${subject.name}`, done++, ALL_NUDGES);
      found.push(estimate(network, batch, nudging, beta, round));
    }
    return found;
  };
  const exact = { positive: await estimates('positive'), centered: await estimates('centered') };
  const rounded: Measured['rounded'][number][] = [];
  for (const fraction of FRACTIONS)
    for (const nudging of NUDGINGS) {
      const coarse = await estimates(nudging, nearest(fraction));
      rounded.push({
        fraction,
        nudging,
        withGradient: coarse.map((one) => cosine(one, truth)),
        withExact: coarse.map((one, n) => cosine(one, exact[nudging][n])),
      });
    }
  const along = (nudging: OwnNudging) => exact[nudging].map((one) => cosine(one, truth));
  return { subject, others, exact: { positive: along('positive'), centered: along('centered') }, rounded };
}

function nearest(fraction: number): (state: number) => number {
  const scale = 2 ** fraction;
  return (state) => Math.round(state * scale) / scale;
}

/** The weights' part of the estimate: biases are few. */
function estimate(
  network: ReferenceNetwork,
  batch: Batch,
  nudging: OwnNudging,
  nudge: number,
  round?: (state: number) => number,
): readonly Float64Array[] {
  const relaxed = relaxMinibatch(network, { ...SETTLED, nudge }, batch, nudging, round);
  return nudgedGradient(network, batch, relaxed, nudging, nudge).weights;
}

/**
 * The least nudge of those from which on no greater one falls below the limit; undefined if the greatest does.
 * @param cosines of ascending nudges; none where nothing moved
 */
export function leastNudge(
  nudges: readonly number[],
  cosines: readonly number[],
  limit: number,
): number | undefined {
  const lastBelow = cosines.findLastIndex((one) => !(one >= limit));
  return nudges[lastBelow + 1];
}

function judge(measured: readonly Measured[], images: number): Finding {
  const small = BETAS.indexOf(SMALL);
  const worst = Math.min(
    ...measured.flatMap(({ exact }) => NUDGINGS.map((nudging) => exact[nudging][small])),
  );
  const distance = Math.max(...measured.map(({ others }) => others.differencesApart));
  // From where Euler's steps have settled, and no sooner: how many that takes says nothing of the theorem.
  const through = measured.filter(
    ({ others }) => (others.throughTime.at(-1) ?? 0) >= LIKE_THE_GRADIENT,
  ).length;
  return {
    statement:
      'For any energy, the gradient of the cost at the free fixed point is the limit of the contrast over the nudge (Theorem 1, Eqs. 10 and 36).',
    verdict: `Beside recurrent backpropagation (Almeida, Pineda), summed over ${images} images: cosine at least ${shownCosine(worst)} at β = ${SMALL}, one-sided and centered; finite differences of the cost differ from it by at most ${powerOfTen(Math.ceil(Math.log10(distance)))}, backpropagation through ${STEPS.at(-1)} Euler steps has a cosine of ${LIKE_THE_GRADIENT} or more in ${through} of ${measured.length} networks.`,
    holds: worst >= LIKE_THE_GRADIENT && distance < 1e-4,
    panels: measured.map(panelOf),
    tables: [
      leastTable(measured),
      ...NUDGINGS.map((nudging) => cosineTable(measured, nudging)),
      othersTable(measured),
    ],
  };
}

function panelOf({ subject, exact, rounded }: Measured): Panel {
  const points = (values: readonly number[]) =>
    values.map((value, n) => [BETAS[n], Number.isNaN(value) ? null : value] as const);
  const coarse = (fraction: number, colour: Curve['colour']): Curve => ({
    label: `±β, states of ${fraction} bits`,
    colour,
    stroke: 'dashed',
    points: points(
      rounded.find((one) => one.fraction === fraction && one.nudging === 'centered')?.withGradient ?? [],
    ),
  });
  return {
    title: subject.name,
    xLabel: 'nudge β',
    yLabel: 'cosine with the gradient',
    xScale: 'log',
    yRange: [0, 1.02],
    curves: [
      { label: '+β, float64', colour: 'orange', points: points(exact.positive) },
      { label: '±β, float64', colour: 'blue', points: points(exact.centered) },
      coarse(14, 'green'),
      coarse(12, 'purple'),
      coarse(6, 'grey'),
    ],
  };
}

function leastTable(measured: readonly Measured[]): Table {
  const cells = (fraction: number, nudging: OwnNudging) => {
    const all = measured.map(({ subject, rounded }) => {
      const own = rounded.find((one) => one.fraction === fraction && one.nudging === nudging);
      return { subject, least: own && leastNudge(BETAS_OF[nudging], own.withExact, ALIKE) };
    });
    const most = (of: typeof all) =>
      of.some(({ least }) => least === undefined)
        ? `above ${BETAS_OF[nudging].at(-1)}`
        : String(Math.max(...of.map(({ least }) => least ?? 0)));
    return [
      most(all.filter(({ subject }) => subject.weights === 'trained')),
      most(all.filter(({ subject }) => subject.weights === 'initial')),
    ];
  };
  return {
    title: `The least β whose contrast rounding leaves a cosine of ${ALIKE} with the contrast of exact states, of all networks here`,
    head: ['states’ fractional bits', '+β, trained', '+β, initial', '±β, trained', '±β, initial'],
    rows: FRACTIONS.map((fraction) => [
      String(fraction),
      ...NUDGINGS.flatMap((nudging) => cells(fraction, nudging)),
    ]),
  };
}

function cosineTable(measured: readonly Measured[], nudging: OwnNudging): Table {
  const shown = BETAS.filter((beta) => beta >= 1e-4);
  return {
    title: `Cosine of the contrast with the gradient by β, float64, ${nudging === 'centered' ? '±β' : '+β'}`,
    head: ['network, weights', ...shown.map(String)],
    rows: measured.map(({ subject, exact }) => [
      subject.name,
      ...shown.map((beta) => decimals(exact[nudging][BETAS.indexOf(beta)], 3)),
    ]),
  };
}

function othersTable(measured: readonly Measured[]): Table {
  return {
    title: 'Other gradients beside recurrent backpropagation',
    head: [
      'network, weights',
      'finite differences: distance',
      ...STEPS.map((steps) => `through ${steps} steps: cosine`),
      'units between bounds',
    ],
    rows: measured.map(({ subject, others }) => [
      subject.name,
      powerOfTen(Math.ceil(Math.log10(others.differencesApart))),
      ...others.throughTime.map((one) => (Number.isNaN(one) ? NOTHING : shownCosine(one))),
      `${decimals(100 * others.between, 0)} %`,
    ]),
  };
}
