/** Any connection, by its sharing map alone: slow and sure, and what a fast form is held to. */
import type { GraphConnection, SharingMap } from '../../model/index.js';
import { type ActiveRates, PIXEL_RATE } from '../active.js';
import type { ConnectionForm, Ends, Settled, TakeRow } from './form.js';

/** Which units a unit is joined to, and by which parameter. */
interface Joined {
  readonly units: Int32Array;
  readonly elements: Int32Array;
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
  const list = (count: number, others: number, element: (unit: number, other: number) => number) =>
    Array.from({ length: count }, (_, unit): Joined => {
      const all = Array.from({ length: others }, (_other, other) => [other, element(unit, other)] as const);
      const there = all.filter(([, at]) => at >= 0);
      return {
        units: Int32Array.from(there, ([other]) => other),
        elements: Int32Array.from(there, ([, at]) => at),
      };
    });
  const found = {
    posts: list(pre, post, (i, j) => map.element(i, j)),
    pres: list(post, pre, (j, i) => map.element(i, j)),
  };
  known.set(map, found);
  return found;
}

export class SharedForm implements ConnectionForm {
  private readonly neighbours: Neighbours;

  constructor(
    private readonly connection: GraphConnection,
    private readonly ends: Ends,
    private readonly weights: Float64Array,
  ) {
    this.neighbours = neighbours(connection.map, ends.pre, ends.post);
  }

  send(rates: ActiveRates, target: Float64Array, at: number): void {
    this.#add(rates, this.neighbours.posts, target, at);
  }

  sendBack(rates: ActiveRates, target: Float64Array, at: number): void {
    this.#add(rates, this.neighbours.pres, target, at);
  }

  #add(rates: ActiveRates, joined: readonly Joined[], target: Float64Array, at: number): void {
    rates.forEach((unit, rate) => {
      const { units, elements } = joined[unit];
      for (let n = 0; n < units.length; n++) target[at + units[n]] += rate * this.weights[elements[n]];
    });
  }

  contrast({ plus, minus, units, images, inputs }: Settled, take: TakeRow): void {
    const { rows, columns } = this.connection.map;
    const { pre, preAt, postAt, isFromInput } = this.ends;
    const sums = new Float64Array(rows * columns);
    for (let n = 0, at = 0; at < plus.length; n++, at += units)
      for (let i = 0; i < pre; i++) {
        const pixel = isFromInput ? images[n * inputs + i] * PIXEL_RATE : 0;
        const above = isFromInput ? pixel : plus[at + preAt + i];
        const below = isFromInput ? pixel : minus[at + preAt + i];
        if (above === 0 && below === 0) continue;
        const { units: posts, elements } = this.neighbours.posts[i];
        for (let k = 0; k < posts.length; k++) {
          const post = at + postAt + posts[k];
          sums[elements[k]] += above * plus[post] - below * minus[post];
        }
      }
    for (let row = 0; row < rows; row++) take(row, sums.subarray(row * columns, (row + 1) * columns));
  }
}
