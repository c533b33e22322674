/** Changes of the layers' states in the first steps after the output is nudged, beside the gradient. */
import { type Quantisers, type ReferenceNetwork, Relaxation } from '../../reference/index.js';
import { backPropagated, outputGradient, sensitivity } from './back-propagation.js';

export interface EarlyUpdate {
  /** Layers below the output: 0 is the top hidden one. */
  readonly below: number;
  /** Steps since the output was nudged. */
  readonly step: number;
  /** Cosine of −Δh and ∂C/∂h; undefined where one of them is zero. */
  readonly cosine: number | undefined;
  /** −Δh · ∂C/∂h / ‖∂C/∂h‖², in units of β ε^(k+2): the law says C(n, k+2). */
  readonly factor: number | undefined;
  /** ‖Δh‖ / (β ε^(k+2) ‖∂C/∂h‖), in those units too. */
  readonly size: number | undefined;
  /** Cosine with what comes back from the outputs' own first change instead of their gradient: they may have been lifted off 0. */
  readonly fromOutputs: number | undefined;
  /** ‖∂C/∂h‖². */
  readonly gradient: number;
  /** True where any unit of the layer has moved. */
  readonly moved: boolean;
}

export interface Nudge {
  readonly beta: number;
  readonly epsilon: number;
  readonly steps: number;
}

/** The number of ways to choose k of n. */
export function binomial(n: number, k: number): number {
  let ways = 1;
  for (let i = 0; i < k; i++) ways = (ways * (n - i)) / (i + 1);
  return Math.round(ways);
}

/** Δh of a layer k below the top hidden one after n steps, in units of −β ε^(k+2) ∂C/∂h. */
export function lawfulFactor(step: number, below: number): number {
  return step < below + 2 ? 0 : binomial(step, below + 2);
}

const MOST_SWEEPS = 5000;

/** The fixed point of the free phase, by exact sweeps from zero, of the image that begins at `images[at]`; states as `round` leaves them. */
export function fixedPoint(
  network: ReferenceNetwork,
  images: Uint8Array,
  at: number,
  round?: Quantisers['states'],
): Float64Array {
  const free = new Relaxation(network, { relaxation: 'exact' }, round);
  free.clamp(images, at);
  free.settle(0, 0, MOST_SWEEPS);
  return free.states.slice();
}

/** A fixed point of Euler's steps in rounded states, from an exact one on; or where it is after that many steps. */
export function settledIn(
  network: ReferenceNetwork,
  images: Uint8Array,
  at: number,
  epsilon: number,
  round: NonNullable<Quantisers['states']>,
): Float64Array {
  const free = new Relaxation(network, { relaxation: 'euler', epsilon }, round);
  free.clamp(images, at);
  free.states.set(fixedPoint(network, images, at).map(round));
  free.settle(0, 0, MOST_SWEEPS);
  return free.states.slice();
}

/** Measures hidden layers that have left a fixed point, step by step. */
export class UpdateMeter {
  readonly #gradient: Float64Array;
  #sent: Float64Array | undefined;

  /** @param start the fixed point */
  constructor(
    private readonly network: ReferenceNetwork,
    private readonly start: Float64Array,
    label: number,
    private readonly nudge: Omit<Nudge, 'steps'>,
  ) {
    this.#gradient = backPropagated(network, start, outputGradient(network, start, label));
  }

  /** Every hidden layer after `step` steps. The first is to be told before any other: it shows what the outputs send back. */
  measure(step: number, states: Float64Array): readonly EarlyUpdate[] {
    const { beta, epsilon } = this.nudge;
    const gradient = this.#gradient;
    if (step === 1) this.#sent = this.#sentBack(states);
    const sent = this.#sent ?? gradient;
    const hidden = this.network.graph.layers.slice(1, -1).reverse();
    return hidden.map(({ firstUnit, units }, below) => {
      const end = firstUnit + units;
      const measured = compared(this.start, states, gradient, firstUnit, end);
      const { along, moved, gradient: squares } = compared(this.start, states, sent, firstUnit, end);
      const fromOutputs = moved === 0 || squares === 0 ? undefined : along / Math.sqrt(moved * squares);
      return { below, step, fromOutputs, ...inUnits(measured, beta * epsilon ** (below + 2)) };
    });
  }

  #sentBack(states: Float64Array): Float64Array {
    return backPropagated(this.network, this.start, firstChange(this.network, this.start, states));
  }
}

/** Every hidden layer at every step from 1 on, from a fixed point of the image. */
export function earlyUpdates(
  network: ReferenceNetwork,
  images: Uint8Array,
  at: number,
  label: number,
  start: Float64Array,
  nudge: Nudge,
  round?: Quantisers['states'],
): readonly EarlyUpdate[] {
  const { beta, epsilon, steps } = nudge;
  const meter = new UpdateMeter(network, start, label, nudge);
  const phase = new Relaxation(network, { relaxation: 'euler', epsilon }, round);
  phase.clamp(images, at);
  phase.states.set(start);
  return Array.from({ length: steps }, (_, n) => {
    phase.settle(beta, label, 1);
    return meter.measure(n + 1, phase.states);
  }).flat();
}

export interface Shares {
  /** Units of each hidden layer at 0 or 1, as a share; from the input on. */
  readonly hidden: readonly number[];
  /** Outputs at 0 or 1. */
  readonly outputs: number;
}

/** Shares of saturated units. */
export function saturated({ graph: { layers } }: ReferenceNetwork, states: Float64Array): Shares {
  const shares = layers.slice(1).map(({ firstUnit, units }) => {
    const own = states.subarray(firstUnit, firstUnit + units);
    return own.reduce((sum, state) => sum + 1 - sensitivity(state), 0) / units;
  });
  return { hidden: shares.slice(0, -1), outputs: shares[shares.length - 1] };
}

/** First change of the outputs, downwards. */
function firstChange({ graph }: ReferenceNetwork, before: Float64Array, after: Float64Array): Float64Array {
  const first = graph.units - graph.outputs;
  return before.subarray(first).map((state, j) => state - after[first + j]);
}

interface Products {
  readonly along: number;
  readonly moved: number;
  readonly gradient: number;
}

function compared(
  before: Float64Array,
  after: Float64Array,
  gradient: Float64Array,
  begin: number,
  end: number,
): Products {
  let [along, moved, squares] = [0, 0, 0];
  for (let u = begin; u < end; u++) {
    const change = before[u] - after[u];
    along += change * gradient[u];
    moved += change * change;
    squares += gradient[u] * gradient[u];
  }
  return { along, moved, gradient: squares };
}

function inUnits(
  { along, moved, gradient }: Products,
  unit: number,
): Omit<EarlyUpdate, 'below' | 'step' | 'fromOutputs'> {
  if (moved === 0 || gradient === 0)
    return { cosine: undefined, factor: undefined, size: undefined, gradient, moved: moved > 0 };
  return {
    cosine: along / Math.sqrt(moved * gradient),
    factor: along / gradient / unit,
    size: Math.sqrt(moved / gradient) / unit,
    gradient,
    moved: true,
  };
}
