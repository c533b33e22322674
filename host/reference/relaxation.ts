import { UserError } from '../ground/index.js';
import { coloursOf, noiseOf } from '../model/index.js';
import { ActiveRates } from './active.js';
import { ClampedInput } from './clamped-input.js';
import type { ConnectionForm } from './connections/form.js';
import { formsOf } from './connections/form-of.js';
import type { ReferenceNetwork } from './network.js';
import type { Quantisers } from './quantisers.js';

/** How a network relaxes. The nudge is β ≥ 0 of the convention C = ½‖y − t‖². */
export interface Dynamics {
  /**
   * `euler`: all units at once, s ← clip(s + ε·(drive − s + β(t − s))) (Scellier and Bengio 2016, Eq. 54).
   * `exact`: colour by colour (of a chain the odd layers, then the even ones), each to the energy's minimum, s ← clip(drive)
   * and for the output clip((drive + βt) / (1 + β)).
   * `spiking`: as `exact`, but that a state comes as near to the minimum as one signed power of two takes it, `leastSpike` or more.
   */
  readonly relaxation: 'euler' | 'exact' | 'spiking';
  /** The least change that a unit tells of, a power of two: of `spiking` alone. */
  readonly leastSpike?: number;
  /** Step ε of `euler`. */
  readonly epsilon: number;
  readonly nudge: number;
  readonly freeIterations: number;
  readonly nudgedIterations: number;
  /** Greatest state of a hidden unit, above 0: 1 of the hard sigmoid, if absent; none, `Infinity`, of rectified units. */
  readonly greatest?: number;
  /** An example whose label's output is greater than any other by as much after the free phase is not nudged; all are if absent. */
  readonly margin?: number;
  /**
   * β_x of layer 1, a unit a pixel, which is pulled towards the image in all phases (Eq. 6): its drive and 1 + β_x are as a nudged
   * output's. It is an ordinary layer if absent.
   */
  readonly inputPull?: number;
  /** Added to steps of `euler`: drawn from the seed by minibatch, example, phase, iteration and unit. */
  readonly noise?: Omit<Noise, 'key'> & {
    readonly seed: number;
    /** Both nudged phases see the same. */
    readonly isShared: boolean;
  };
}

/** Dynamics of a step or a sweep. */
export type StepDynamics = Pick<Dynamics, 'relaxation' | 'leastSpike' | 'greatest' | 'inputPull'> & {
  /** Needed by `euler` alone. */
  readonly epsilon?: number;
};

/** Gaussian noise of one phase. */
export interface Noise {
  readonly deviation: number;
  /**
   * A unit sends its state with noise, s + ση, and follows its drive without (Bengio and Fischer 2015, Eqs. 1 and 2); the sent
   * states are those that are kept. Else a step adds ση (Langevin; Scellier and Bengio 2016, Eq. 66).
   */
  readonly isLeaky: boolean;
  readonly key: number;
}

/**
 * The states of one network for one image at a time, and their relaxation. Hard sigmoid: states stay
 * in [0, 1], where a unit's rate is its state; rectified ones are so from 0 on, the outputs excepted. The network must not change while this is in use.
 */
export class Relaxation {
  /** States of layers 1, 2, …, each in [0, 1] or, of rectified units, above; may be set between phases. */
  readonly states: Float64Array;

  /** Noise of the phase to come. */
  noise: Noise | undefined;
  /** 1 where the phase to come adds to `traced`, −1 where it subtracts, 0 where it does neither. */
  tracing: -1 | 0 | 1 = 0;
  /** Changes of states that units of each layer have told of so far, the input's pixels left out. */
  readonly told: Uint32Array;
  /** Sums of connections that learn by rates, Σ ρ ṡ over the phases that were traced: the sender's rate, the receiver's change. */
  readonly traced: readonly (Float64Array | undefined)[];
  /** True while the output stays as it is. */
  private isClamped = false;
  private readonly drives: Float64Array;
  private readonly input: ClampedInput;
  /** The rates of each layer. */
  private readonly active: readonly ActiveRates[];
  private readonly epsilon: number;
  private readonly greatest: number;
  private readonly forms: readonly ConnectionForm[];
  private readonly colours: readonly (readonly number[])[];

  constructor(
    private readonly network: ReferenceNetwork,
    private readonly dynamics: StepDynamics,
    private readonly round: NonNullable<Quantisers['states']> = exactly,
  ) {
    const { graph } = network;
    this.epsilon = dynamics.epsilon ?? 1;
    this.greatest = dynamics.greatest ?? 1;
    this.told = new Uint32Array(graph.layers.length);
    this.states = new Float64Array(graph.units);
    this.drives = new Float64Array(graph.units);
    this.active = graph.layers.map(({ units }) => new ActiveRates(units));
    this.forms = formsOf(network);
    this.input = new ClampedInput(network, this.forms, this.active[0]);
    this.colours = coloursOf(graph);
    this.traced = graph.connections.map(({ pre, rule, weights }) =>
      rule === 'rates' && pre > 0 ? new Float64Array(weights) : undefined,
    );
  }

  /** Clamps the input layer to the image that begins at `images[at]`, `scale` times as strong; leaves the states as they are. */
  clamp(images: Uint8Array, at: number, scale = 1): void {
    this.input.clamp(images, at, scale);
  }

  /**
   * One phase from the present states: free with nudge 0, else with the output pulled towards the
   * one-hot `label`. `nudge` is β, signed, ½ convention. Ends after the iteration that changes no state.
   * @returns iterations run, that last one included
   * @throws UserError if `exact` or `spiking` has no minimum because 1 + β ≤ 0
   */
  settle(nudge: number, label: number, iterations: number): number {
    if (this.dynamics.relaxation !== 'euler' && !(1 + nudge > 0)) {
      throw new UserError(
        `${this.dynamics.relaxation} relaxation has no minimum with a nudge of ${nudge}: 1 + β must be above 0`,
        'Use a β below 1 with negative or centered nudging, or euler relaxation.',
      );
    }
    this.isClamped = false;
    return this.iterate(nudge, label, iterations);
  }

  /** The same with the output at the one-hot `label` throughout (contrastive Hebbian learning). */
  settleClamped(label: number, iterations: number): number {
    const { layers, units } = this.network.graph;
    const output = layers[layers.length - 1].firstUnit;
    const before = this.states.slice();
    for (let u = output; u < units; u++) this.states[u] = u - output === label ? 1 : 0;
    this.traceStep(before, layers.length - 1);
    this.isClamped = true;
    return this.iterate(0, label, iterations);
  }

  private iterate(nudge: number, label: number, iterations: number): number {
    for (const colour of this.colours) this.collectRates(colour);
    for (let iteration = 1; iteration <= iterations; iteration++) {
      const changed =
        this.dynamics.relaxation === 'euler'
          ? this.stepEuler(nudge, label, iteration)
          : this.sweep(nudge, label);
      if (!changed && !this.noise) return iteration;
    }
    return iterations;
  }

  private stepEuler(nudge: number, label: number, iteration: number): boolean {
    const { states, drives } = this;
    const { layers, units } = this.network.graph;
    for (let layer = 1; layer < layers.length; layer++) this.computeDrive(layer);
    const output = layers[layers.length - 1].firstUnit;
    for (let u = output; u < units; u++) drives[u] += nudge * ((u - output === label ? 1 : 0) - states[u]);
    const { inputPull = 0 } = this.dynamics;
    if (inputPull > 0) {
      for (let u = 0; u < layers[1].units; u++) drives[u] -= inputPull * states[u];
      this.addImage(inputPull);
    }
    let changed = false;
    const before = this.tracing === 0 ? states : states.slice();
    for (let u = 0; u < (this.isClamped ? output : units); u++) {
      const state = states[u];
      const step = this.epsilon * (drives[u] - state) + this.noiseOfStep(iteration, u);
      const next = this.round(clip(state + step, u < output ? this.greatest : 1));
      if (next !== state) changed = true;
      states[u] = next;
    }
    for (let layer = 1; layer < layers.length; layer++) this.traceStep(before, layer);
    for (const colour of this.colours) this.collectRates(colour);
    return changed;
  }

  /** Adds what a step of a layer, from the states before, comes to by the connections that it receives by. */
  private traceStep(before: Float64Array, receiver: number): void {
    const { states, tracing, traced, forms } = this;
    if (tracing === 0) return;
    const { layers, connections, units, inputs } = this.network.graph;
    const { firstUnit, units: size } = layers[receiver];
    const of = { units, inputs, images: new Uint8Array() };
    connections.forEach(({ pre, post, ways }, k) => {
      const sums = traced[k];
      if (!sums || (ways === 'back' ? pre : post) !== receiver) return;
      const after = before.slice();
      after.set(states.subarray(firstUnit, firstUnit + size), firstUnit);
      forms[k].contrast({ ...of, plus: after, minus: before }, (row, terms) => {
        const at = row * terms.length;
        for (let j = 0; j < terms.length; j++) sums[at + j] += tracing * terms[j];
      });
    });
  }

  private noiseOfStep(iteration: number, unit: number): number {
    if (!this.noise) return 0;
    const { key, deviation, isLeaky } = this.noise;
    const now = noiseOf(key, iteration, unit);
    const before = isLeaky && iteration > 1 ? (1 - this.epsilon) * noiseOf(key, iteration - 1, unit) : 0;
    return deviation * (now - before);
  }

  private sweep(nudge: number, label: number): boolean {
    let changed = false;
    for (const colour of this.colours) {
      for (const layer of colour) {
        const before = this.tracing === 0 ? this.states : this.states.slice();
        if (this.isClamped && layer === this.network.graph.layers.length - 1) continue;
        this.computeDrive(layer);
        if (!this.minimiseLayer(layer, nudge, label)) continue;
        this.traceStep(before, layer);
        changed = true;
      }
      this.collectRates(colour);
    }
    return changed;
  }

  private minimiseLayer(layer: number, nudge: number, label: number): boolean {
    const { states, drives, round } = this;
    const { layers } = this.network.graph;
    const { firstUnit: begin, units } = layers[layer];
    const { relaxation, leastSpike = 0 } = this.dynamics;
    const isSpiking = relaxation === 'spiking';
    const end = begin + units;
    const isOutput = layer === layers.length - 1;
    if (isOutput) {
      drives[begin + label] += nudge;
      for (let u = begin; u < end; u++) drives[u] /= 1 + nudge;
    }
    const { inputPull = 0 } = this.dynamics;
    if (layer === 1 && inputPull > 0) {
      this.addImage(inputPull);
      for (let u = begin; u < end; u++) drives[u] /= 1 + inputPull;
    }
    const greatest = isOutput ? 1 : this.greatest;
    let changed = false;
    for (let u = begin; u < end; u++) {
      const least = round(clip(drives[u], greatest));
      const next = isSpiking ? states[u] + spikeTowards(least - states[u], leastSpike) : least;
      if (next === states[u]) continue;
      changed = true;
      this.told[layer]++;
      states[u] = next;
    }
    return changed;
  }

  /** Adds the image to the drives of layer 1, whose units are the first, so many times as strong. */
  private addImage(times: number): void {
    this.active[0].forEach((u, pixel) => {
      this.drives[u] += times * pixel;
    });
  }

  /** Bias and input, then what comes along the connections that end in the layer, and back along those that begin there. */
  private computeDrive(layer: number): void {
    const { layers, connections } = this.network.graph;
    const { firstUnit, units } = layers[layer];
    for (let u = firstUnit; u < firstUnit + units; u++) this.drives[u] = this.input.drives[u];
    connections.forEach(({ pre, post, ways }, k) => {
      if (post === layer && pre > 0 && ways !== 'back')
        this.forms[k].send(this.active[pre], this.drives, firstUnit);
    });
    connections.forEach(({ pre, post, ways }, k) => {
      if (pre === layer && ways !== 'forth')
        this.forms[k].sendBack(this.active[post], this.drives, firstUnit, this.active[pre]);
    });
  }

  /** Takes the layers' rates from the states. */
  private collectRates(layers: readonly number[]): void {
    for (const layer of layers)
      this.active[layer].collectStates(this.states, this.network.graph.layers[layer].firstUnit);
  }
}

function exactly(state: number): number {
  return state;
}

function clip(state: number, greatest: number): number {
  if (state <= 0) return 0;
  return state >= greatest ? greatest : state;
}

/** Returns the greatest power of two within a change, with its sign, that change being in whole numbers of the least: 0 where it is less. */
function spikeTowards(change: number, least: number): number {
  const size = Math.floor(Math.abs(change) / least + 0.5);
  return size === 0 ? 0 : Math.sign(change) * least * 2 ** Math.floor(Math.log2(size));
}
