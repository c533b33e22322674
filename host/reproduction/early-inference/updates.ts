/** Early updates of the hidden layers beside the back-propagated gradient (Eqs. 3.6 to 3.16 of the 2017 text). */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Curve, Panel } from '../../drawing/index.js';
import { decimals, percent } from '../../ground/index.js';
import type { Experiment } from '../experiment.js';
import type { Table } from '../tables.js';
import { deviceUpdates } from './device-updates.js';
import {
  type EarlyUpdate,
  earlyUpdates,
  fixedPoint,
  lawfulFactor,
  type Nudge,
  saturated,
} from './early-updates.js';
import { roundedRows, roundedTable } from './rounded-updates.js';
import { cells, layerHeads, mean, type Subject, subjectOf } from './update-subjects.js';

const STEPS = 8;
const COARSE: Nudge = { beta: 1, epsilon: 0.5, steps: STEPS };
const FINE: Nudge = { beta: 0.1, epsilon: 0.01, steps: STEPS };
const COLOURS = ['blue', 'orange', 'green'] as const satisfies readonly Curve['colour'][];
/** Cosine from which an update counts as the gradient's direction. */
const SAME_DIRECTION = 0.95;

interface Measured {
  readonly subject: Subject;
  readonly coarse: readonly EarlyUpdate[];
  readonly fine: readonly EarlyUpdate[];
  /** Shares of saturated units, hidden layers from the input on, then outputs. */
  readonly saturation: readonly number[];
}

export const updates: Experiment = {
  paper: 'early-inference',
  name: 'updates',
  title: 'Early inference and back-propagation',
  shows:
    'changes of hidden layers step by step beside the gradient, in size and direction; also in rounded states, and on the device',
  minutes: { quick: 4, full: 20 },
  async run(form, conditions) {
    const dataset = await loadDataset(conditions.data);
    const measured: Measured[] = [];
    const rounded: Table['rows'][number][] = [];
    for (const hidden of [1, 2, 3])
      for (const trained of [false, true]) {
        const subject = await subjectOf(dataset, hidden, trained, form, conditions);
        await conditions.step(`${subject.name}, measured`, 0, 1);
        measured.push(measure(subject, dataset));
        rounded.push(...(await roundedRows(subject, dataset, conditions)));
      }
    const onDevice = await deviceUpdates(form, conditions);
    const firsts = measured.flatMap(({ subject, fine }) =>
      Array.from({ length: subject.hidden }, (_, below) => ({
        trained: subject.trained,
        factor: mean(at(fine, below, below + 2), 'factor'),
        cosine: mean(at(fine, below, below + 2), 'cosine'),
        fromOutputs: mean(at(fine, below, below + 2), 'fromOutputs'),
      })),
    );
    const close = firsts.filter(({ cosine }) => cosine >= SAME_DIRECTION);
    const least = (trained: boolean) =>
      Math.min(...firsts.filter((one) => one.trained === trained).map(({ cosine }) => cosine));
    const explained = Math.min(...firsts.map(({ fromOutputs }) => fromOutputs));
    return {
      statement:
        'From a fixed point, the k-th hidden layer below the top one first changes by −ε^(k+2) ∂C/∂h (Eq. 3.16), the back-propagated gradient. With a nudge β and after n steps the law is −β ε^(k+2) C(n, k+2) ∂C/∂h; at a fixed point no unit is saturated (section 2.3.1).',
      verdict: `At β = ${FINE.beta} and ε = ${FINE.epsilon} the first change of a layer has a cosine of ${SAME_DIRECTION} or more with the gradient in ${close.length} of ${firsts.length} layers: at least ${decimals(least(true), 3)} in trained networks, ${decimals(least(false), 3)} at initial weights. The loss comes from outputs at 0 with a negative drive that the nudge lifts off: with what the outputs’ own change sends back the cosine is at least ${decimals(explained, 4)}. Units are saturated at fixed points, ${percent(Math.min(...measured.flatMap(({ saturation, subject }) => saturation.slice(0, subject.hidden))))} of a hidden layer at least, for states are clipped. Eq. 3.16 lacks β, and holds for a layer’s first step alone. ${onDevice.verdict}`,
      holds: close.length === firsts.length,
      panels: panelsOf(measured),
      tables: [directionTable(measured), sizeTable(measured), roundedTable(rounded), onDevice.table],
    };
  },
};

function measure(subject: Subject, { test, pixels }: Dataset): Measured {
  const { network, chosen } = subject;
  const starts = chosen.map((n) => ({ n, start: fixedPoint(network, test.images, n * pixels) }));
  const along = (nudge: Nudge) =>
    starts.flatMap(({ n, start }) =>
      earlyUpdates(network, test.images, n * pixels, test.labels[n], start, nudge),
    );
  const shares = starts.map(({ start }) => saturated(network, start));
  const meanOf = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  return {
    subject,
    coarse: along(COARSE),
    fine: along(FINE),
    saturation: [
      ...Array.from({ length: subject.hidden }, (_, k) => meanOf(shares.map((one) => one.hidden[k]))),
      meanOf(shares.map(({ outputs }) => outputs)),
    ],
  };
}

function at(measured: readonly EarlyUpdate[], below: number, step: number): readonly EarlyUpdate[] {
  return measured.filter((one) => one.below === below && one.step === step);
}

function directionTable(measured: readonly Measured[]): Table {
  const nudges = [
    { key: 'coarse', nudge: COARSE },
    { key: 'fine', nudge: FINE },
  ] as const;
  return {
    title:
      'Cosine of a layer’s first change with −∂C/∂h, and (in brackets) with what the outputs’ own change sends back; means over images with a cost',
    head: ['network', 'images', 'saturated: hidden; outputs', 'β, ε', ...layerHeads()],
    rows: measured.flatMap((one) =>
      nudges.map(({ key, nudge }) => [
        one.subject.name,
        `${one.subject.chosen.length} of ${one.subject.looked}`,
        `${one.saturation.slice(0, -1).map(percent).join(', ')}; ${percent(one.saturation[one.saturation.length - 1])}`,
        `${nudge.beta}, ${nudge.epsilon}`,
        ...cells(one.subject, (below) => {
          const first = at(one[key], below, below + 2);
          return `${decimals(mean(first, 'cosine'), 3)} (${decimals(mean(first, 'fromOutputs'), 4)})`;
        }),
      ]),
    ),
  };
}

function sizeTable(measured: readonly Measured[]): Table {
  return {
    title: `−Δh · ∂C/∂h / ‖∂C/∂h‖² in units of β ε^(k+2), at β = ${FINE.beta}, ε = ${FINE.epsilon}, after k+2, k+3, k+4 steps`,
    head: ['network', ...layerHeads()],
    rows: [
      ['law', ...[0, 1, 2].map((k) => [2, 3, 4].map((n) => String(lawfulFactor(k + n, k))).join(', '))],
      ...measured.map(({ subject, fine }) => [
        subject.name,
        ...cells(subject, (k) =>
          [2, 3, 4].map((n) => decimals(mean(at(fine, k, k + n), 'factor'))).join(', '),
        ),
      ]),
    ],
  };
}

function panelsOf(measured: readonly Measured[]): readonly Panel[] {
  return measured
    .filter(({ subject }) => subject.hidden === 3)
    .flatMap(({ subject, fine, coarse }): readonly Panel[] => {
      const own = `${subject.hidden} hidden layers, ${subject.trained ? 'trained' : 'initial weights'}`;
      const layers = [0, 1, 2];
      const names = ['top hidden layer', 'next', 'lowest'];
      const steps = Array.from({ length: STEPS }, (_, n) => n + 1);
      return [
        {
          title: `Size: ${own}`,
          xLabel: `steps after the nudge (β = ${FINE.beta}, ε = ${FINE.epsilon})`,
          yLabel: '−Δh · g / ‖g‖² in units of β ε^(k+2), g = ∂C/∂h',
          whole: true,
          yScale: 'log',
          curves: layers.flatMap((below): readonly Curve[] => [
            {
              label: names[below],
              colour: COLOURS[below],
              marked: true,
              points: steps
                .filter((n) => n >= below + 2)
                .map((n) => [n, mean(at(fine, below, n), 'factor')] as const),
            },
            {
              label: `${names[below]}: C(n, ${below + 2})`,
              colour: COLOURS[below],
              stroke: 'dotted',
              points: steps.filter((n) => n >= below + 2).map((n) => [n, lawfulFactor(n, below)] as const),
            },
          ]),
        },
        {
          title: `Direction: ${own}`,
          xLabel: 'steps after the nudge',
          yLabel: 'cosine of −Δh and ∂C/∂h',
          whole: true,
          yRange: [0, 1],
          curves: layers.flatMap((below): readonly Curve[] =>
            (
              [
                [fine, FINE, undefined],
                [coarse, COARSE, 'dashed'],
              ] as const
            ).map(([of, { beta, epsilon }, stroke]) => ({
              label: `${names[below]}, β = ${beta}, ε = ${epsilon}`,
              colour: COLOURS[below],
              ...(stroke && { stroke }),
              points: steps
                .filter((n) => n >= below + 2)
                .map((n) => [n, mean(at(of, below, n), 'cosine')] as const),
            })),
          ),
        },
      ];
    });
}
