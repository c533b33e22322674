/** A network that settles on one image, a step at a time, in float64: the states fall down the energy that its weights make. */
import { formatsOf, graphOf, type Recipe, spared } from '#host/model/index.js';
import { type ReferenceNetwork, Relaxation, totalEnergy } from '#host/reference/index.js';
import { realParameters } from '#host/training/index.js';
import { referenceWith } from '#host/verification/index.js';
import type { Learnt } from '../../page/learnt.js';

/** How the states move. */
export interface Pull {
  /** Step size ε, above 0, at most 1. */
  readonly epsilon: number;
  /** β, 0 or more, towards `label`; without a label nothing pulls. */
  readonly nudge: number;
  readonly label: number | undefined;
}

export interface Step {
  /** Steps since the states were zero. */
  readonly count: number;
  /** E of the states. */
  readonly energy: number;
  /** E + βC, which a nudged phase descends; E where nothing pulls. */
  readonly total: number;
  /** The greatest change of a state. */
  readonly change: number;
}

export class Settling {
  /** Units of each free layer, the outputs last. */
  readonly layers: readonly number[];
  readonly #network: ReferenceNetwork;
  readonly #recipe: Recipe;
  #relaxation: Relaxation;
  #epsilon = 1;
  #image: Uint8Array;
  #count = 0;

  /** @param learnt of a recipe with the images' rows and columns */
  constructor({ recipe, parameters }: Pick<Learnt, 'recipe' | 'parameters'>) {
    const graph = graphOf(recipe);
    this.#network = referenceWith(recipe, realParameters(parameters, formatsOf(recipe), graph));
    this.#recipe = recipe;
    this.layers = graph.layers.slice(1).map(({ units }) => units);
    this.#image = new Uint8Array(graph.inputs);
    this.#relaxation = this.#relaxationWith(this.#epsilon);
  }

  /** @param image a byte a pixel */
  see(image: Uint8Array): void {
    this.#image = spared(image, this.#recipe);
    this.#relaxation.clamp(this.#image, 0);
  }

  /** All states are zero again. */
  restart(): void {
    this.#relaxation.states.fill(0);
    this.#count = 0;
  }

  /** States of a free layer, the first hidden one being 0: views. */
  statesOf(layer: number): Float64Array {
    const from = this.layers.slice(0, layer).reduce((sum, units) => sum + units, 0);
    return this.#relaxation.states.subarray(from, from + this.layers[layer]);
  }

  /** All units at once, s ← clip(s + ε(drive − s + β(t − s))). */
  step({ epsilon, nudge, label }: Pull): Step {
    if (epsilon !== this.#epsilon) {
      const { states } = this.#relaxation;
      this.#epsilon = epsilon;
      this.#relaxation = this.#relaxationWith(epsilon);
      this.#relaxation.states.set(states);
      this.#relaxation.clamp(this.#image, 0);
    }
    const { states } = this.#relaxation;
    const before = states.slice();
    const pull = label === undefined ? 0 : nudge;
    this.#relaxation.settle(pull, label ?? 0, 1);
    this.#count++;
    const energyWith = (beta: number) => totalEnergy(this.#network, this.#image, states, beta, label ?? 0);
    return {
      count: this.#count,
      energy: energyWith(0),
      total: energyWith(pull),
      change: states.reduce((most, state, unit) => Math.max(most, Math.abs(state - before[unit])), 0),
    };
  }

  #relaxationWith(epsilon: number): Relaxation {
    return new Relaxation(this.#network, { relaxation: 'euler', epsilon });
  }
}
