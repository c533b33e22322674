/**
 * A convolution by patches: what the kernel sees at a position is a vector, and its sums one product with the kernel's matrix.
 * A unit that takes the greatest of its places has a position for each. One that takes their sum has a single one, which sees
 * the sum of their rates: many times less work.
 */
import { type GraphConnection, takesGreatest } from '../../model/index.js';
import { ActiveRates } from '../active.js';
import { transpose } from './dense.js';
import type { ConnectionForm, Ends, MakeForm, Settled, TakeRow } from './form.js';
import { Patches } from './patches.js';

class ConvolutionForm implements ConnectionForm {
  readonly #chooses: boolean;
  readonly #patches: Patches;
  /** Channels of `post`, columns of the kernel's matrix. */
  readonly #channels: number;
  /** The first unit of `post` that has each position, and which of that unit's places it is. */
  readonly #firsts: Int32Array;
  readonly #places: Uint8Array;
  /** The position that each unit of `post` takes. */
  readonly #choices: Uint8Array;
  /** Rates of `pre` last seen, and the sums of all positions and channels that came of them. */
  #field: Float64Array;
  #nextField: Float64Array;
  #hasSums = false;
  readonly #sums: Float64Array;
  /** Weights row-major [channel of post][number of the patch]. */
  #transposed: Float64Array | undefined;
  readonly #seen: ActiveRates;
  readonly #channelRates: ActiveRates;
  readonly #ofChannels: Float64Array;
  readonly #patch: Float64Array;
  readonly #back: Float64Array;
  readonly #post: Float64Array;
  readonly #greatest: Float64Array;

  constructor(
    { map, words, weights: count }: GraphConnection,
    private readonly ends: Ends,
    private readonly weights: Float64Array,
  ) {
    const { preShape, postShape } = ends;
    const { side, padding, stride, pool } = words;
    this.#chooses = takesGreatest(map);
    this.#channels = map.columns;
    const each = this.#chooses ? pool : 1;
    const [down, across] = [postShape.rows * each, postShape.columns * each];
    this.#patches = new Patches(
      preShape,
      { rows: down, columns: across },
      { side, padding, stride, box: pool / each },
    );
    const positions = Array.from({ length: down * across }, (_, n) => {
      const [row, column] = [Math.floor(n / across), n % across];
      const unit = Math.floor(row / each) * postShape.columns + Math.floor(column / each);
      return { first: unit * this.#channels, place: (row % each) * each + (column % each) };
    });
    this.#firsts = Int32Array.from(positions, ({ first }) => first);
    this.#places = Uint8Array.from(positions, ({ place }) => place);
    this.#choices = new Uint8Array(ends.post);
    this.#field = new Float64Array(this.#patches.size);
    this.#nextField = new Float64Array(this.#patches.size);
    this.#sums = new Float64Array(positions.length * this.#channels);
    this.#patch = new Float64Array(count / this.#channels);
    this.#seen = new ActiveRates(this.#patch.length);
    this.#channelRates = new ActiveRates(this.#channels);
    this.#ofChannels = new Float64Array(this.#channels);
    this.#back = new Float64Array(this.#patches.size);
    this.#post = new Float64Array(ends.post);
    this.#greatest = new Float64Array(ends.post);
  }

  send(rates: ActiveRates, target: Float64Array, at: number): void {
    this.#sum(rates);
    for (let n = 0, sum = 0; n < this.#firsts.length; n++)
      for (let j = this.#firsts[n]; j < this.#firsts[n] + this.#channels; j++, sum++)
        if (this.#choices[j] === this.#places[n]) target[at + j] += this.#sums[sum];
  }

  sendBack(rates: ActiveRates, target: Float64Array, at: number, pre: ActiveRates): void {
    if (this.#chooses) this.#sum(pre);
    this.#transposed ??= transpose(this.weights, this.#patch.length, this.#channels);
    this.#post.fill(0);
    rates.forEach((j, rate) => {
      this.#post[j] = rate;
    });
    this.#back.fill(0);
    for (let n = 0; n < this.#firsts.length; n++) {
      if (!this.#take(n, this.#post, 0, 1)) continue;
      this.#channelRates.collectStates(this.#ofChannels, 0);
      this.#patch.fill(0);
      this.#channelRates.addRows(this.#transposed, this.#patch.length, this.#patch, 0);
      this.#patches.add(this.#patch, n, this.#back);
    }
    this.#patches.gather(this.#back, target, at);
  }

  contrast({ plus, minus, units, images, inputs }: Settled, take: TakeRow): void {
    const { pre, preAt, postAt, isFromInput } = this.ends;
    const rates = new ActiveRates(pre);
    const contrasts = new Float64Array(this.weights.length);
    for (let n = 0, at = 0; at < plus.length; n++, at += units) {
      if (isFromInput) {
        // The same rates in both phases.
        rates.collectPixels(images, n * inputs, 1);
        for (let j = 0; j < this.#post.length; j++)
          this.#post[j] = plus[at + postAt + j] - minus[at + postAt + j];
        this.#addProducts(rates, this.#post, 0, 1, contrasts);
        continue;
      }
      for (const states of [plus, minus]) {
        rates.collectStates(states, at + preAt);
        this.#addProducts(rates, states, at + postAt, states === plus ? 1 : -1, contrasts);
      }
    }
    const width = this.#channels;
    for (let row = 0; row * width < contrasts.length; row++)
      take(row, contrasts.subarray(row * width, (row + 1) * width));
  }

  /** contrasts += sign · (what each position sees) · (its units' values). */
  #addProducts(
    rates: ActiveRates,
    values: Float64Array,
    at: number,
    sign: number,
    contrasts: Float64Array,
  ): void {
    if (this.#chooses) this.#sum(rates);
    else this.#see(rates);
    const width = this.#channels;
    const ofChannels = this.#ofChannels;
    for (let n = 0; n < this.#firsts.length; n++) {
      if (!this.#take(n, values, at, sign)) continue;
      this.#patches.collect(this.#field, n, this.#seen);
      this.#seen.forEach((row, rate) => {
        for (let o = 0, to = row * width; o < width; o++) contrasts[to + o] += rate * ofChannels[o];
      });
    }
  }

  /** Takes a position's channels from values of `post`, 0 of units that take another; returns whether any is not 0. */
  #take(position: number, values: Float64Array, at: number, sign: number): boolean {
    const first = this.#firsts[position];
    const place = this.#places[position];
    let any = false;
    for (let o = 0; o < this.#channels; o++) {
      const value = this.#choices[first + o] === place ? sign * values[at + first + o] : 0;
      this.#ofChannels[o] = value;
      if (value !== 0) any = true;
    }
    return any;
  }

  /** Lays the rates of `pre` out. The sums stand where they are those that it saw last. */
  #see(rates: ActiveRates): void {
    const [next, last] = [this.#nextField, this.#field];
    this.#patches.spread(rates, next);
    for (let k = 0; k < next.length; k++)
      if (next[k] !== last[k]) {
        [this.#field, this.#nextField] = [next, last];
        this.#hasSums = false;
        return;
      }
  }

  /** The sums of all positions, and the place that each unit of `post` takes. */
  #sum(rates: ActiveRates): void {
    this.#see(rates);
    if (this.#hasSums) return;
    this.#hasSums = true;
    this.#sums.fill(0);
    for (let n = 0; n < this.#firsts.length; n++) {
      this.#patches.collect(this.#field, n, this.#seen);
      this.#seen.addRows(this.weights, this.#channels, this.#sums, n * this.#channels);
    }
    if (this.#chooses) this.#chooseGreatest();
  }

  /** The first of equals: a unit's places come in their order. */
  #chooseGreatest(): void {
    const greatest = this.#greatest.fill(Number.NEGATIVE_INFINITY);
    for (let n = 0, sum = 0; n < this.#firsts.length; n++)
      for (let j = this.#firsts[n]; j < this.#firsts[n] + this.#channels; j++, sum++)
        if (this.#sums[sum] > greatest[j]) {
          greatest[j] = this.#sums[sum];
          this.#choices[j] = this.#places[n];
        }
  }
}

export const form: MakeForm = (...of) => new ConvolutionForm(...of);
