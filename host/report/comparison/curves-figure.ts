import { html } from '../html.js';
import {
  axes,
  drawing,
  type Figure,
  type Frame,
  fixed,
  mark,
  SERIES_CLASSES,
  text,
  WIDTH,
} from '../svg/drawing.js';
import { linearScale } from '../svg/scale.js';
import type { ComparisonData, EpochPoint } from './data.js';
import { byInterest, labelling } from './labels.js';

const PLOT = 300;
const FRAME: Frame = { left: 46, right: WIDTH - 14, top: 34, bottom: PLOT - 46 };
const LEGEND = 19;
/** As many as can be told apart. */
const MOST = 4;
/** Grey is the reference's. */
const REFERENCE = 4;

interface Curve {
  readonly label: string;
  readonly series: number;
  readonly points: readonly (readonly [epoch: number, error: number])[];
}

/** The error over the epochs of what is most of interest, beside the reference. */
export function curvesFigure(
  data: ComparisonData,
  of: 'trainingError' | 'validationError',
): Figure | undefined {
  const label = labelling(data);
  const groups = byInterest(data).filter(({ cells }) => cells.some(({ epochs }) => epochs.length > 1));
  const curves: Curve[] = groups.slice(0, MOST).map((group, series) => ({
    label: label(group),
    series,
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
  if (reference.length > 1)
    curves.push({ label: 'float64 reference of the first', series: REFERENCE, points: reference });
  const shown = curves.filter(({ points }) => points.length > 1);
  const points = shown.flatMap((curve) => curve.points);
  if (points.length === 0) return undefined;
  const x = linearScale(
    points.map(([epoch]) => epoch),
    [FRAME.left, FRAME.right],
  );
  const y = linearScale(
    points.map(([, error]) => error),
    [FRAME.bottom, FRAME.top],
    6,
    true,
  );
  const whole = { ...x, ticks: x.ticks.filter(Number.isInteger) };
  const kind = of === 'trainingError' ? 'training' : 'validation';
  const title = `${kind[0].toUpperCase()}${kind.slice(1)} error over the epochs`;
  const svg = drawing(title, PLOT + 6 + LEGEND * shown.length, [
    axes(
      FRAME,
      { scale: whole, label: 'epoch', tick: String },
      { scale: y, label: `${kind} error, %`, tick: String },
    ),
    shown.map(({ points: own, series, label: name }) => [
      html`<polyline class="curve ${SERIES_CLASSES[series]}${series === REFERENCE ? ' dashed' : ''}" points="${own.map(([epoch, error]) => `${fixed(x.place(epoch))},${fixed(y.place(error))}`).join(' ')}"/>`,
      own.length > 30
        ? ''
        : own.map(([epoch, error]) =>
            mark(series, x.place(epoch), y.place(error), `${name}, epoch ${epoch}: ${error.toFixed(2)} %`),
          ),
    ]),
    shown.map(({ label: name, series }, n) => [
      mark(series, FRAME.left + 6, PLOT + n * LEGEND + 10, name),
      text(FRAME.left + 18, PLOT + n * LEGEND + 14, name, 'start'),
    ]),
  ]);
  const rest = groups.length - Math.min(groups.length, MOST);
  return {
    name: `${kind}-error`,
    title,
    caption: `Means over the seeds${of === 'trainingError' ? ', counted during the epoch' : ''}.${rest > 0 ? ` Of ${groups.length} groups the ${MOST} of most interest: the advice, the front, then by test error.` : ''}`,
    svg,
  };
}

function meanCurve(runs: readonly (readonly EpochPoint[])[], of: keyof EpochPoint): Curve['points'] {
  const epochs = [...new Set(runs.flatMap((run) => run.map(({ epoch }) => epoch)))].sort((a, b) => a - b);
  return epochs.flatMap((epoch): Curve['points'] => {
    const values = runs.flatMap((run) => run.find((point) => point.epoch === epoch)?.[of] ?? []);
    return values.length === 0
      ? []
      : [[epoch, values.reduce((sum, value) => sum + value, 0) / values.length]];
  });
}
