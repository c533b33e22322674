/** Claim: the energy falls along the relaxation (Eq. 38). */

import type { Dataset } from '../../../data/index.js';
import type { Curve, Panel } from '../../../drawing/index.js';
import { decimals } from '../../../ground/index.js';
import { roundedDynamics } from '../../../model/index.js';
import type { Dynamics } from '../../../reference/index.js';
import { couplingNorm, descend, safeStep } from '../../../reference/index.js';
import type { Claim } from '../../claim.js';
import { firstMinibatches, nameOf, type Subject } from './subjects.js';

const SAMPLES = 3;
const FREE_ITERATIONS = 40;
const NUDGED_ITERATIONS = 20;
/** Power iteration to a millionth: the step that is called safe stays below the true bound. */
const CARE = { tolerance: 1e-6, iterations: 2000 } as const;
const MARGIN = 1 + 1e-3;
/** The least difference in energy that the figure shows. */
const FLOOR = 1e-6;

type Phase = 'free' | 'nudged';

interface Method {
  readonly label: string;
  readonly colour: Curve['colour'];
  readonly stroke?: Curve['stroke'];
  readonly dynamics: Pick<Dynamics, 'relaxation' | 'epsilon'>;
  /** True where theory says that no iteration raises the energy. */
  readonly safe: boolean;
}

interface Traced {
  readonly method: Method;
  readonly phase: Phase;
  readonly rises: number;
  readonly iterations: number;
  /** Along the first sample. */
  readonly energies: readonly number[];
}

interface Measured {
  readonly subject: Subject;
  readonly norm: number;
  readonly nudge: number;
  readonly traces: readonly Traced[];
}

export function energyClaim(subjects: readonly Subject[], dataset: Dataset): Claim {
  const measured = subjects.map((subject) => measure(subject, dataset));
  const traces = measured.flatMap((one) => one.traces);
  const safe = traces.filter(({ method }) => method.safe);
  const papers = traces.filter(({ method }) => !method.safe && method.dynamics.epsilon === 0.5);
  const total = (of: readonly Traced[]) => {
    const sum = (part: 'rises' | 'iterations') => of.reduce((all, trace) => all + trace[part], 0);
    return `${sum('rises')} of ${sum('iterations')}`;
  };
  return {
    name: 'energy-descent',
    title: 'The energy falls along the relaxation',
    statement:
      'dF/dt = −‖ds/dt‖² ≤ 0 for the continuous dynamics (Eq. 38). Exact minimisation layer by layer inherits that; Euler steps surely do up to ε = 2 / (1 + ‖W‖ + β), and may beyond.',
    verdict: `Exact relaxation and Euler steps at the bound raised the energy in ${total(safe)} iterations; Euler steps of the paper’s ε = 0.5 in ${total(papers)}.`,
    holds: safe.every(({ rises }) => rises === 0),
    panels: measured.slice(-2).flatMap(panelsOf),
    tables: [
      {
        title: `Iterations that raised the energy, of ${SAMPLES} samples, free and nudged`,
        head: [
          'network, weights',
          '‖W‖',
          'bound, free',
          'bound, nudged',
          ...methodsFor(0.5).map(({ label }) => label),
        ],
        rows: measured.map(({ subject, norm, nudge, traces: own }) => [
          nameOf(subject),
          decimals(norm),
          decimals(safeStep(norm, 0), 3),
          decimals(safeStep(norm, nudge), 3),
          ...methodsFor(0.5).map(({ label }) => total(own.filter(({ method }) => method.label === label))),
        ]),
      },
    ],
  };
}

function methodsFor(bound: number): readonly Method[] {
  const euler = (epsilon: number, label: string, safe = false) =>
    ({ label, safe, dynamics: { relaxation: 'euler', epsilon } }) as const;
  return [
    { label: 'exact', colour: 'green', safe: true, dynamics: { relaxation: 'exact', epsilon: 0.5 } },
    { ...euler(bound, 'Euler, ε at the bound', true), colour: 'blue' },
    { ...euler(0.5, 'Euler, ε = 0.5'), colour: 'orange' },
    { ...euler(1, 'Euler, ε = 1'), colour: 'purple', stroke: 'dashed' },
  ];
}

function measure(subject: Subject, dataset: Dataset): Measured {
  const { network, recipe } = subject;
  const { nudge } = roundedDynamics(recipe);
  const norm = couplingNorm(network, CARE);
  const [batch] = firstMinibatches(recipe, dataset, 1);
  const { inputs: pixels } = network.graph;
  const samples = Math.min(SAMPLES, batch.labels.length);
  const traces = methodsFor(safeStep(norm * MARGIN, nudge)).flatMap((method) => {
    const descents = Array.from({ length: samples }, (_, n) => {
      const image = batch.images.subarray(n * pixels, (n + 1) * pixels);
      const along = (start: Float64Array, beta: number, iterations: number) =>
        descend(network, method.dynamics, image, batch.labels[n], start, beta, iterations);
      const free = along(new Float64Array(network.units), 0, FREE_ITERATIONS);
      return { free, nudged: along(free.settled, nudge, NUDGED_ITERATIONS) };
    });
    return (['free', 'nudged'] as const).map((phase) => ({
      method,
      phase,
      rises: descents.reduce((sum, one) => sum + one[phase].rises, 0),
      iterations: samples * (phase === 'free' ? FREE_ITERATIONS : NUDGED_ITERATIONS),
      energies: descents[0][phase].energies,
    }));
  });
  return { subject, norm, nudge, traces };
}

function panelsOf({ subject, traces }: Measured): readonly Panel[] {
  return (['free', 'nudged'] as const).map((phase) => ({
    title: `${nameOf(subject)}: ${phase} phase`,
    xLabel: 'iteration',
    yLabel: `${phase === 'free' ? 'E' : 'F = E + βC'} above its least`,
    whole: true,
    yScale: 'log',
    curves: curvesOf(traces.filter((trace) => trace.phase === phase)),
  }));
}

/** Above the least energy that any method reached: a curve that stays up has settled elsewhere, or not at all. */
function curvesOf(traces: readonly Traced[]): readonly Curve[] {
  const least = Math.min(...traces.flatMap(({ energies }) => energies));
  return traces.map(({ method: { label, colour, stroke }, energies }) => ({
    label,
    colour,
    ...(stroke && { stroke }),
    points: energies.map((energy, iteration) => [iteration, Math.max(energy - least, FLOOR)] as const),
  }));
}
