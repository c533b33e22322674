/** Figure 4: weight change by spike timing difference, under the rate rule and under the nearest-neighbour rule. */
import type { Curve, Panel } from '../../drawing/index.js';
import { decimals, percent, significant } from '../../ground/index.js';
import type { Experiment } from '../experiment.js';
import { nearestNeighbour } from './rules.js';
import { settingOf } from './simulation.js';
import { type Survey, survey, type Variation, variations } from './surveyed.js';

/** Standard errors beyond which a mean counts as not zero. */
const SURE = 3;
/** Events of a delay below which its mean is not judged. */
const LEAST = 30;
const SHOWN = [1, 5, 10, 20] as const;

interface Shape {
  /** Delays judged, those whose mean has the sign of the delay, and those surely of the other. */
  readonly judged: number;
  readonly right: number;
  readonly wrong: number;
  /** Delay, from 1 on, at which the mean of both sides is greatest, and whether the sum over events is greatest at 1. */
  readonly peak: number;
  readonly sumPeak: number;
}

interface Measured {
  readonly variation: Variation;
  readonly surveyed: Survey;
  readonly shape: Shape;
}

export const figure4: Experiment = {
  paper: 'stdp',
  name: 'figure-4',
  title: 'Weight change by spike timing',
  shows: 'the STDP curve out of the rate rule, beside the nearest-neighbour rule’s (its Figure 4)',
  minutes: { quick: 1, full: 2 },
  async run(form, { seed, step }) {
    const base = settingOf(form, seed);
    const measured: Measured[] = [];
    for (const variation of variations) {
      const surveyed = await survey({ ...base, ...variation.changes }, variation.name, step);
      measured.push({ variation, surveyed, shape: shapeOf(surveyed) });
    }
    const signed = measured.filter(({ shape }) => shape.wrong === 0);
    const falling = measured.filter(({ shape }) => shape.peak === 1);
    const summed = measured.filter(({ shape }) => shape.sumPeak === 1);
    const [usual] = measured;
    return {
      statement:
        'The update ṡᵢξⱼ (Eqs. 3.18, 4.1), averaged by the time from the presynaptic to the nearest postsynaptic spike, is positive after, negative before, and larger the closer the two are: the curve that biologists find (Figure 4, left).',
      verdict: `The sign is right: no delay’s mean is surely of the wrong sign in ${signed.length} of ${measured.length} settings. The fall is not: with spikes as rare as ${significant(base.most)} a step the mean is greatest at ${usual.shape.peak} steps, about as far as rates stay like themselves. It falls from 1 step on in ${falling.length} of ${measured.length} settings, the sum over events in ${summed.length}: where spikes are frequent, or rates jump as a random walk’s do. The right panel is the nearest-neighbour rule’s own amplitude, put in.`,
      holds: signed.length === measured.length && falling.length === measured.length,
      panels: [
        curvePanel(measured),
        {
          title: 'Nearest-neighbour STDP',
          xLabel: 'Δt = post − pre, steps',
          yLabel: 'weight change',
          curves: [
            {
              label: `sign(Δt) exp(−|Δt| / ${base.decay})`,
              colour: 'orange',
              marked: true,
              points: usual.surveyed.delays.map(
                ({ delay }) => [delay, nearestNeighbour(delay, base.decay)] as const,
              ),
            },
          ],
        },
        shapesPanel(measured),
      ],
      tables: [outcomeTable(measured), curveTable(measured)],
    };
  },
};

/** Shape of the mean by delay. */
export function shapeOf({ delays }: Pick<Survey, 'delays'>): Shape {
  const judged = delays.filter(({ slope }) => slope.count >= LEAST);
  const along = ({ delay, slope }: Survey['delays'][number]) => Math.sign(delay) * slope.sum;
  const right = judged.filter((one) => along(one) > 0);
  const wrong = judged.filter((one) => along(one) < -SURE * (one.slope.standardError ?? 0) * one.slope.count);
  const distances = [...new Set(judged.map(({ delay }) => Math.abs(delay)))].sort((a, b) => a - b);
  const both = distances.map((distance) => {
    const own = judged.filter(({ delay }) => Math.abs(delay) === distance);
    const sum = own.reduce((total, one) => total + along(one), 0);
    return { distance, sum, mean: sum / own.reduce((total, { slope }) => total + slope.count, 0) };
  });
  const peakOf = (value: (one: (typeof both)[number]) => number) =>
    both.reduce((most, one) => (value(one) > value(most) ? one : most), both[0]).distance;
  return {
    judged: judged.length,
    right: right.length,
    wrong: wrong.length,
    peak: peakOf(({ mean }) => mean),
    sumPeak: peakOf(({ sum }) => sum),
  };
}

function pointsOf({ surveyed: { delays } }: Measured, scale = 1) {
  return delays.map(({ delay, slope }) => {
    const { mean } = slope;
    return [delay, slope.count < LEAST || mean === undefined ? null : mean * scale] as const;
  });
}

function curvePanel([usual]: readonly Measured[]): Panel {
  return {
    title: 'Rate rule, spikes rare',
    xLabel: 'Δt = post − pre, steps',
    yLabel: 'mean weight change, 10⁻³',
    curves: [
      {
        label: 'ṡ at the presynaptic spike, mean',
        colour: 'blue',
        marked: true,
        points: pointsOf(usual, 1000),
      },
    ],
  };
}

/** Each in units of its greatest, for the shapes. */
function shapesPanel(measured: readonly Measured[]): Panel {
  return {
    title: 'Rate rule, what the text leaves open',
    xLabel: 'Δt = post − pre, steps',
    yLabel: 'mean weight change, in units of its greatest',
    curves: measured.flatMap((one): readonly Curve[] => {
      const { name, colour } = one.variation;
      if (colour === undefined) return [];
      const means = pointsOf(one).flatMap(([, mean]) => (mean === null ? [] : [Math.abs(mean)]));
      return [{ label: name, colour, points: pointsOf(one, 1 / Math.max(...means)) }];
    }),
  };
}

function outcomeTable(measured: readonly Measured[]) {
  return {
    title: 'Presynaptic spikes, and what was around them',
    head: ['setting', 'spikes', 'one side', 'both sides', 'none', 'coincident alone'],
    rows: measured.map(({ variation, surveyed: { counts } }) => {
      const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
      return [
        variation.name,
        significant(total, 9),
        percent(counts.changed / total),
        percent(counts['both-sides'] / total),
        percent(counts.none / total),
        percent(counts.coincident / total),
      ];
    }),
  };
}

function curveTable(measured: readonly Measured[]) {
  return {
    title: 'Mean ṡ by delay (after less before, halved), and where it and the sum over events are greatest',
    head: [
      'setting',
      ...SHOWN.map((delay) => `±${delay}`),
      'mean greatest at',
      'sum greatest at',
      'right signs',
    ],
    rows: measured.map(({ variation, surveyed, shape }) => [
      variation.name,
      ...SHOWN.map((delay) => {
        const mean = (at: number) => surveyed.delays.find((one) => one.delay === at)?.slope.mean;
        const [after, before] = [mean(delay), mean(-delay)];
        return decimals(after === undefined || before === undefined ? undefined : (after - before) / 2, 4);
      }),
      String(shape.peak),
      String(shape.sumPeak),
      `${shape.right} of ${shape.judged}`,
    ]),
  };
}
