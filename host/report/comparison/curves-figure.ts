import { type Curve, type Figure, lineChart, type SeriesColour, seriesColour } from '../../drawing/index.js';
import type { ComparisonData, EpochPoint } from './data.js';
import { byInterest, labelling } from './labels.js';

/** As many as can be told apart. */
const MOST = 4;
const REFERENCE: SeriesColour = 'grey';
/** More marks would hide the curve. */
const MARKED = 30;

/** The error over the epochs of what is most of interest, beside the reference. */
export function curvesFigure(
  data: ComparisonData,
  of: 'trainingError' | 'validationError',
): Figure | undefined {
  const label = labelling(data);
  const groups = byInterest(data).filter(({ cells }) => cells.some(({ epochs }) => epochs.length > 1));
  const curves: Curve[] = groups.slice(0, MOST).map((group, n) => ({
    label: label(group),
    colour: seriesColour(n),
    points: meanCurve(
      group.cells.map(({ epochs }) => epochs),
      of,
    ),
  }));
  const [first] = groups;
  const itsReferences = data.references.filter(({ cells }) =>
    first?.cells.some(({ id }) => cells.includes(id)),
  );
  const reference = meanCurve(
    itsReferences.map(({ epochs }) => epochs),
    of,
  );
  if (isCurve(reference))
    curves.push({
      label: 'float64 reference of the first',
      colour: REFERENCE,
      stroke: 'dashed',
      points: reference,
    });
  const shown = curves
    .filter(({ points }) => isCurve(points))
    .map((curve) => ({ ...curve, marked: curve.points.length <= MARKED }));
  if (shown.length === 0) return undefined;
  const kind = of === 'trainingError' ? 'training' : 'validation';
  const title = `${kind[0].toUpperCase()}${kind.slice(1)} error over the epochs`;
  const yLabel = `${kind} error, %`;
  const svg = lineChart({ title, xLabel: 'epoch', yLabel, whole: true, yScale: 'zero', curves: shown });
  const rest = groups.length - Math.min(groups.length, MOST);
  return {
    name: `${kind}-error`,
    title,
    caption: `Means over the seeds${of === 'trainingError' ? ', counted during the epoch' : ''}.${rest > 0 ? ` Of ${groups.length} groups the ${MOST} of most interest: the advice, the front, then by error.` : ''}`,
    svg,
  };
}

function isCurve(points: Curve['points']): boolean {
  return points.filter(([, error]) => error !== null).length > 1;
}

/** A gap where no run has the error. */
function meanCurve(runs: readonly (readonly EpochPoint[])[], of: keyof EpochPoint): Curve['points'] {
  const epochs = [...new Set(runs.flatMap((run) => run.map(({ epoch }) => epoch)))].sort((a, b) => a - b);
  return epochs.map((epoch) => {
    const values = runs.flatMap((run) => run.find((point) => point.epoch === epoch)?.[of] ?? []);
    const sum = values.reduce((total, value) => total + value, 0);
    return [epoch, values.length === 0 ? null : sum / values.length] as const;
  });
}
