/** Theorem 1: the update and the gradient differ by the Jacobian's transpose, so by the weights' degree of symmetry. */
import { loadDataset } from '../../data/index.js';
import type { Curve, Panel } from '../../drawing/index.js';
import { decimals, mean } from '../../ground/index.js';
import { type Batch, nudgedGradient, recurrentGradient, relaxMinibatch } from '../../reference/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import type { Experiment, Form } from '../experiment.js';
import { testBatch } from '../float-networks.js';
import { cosine, shownCosine } from '../statistics.js';
import { type FloatSubject, theorySubjects } from '../theory-subjects.js';
import { SETTLED } from './settled.js';
import { withSymmetry } from './symmetry.js';

const DEGREES = [0, 0.25, 0.5, 0.75, 0.9, 1] as const;
/** The theorem's, and that of training. */
const NUDGES = [1e-4, 1] as const;
const EXTENT: Readonly<Record<Form, { readonly images: number; readonly draws: number }>> = {
  quick: { images: 6, draws: 1 },
  full: { images: 20, draws: 3 },
};
/** Cosine of what is the gradient. */
const SAME = 0.999;

/** Cosines of the update with the gradient, of the ways forth. */
export interface Alike {
  /** From the input on. */
  readonly layers: readonly number[];
  readonly all: number;
}

interface Row {
  readonly degree: number;
  /** By nudge: means over draws of R. */
  readonly alike: readonly Alike[];
}

interface Measured {
  readonly subject: FloatSubject;
  readonly rows: readonly Row[];
}

export const degree: Experiment = {
  paper: 'vector-field',
  name: 'degree',
  title: 'The update and the gradient, by degree of symmetry',
  shows: 'Theorem 1: cosine of the update with the gradient by layer, B being more or less Wᵀ',
  minutes: { quick: 1, full: 8 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const { seed, step } = conditions;
  const dataset = await loadDataset(conditions.data);
  const { images, draws } = EXTENT[form];
  const batch = testBatch(dataset, 0, images);
  const all = await theorySubjects(form, dataset, conditions);
  // From Glorot’s own weights, less symmetric, many images have no fixed point to settle in.
  const subjects = all.filter(({ scale }) => scale < 1);
  const measured: Measured[] = [];
  let done = 0;
  for (const subject of subjects) {
    const rows: Row[] = [];
    for (const one of DEGREES) {
      const drawn: (readonly Alike[])[] = [];
      for (let n = 0; n < (one === 1 ? 1 : draws); n++) {
        await step(subject.name, done, subjects.length * DEGREES.length * draws);
        drawn.push(alikeness(subject, one, seed + n, batch));
        done++;
      }
      rows.push({ degree: one, alike: NUDGES.map((_, k) => meanOf(drawn.map((all) => all[k]))) });
    }
    measured.push({ subject, rows });
  }
  return judge(measured);
}

/** One a nudge. */
function alikeness(
  { network: tied }: FloatSubject,
  symmetry: number,
  seed: number,
  batch: Batch,
): readonly Alike[] {
  const network = withSymmetry(tied, symmetry, seed);
  const forth = tied.weights.length;
  const { free } = relaxMinibatch(network, SETTLED, batch, undefined);
  const truth = recurrentGradient(network, batch, free).weights.slice(0, forth);
  return NUDGES.map((nudge) => {
    const relaxed = relaxMinibatch(network, { ...SETTLED, nudge }, batch, 'positive');
    const { weights } = nudgedGradient(network, batch, relaxed, 'positive', nudge);
    const update = weights.slice(0, forth);
    return {
      layers: update.map((matrix, k) => cosine([matrix], [truth[k]])),
      all: cosine(update, truth),
    };
  });
}

/** Layer by layer. */
export function meanOf(all: readonly Alike[]): Alike {
  return {
    layers: all[0].layers.map((_, k) => mean(all.map(({ layers }) => layers[k]))),
    all: mean(all.map((one) => one.all)),
  };
}

function judge(measured: readonly Measured[]): Finding {
  const at = (symmetry: number) =>
    measured
      .flatMap(({ rows }) => rows.filter((row) => row.degree === symmetry))
      .map(({ alike }) => alike[0]);
  const symmetric = Math.min(...at(1).flatMap(({ layers }) => layers));
  const lowest = (symmetry: number) => mean(at(symmetry).map(({ layers }) => layers[0]));
  const outputs = (symmetry: number) => mean(at(symmetry).map(({ layers }) => layers[layers.length - 1]));
  const rises = DEGREES.every((one, n) => n === 0 || lowest(one) > lowest(DEGREES[n - 1]));
  return {
    statement:
      'The update is no gradient, but a proxy to it, “at a precision which is proven to be directly related to the degree of symmetry of the feedforward and feedback weights” (Theorem 1).',
    verdict: `At β = ${NUDGES[0]} the update of symmetric weights has a cosine of ${shownCosine(symmetric)} or more with the gradient, in every layer. With B = a Wᵀ + √(1 − a²) R the cosine of the weights from the input comes, on average over the networks, to ${DEGREES.map((one) => `${decimals(lowest(one))} (a = ${one})`).join(', ')}; that of the weights to the output, which learn from what no way back sends, only to ${decimals(outputs(0))} at a = 0.`,
    holds: symmetric >= SAME && rises,
    panels: measured.map(panelOf),
    tables: NUDGES.map((nudge, k) => ({
      title: `Cosines of the update with the gradient at β = ${nudge}: all ways forth; from the input on`,
      head: ['network', ...DEGREES.map((one) => `a = ${one}`)],
      rows: measured.map(({ subject, rows: own }) => [
        subject.name,
        ...own.map(
          ({ alike }) =>
            `${decimals(alike[k].all, 3)}; ${alike[k].layers.map((one) => decimals(one, 3)).join(', ')}`,
        ),
      ]),
    })),
  };
}

function panelOf({ subject, rows }: Measured): Panel {
  const layers = rows[0].alike[0].layers.map((_, k) => k);
  const name = (k: number) =>
    k === layers.length - 1 ? 'to the output' : k === 0 ? 'from the input' : 'between hidden layers';
  return {
    title: subject.name,
    xLabel: 'degree of symmetry a of B = a Wᵀ + √(1 − a²) R',
    yLabel: 'cosine with the gradient',
    curves: layers.flatMap((k) =>
      NUDGES.map(
        (nudge, n): Curve => ({
          label: `${name(k)}, β = ${nudge}`,
          colour: k === layers.length - 1 ? 'orange' : k === 0 ? 'blue' : 'green',
          ...(n > 0 && { stroke: 'dashed' as const }),
          marked: n === 0,
          points: rows.map((row) => [row.degree, row.alike[n].layers[k]] as const),
        }),
      ),
    ),
  };
}
