/** Any connection, by its sharing map alone: slow and sure, and what a fast form is held to. */
import { forEachJoint, type GraphConnection, type SharingMap, takesGreatest } from '../../model/index.js';
import { type ActiveRates, PIXEL_RATE } from '../active.js';
import type { ConnectionForm, Ends, Settled, TakeRow } from './form.js';

/** The joints of a unit: with which units of the other layer, by which parameter, at which of the places that `post` pools. */
interface Joined {
  readonly units: Int32Array;
  readonly elements: Int32Array;
  readonly places: Uint8Array;
}

interface Neighbours {
  /** Joined units of each unit of `pre`. */
  readonly posts: readonly Joined[];
  /** Joined units of each unit of `post`. */
  readonly pres: readonly Joined[];
}

const known = new WeakMap<SharingMap, Neighbours>();

function neighbours(map: SharingMap, pre: number, post: number): Neighbours {
  const before = known.get(map);
  if (before) return before;
  type Joint = readonly [unit: number, element: number, place: number];
  const posts = Array.from({ length: pre }, (): Joint[] => []);
  const pres = Array.from({ length: post }, (): Joint[] => []);
  forEachJoint(map, pre, post, (i, j, element, place) => {
    posts[i].push([j, element, place]);
    pres[j].push([i, element, place]);
  });
  const list = (joints: readonly (readonly Joint[])[]) =>
    joints.map(
      (all): Joined => ({
        units: Int32Array.from(all, ([unit]) => unit),
        elements: Int32Array.from(all, ([, element]) => element),
        places: Uint8Array.from(all, ([, , place]) => place),
      }),
    );
  const found = { posts: list(posts), pres: list(pres) };
  known.set(map, found);
  return found;
}

export class SharedForm implements ConnectionForm {
  private readonly neighbours: Neighbours;
  private readonly places: number;
  private readonly chooses: boolean;

  constructor(
    private readonly connection: GraphConnection,
    private readonly ends: Ends,
    private readonly weights: Float64Array,
  ) {
    const { map } = connection;
    this.neighbours = neighbours(map, ends.pre, ends.post);
    this.places = map.pooled?.places ?? 1;
    this.chooses = takesGreatest(map);
  }

  send(rates: ActiveRates, target: Float64Array, at: number): void {
    if (!this.chooses) {
      this.#add(rates, this.neighbours.posts, target, at);
      return;
    }
    const { sums, choices } = this.#choose((visit) => rates.forEach(visit));
    choices.forEach((place, j) => {
      target[at + j] += sums[j * this.places + place];
    });
  }

  sendBack(rates: ActiveRates, target: Float64Array, at: number, pre: ActiveRates): void {
    const choices = this.chooses ? this.#choose((visit) => pre.forEach(visit)).choices : undefined;
    this.#add(rates, this.neighbours.pres, target, at, choices);
  }

  /** @param choices of the units that the rates are those of */
  #add(
    rates: ActiveRates,
    joined: readonly Joined[],
    target: Float64Array,
    at: number,
    choices?: Uint8Array,
  ): void {
    rates.forEach((unit, rate) => {
      const { units, elements, places } = joined[unit];
      for (let n = 0; n < units.length; n++)
        if (choices === undefined || choices[unit] === places[n])
          target[at + units[n]] += rate * this.weights[elements[n]];
    });
  }

  /** The sums of every place of every unit of `post`, and the place of the greatest, the first of equals. */
  #choose(rates: (visit: (unit: number, rate: number) => void) => void) {
    const sums = new Float64Array(this.ends.post * this.places);
    rates((i, rate) => {
      const { units, elements, places } = this.neighbours.posts[i];
      for (let n = 0; n < units.length; n++)
        sums[units[n] * this.places + places[n]] += rate * this.weights[elements[n]];
    });
    const choices = Uint8Array.from({ length: this.ends.post }, (_, j) => {
      const own = sums.subarray(j * this.places, (j + 1) * this.places);
      return own.indexOf(Math.max(...own));
    });
    return { sums, choices };
  }

  contrast(settled: Settled, take: TakeRow): void {
    const { rows, columns } = this.connection.map;
    const { plus, units } = settled;
    const sums = new Float64Array(rows * columns);
    for (let n = 0, at = 0; at < plus.length; n++, at += units)
      for (const [states, sign] of [
        [plus, 1],
        [settled.minus, -1],
      ] as const)
        this.#addProducts(this.#rates(settled, states, n), states, at, sign, sums);
    for (let row = 0; row < rows; row++) take(row, sums.subarray(row * columns, (row + 1) * columns));
  }

  /** Rates of `pre` in a sample. */
  #rates({ images, inputs, units }: Settled, states: Float64Array, n: number): Float64Array {
    const { pre, preAt, isFromInput } = this.ends;
    if (!isFromInput) return states.subarray(n * units + preAt, n * units + preAt + pre);
    return Float64Array.from(images.subarray(n * inputs, (n + 1) * inputs), (pixel) => pixel * PIXEL_RATE);
  }

  #addProducts(
    rates: Float64Array,
    states: Float64Array,
    at: number,
    sign: number,
    sums: Float64Array,
  ): void {
    const choices = this.chooses
      ? this.#choose((visit) =>
          rates.forEach((rate, i) => {
            visit(i, rate);
          }),
        ).choices
      : undefined;
    rates.forEach((rate, i) => {
      if (rate === 0) return;
      const { units, elements, places } = this.neighbours.posts[i];
      for (let k = 0; k < units.length; k++)
        if (choices === undefined || choices[units[k]] === places[k])
          sums[elements[k]] += sign * rate * states[at + this.ends.postAt + units[k]];
    });
  }
}
