/** Figure 5: training and validation error against epochs, a panel a network. */
import type { Curve, Panel } from '../../drawing/index.js';
import { decimals } from '../../ground/index.js';
import type { Table } from '../tables.js';
import type { NetworkOutcome, Reproduction } from './outcome.js';

/** The first epochs, whose errors are many times the last ones, are cut off above. */
const SHOWN_FROM = 0.1;

export function errorPanels({ networks }: Reproduction): readonly Panel[] {
  return networks.map((outcome) => {
    const curves = errorCurves(outcome);
    return {
      title: outcome.paper.network,
      xLabel: 'epoch',
      yLabel: 'error (%)',
      whole: true,
      curves,
      yRange: [0, highest(curves)] as const,
    };
  });
}

/** The greatest error behind the first tenth of the epochs. */
function highest(curves: readonly Curve[]): number {
  const values = curves.flatMap(({ points }) => points.slice(Math.floor(points.length * SHOWN_FROM)));
  return 1.05 * values.reduce((most, [, error]) => Math.max(most, error ?? 0), 0.1);
}

function errorCurves({ epochs, backpropagation }: NetworkOutcome): readonly Curve[] {
  const curve = <Epoch extends { readonly epoch: number }>(
    look: Omit<Curve, 'points'>,
    from: readonly Epoch[],
    of: (epoch: Epoch) => number | undefined,
  ): Curve => ({
    ...look,
    points: from.map((one) => [one.epoch, of(one) ?? null] as const),
  });
  const all = [
    curve({ label: 'training', colour: 'blue' }, epochs, (one) => one.trainingError),
    curve({ label: 'validation', colour: 'orange' }, epochs, (one) => one.validation?.error),
    curve(
      { label: 'training, float64', colour: 'blue', stroke: 'dotted' },
      epochs,
      (one) => one.referenceTrainingError,
    ),
    curve(
      { label: 'validation, float64', colour: 'orange', stroke: 'dotted' },
      epochs,
      (one) => one.validation?.referenceError,
    ),
    curve(
      { label: 'training, backpropagation', colour: 'grey', stroke: 'dashed' },
      backpropagation.epochs,
      (one) => one.trainingError,
    ),
    curve(
      { label: 'validation, backpropagation', colour: 'purple', stroke: 'dashed' },
      backpropagation.epochs,
      (one) => one.validationError,
    ),
  ];
  return all.filter(({ points }) => points.some(([, error]) => error !== null));
}

const ROWS = 10;

/** The errors at some epochs, spread over the run. */
export function errorTable({ paper, epochs }: NetworkOutcome): Table {
  const step = Math.ceil(epochs.length / ROWS);
  const shown = epochs.filter(({ epoch }) => epoch === 1 || epoch % step === 0 || epoch === epochs.length);
  return {
    title: paper.network,
    head: ['epoch', 'training', 'validation', 'float64 training', 'float64 validation'],
    rows: shown.map(({ epoch, trainingError, validation, referenceTrainingError }) => [
      String(epoch),
      decimals(trainingError),
      decimals(validation?.error),
      decimals(referenceTrainingError),
      decimals(validation?.referenceError),
    ]),
  };
}
