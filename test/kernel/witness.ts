/**
 * An independent witness of the kernel: the same definitions in BigInt, dense, without early stops, one formula a
 * line. It shares no code with the kernel, and knows no kinds of connections: which parameter joins which units is all that
 * it is told of one.
 */

import { clip, columnWord, digestOf, floorDivide, key, mix, random, WORD, wrap } from './witness-words.js';

export interface WitnessLayer {
  readonly units: number;
  /** Units in rows × columns × channels, channels last. */
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  /** Unit u has bias u % biases; 0 of the input. */
  readonly biases: number;
}

export interface WitnessConnection {
  /** Layers, the input being 0. */
  readonly pre: number;
  readonly post: number;
  /** Rows of its matrix. */
  readonly rows: number;
  readonly columns: number;
  /** Where a unit of `post` pools several places, and whether it takes their sum or the greatest, the first of equals. */
  readonly pooled?: { readonly places: number; readonly by: 'sum' | 'maximum' };
  /** The parameter that joins two units at a place, or −1. */
  element(i: number, j: number, place: number): number;
  readonly fixed: boolean;
  readonly ways: 'both' | 'forth' | 'back';
  readonly rule: 'contrast' | 'presynaptic' | 'rates';
  /** The connection whose random words its initial weights are drawn with. */
  readonly drawnAs: number;
  /** Fractional bits of its weights. */
  readonly fraction: bigint;
}

export interface WitnessSettings {
  /** Bits of a weight. */
  readonly storage: 8 | 16 | 32;
  /** The input first. */
  readonly layers: readonly WitnessLayer[];
  readonly connections: readonly WitnessConnection[];
  readonly seed: bigint;
  readonly stateFraction: bigint;
  /** Quarters; 4 keeps every pixel. */
  readonly inputScale: bigint;
  /** Rows and columns that an image moves by, at most. */
  readonly shift: number;
  /** 12 fractional bits. */
  readonly epsilon: bigint;
  readonly nudge: bigint;
  /** True where the mean of the first minibatch is taken out of what the first connection learns. */
  readonly centred: boolean;
  /** How strongly layer 1, a unit a pixel, is pulled towards the image: 8 fractional bits; 0: it is not. */
  readonly inputPull: bigint;
  /** True where a decay takes as much of every weight, down to 0, as of one of size 1. */
  readonly l1: boolean;
  /** An example that is right by as much is not nudged; 0: all are. */
  readonly margin: bigint;
  readonly relaxation: 'euler' | 'exact' | 'spiking';
  /** Ones of a pixel that are kept, the highest; 0: all. */
  readonly pixelSpikes: number;
  readonly rounding: 'stochastic' | 'nearest';
  /** 16 fractional bits, in units of what is drawn. */
  readonly noise: bigint;
  readonly noiseIsLeaky: boolean;
  readonly noiseIsShared: boolean;
  readonly freeIterations: number;
  readonly nudgedIterations: number;
}

/** A network without what may be left out. */
export const PLAIN = {
  margin: 0n,
  pixelSpikes: 0,
  centred: false,
  inputPull: 0n,
  l1: false,
  noise: 0n,
  noiseIsLeaky: false,
  noiseIsShared: false,
} as const satisfies Partial<WitnessSettings>;

export interface WitnessStep {
  readonly images: readonly Uint8Array[];
  readonly labels: readonly number[];
  readonly starts?: readonly bigint[][];
  readonly nudging: 'positive' | 'negative' | 'centered' | 'clamped';
  /** [mantissa, exponent] a connection. */
  readonly gains: readonly (readonly [bigint, bigint])[];
  /** 32 fractional bits. */
  readonly decays: readonly bigint[];
  /** [mantissa, exponent] a free layer. */
  readonly biasGains: readonly (readonly [bigint, bigint])[];
}

type States = bigint[][];
/** An iteration, from 1 on, and the key of its phase's noise. */
type Moment = readonly [iteration: bigint, phaseKey: bigint];

/** Connections that join two units, as a list. */
interface Pair {
  readonly i: number;
  readonly j: number;
  readonly element: number;
  readonly place: number;
}

export class Witness {
  /** One a connection. */
  readonly weights: bigint[][];
  /** One a layer; none of the input. */
  readonly biases: bigint[][];
  saturations = 0;
  step = 0n;
  free: States[] = [];
  plus: States[] = [];
  minus: States[] = [];
  /** One a connection: Σ ρ ṡ along the nudged phases of the minibatch. */
  private traced: bigint[][] = [];
  private readonly pairs: readonly (readonly Pair[])[];

  constructor(readonly settings: WitnessSettings) {
    const { layers, connections } = settings;
    this.weights = connections.map(({ rows, columns }) => new Array<bigint>(rows * columns).fill(0n));
    this.biases = layers.map(({ biases }) => new Array<bigint>(biases).fill(0n));
    this.pairs = connections.map(({ pre, post, pooled, element }) => {
      const found: Pair[] = [];
      for (let i = 0; i < layers[pre].units; i++)
        for (let j = 0; j < layers[post].units; j++)
          for (let place = 0; place < (pooled?.places ?? 1); place++)
            if (element(i, j, place) >= 0) found.push({ i, j, element: element(i, j, place), place });
      return found;
    });
  }

  /** @param limits 24 fractional bits, one a connection */
  initialise(limits: readonly bigint[]): void {
    const { seed, connections, storage } = this.settings;
    const most = 1n << BigInt(storage - 1);
    const k = key(seed, 0n, 0n);
    const firsts = this.weights.map((_, c) =>
      this.weights.slice(0, c).reduce((sum, { length }) => sum + BigInt(length), 0n),
    );
    this.weights.forEach((matrix, c) => {
      const { fraction, drawnAs } = connections[c];
      const shift = 1n << (55n - fraction);
      for (const { element } of this.pairs[c]) {
        const draw = BigInt.asIntN(32, random(k, firsts[drawnAs] + BigInt(element)));
        matrix[element] = clip(floorDivide(limits[c] * draw + shift / 2n, shift), -most, most - 1n);
      }
    });
  }

  private get one(): bigint {
    return 1n << this.settings.stateFraction;
  }

  /** Fractional bits of the finest weights. */
  private get finest(): bigint {
    return this.settings.connections.reduce((most, { fraction }) => (fraction > most ? fraction : most), 0n);
  }

  /** How many fewer fractional bits a bias has than a drive. */
  private get biasShift(): bigint {
    return this.settings.storage === 32 ? this.rateFraction : this.rateFraction - this.settings.stateFraction;
  }

  /** Fractional bits of rates as they are sent: a pixel's 8 at least. */
  private get rateFraction(): bigint {
    const { stateFraction } = this.settings;
    return stateFraction > 8n ? stateFraction : 8n;
  }

  private rates(image: Uint8Array, states: States, layer: number): bigint[] {
    const { inputScale: scale, stateFraction } = this.settings;
    if (layer > 0) return states[layer].map((state) => state << (this.rateFraction - stateFraction));
    return Array.from(image, (pixel) => ((BigInt(pixel) * scale) << this.rateFraction) / 1024n);
  }

  /** The sums that a connection's units of `post` have from their places, and the place each takes; none where it takes all. */
  private places(k: number, rates: readonly bigint[]) {
    const { layers, connections, storage } = this.settings;
    const { post, pooled, fraction } = connections[k];
    const sums = Array.from({ length: layers[post].units }, () =>
      new Array<bigint>(pooled?.places ?? 1).fill(0n),
    );
    for (const { i, j, element, place } of this.pairs[k])
      sums[j][place] += (this.weights[k][element] << (this.finest - fraction)) * rates[i];
    if (pooled?.by !== 'maximum') return { sums };
    const choices = sums.map((all) => {
      const wrapped = all.map((sum) => wrap(sum, storage === 32 ? 64 : 32));
      return wrapped.findIndex((sum) => wrapped.every((other) => other <= sum));
    });
    return { sums, choices };
  }

  /** Layers that no connection joins, in the order in which they are minimised. */
  private get colours(): readonly number[][] {
    const { layers, connections } = this.settings;
    const colour: number[] = [];
    layers.forEach((_, l) => {
      if (l === 0) return;
      const taken = connections
        .filter(({ pre, post }) => post === l && pre > 0 && pre < l)
        .map(({ pre }) => colour[pre]);
      colour[l] = [0, 1, 2, 3, 4, 5, 6, 7, 8].find((c) => !taken.includes(c)) ?? 9;
    });
    return [...new Set(colour.slice(1))]
      .sort((a, b) => a - b)
      .map((c) => colour.flatMap((of, l) => (of === c ? [l] : [])));
  }

  /** Drives of layer l from all rates, in as many bits as the storage has for them. */
  private drive(image: Uint8Array, states: States, l: number): bigint[] {
    const { layers, connections, storage } = this.settings;
    const biases = this.biases[l];
    const sums = Array.from(
      { length: layers[l].units },
      (_, u) => biases[u % biases.length] << this.biasShift,
    );
    connections.forEach(({ pre, post, fraction, ways }, k) => {
      if (pre !== l && post !== l) return;
      const { sums: from, choices } = this.places(k, this.rates(image, states, pre));
      if (post === l && ways !== 'back')
        from.forEach((all, j) => {
          sums[j] += choices ? all[choices[j]] : all.reduce((sum, one) => sum + one, 0n);
        });
      if (pre === l && ways !== 'forth') {
        const rates = this.rates(image, states, post);
        for (const { i, j, element, place } of this.pairs[k])
          if (!choices || choices[j] === place)
            sums[i] += (this.weights[k][element] << (this.finest - fraction)) * rates[j];
      }
    });
    const along = this.along(image, l);
    return sums.map((sum, j) => wrap(sum - along[j], storage === 32 ? 64 : 32));
  }

  /** Parameters behind the biases of layer l, where it is centred: what was learnt along the mean image, and that image. */
  private centre(l: number) {
    const { centred, connections, layers } = this.settings;
    if (!centred || l !== connections[0].post) return undefined;
    const { units } = layers[l];
    return { learnt: this.biases[l].slice(units, 2 * units), mean: this.biases[l].slice(2 * units) };
  }

  private alongMean(image: Uint8Array, mean: readonly bigint[]): bigint {
    return mean.reduce((sum, one, i) => sum + one * BigInt(image[i]), 0n);
  }

  /** The part of the drives that an image has along the mean: 12 fractional bits of it, the mean in sixteenths. */
  private along(image: Uint8Array, l: number): bigint[] {
    const none = new Array<bigint>(this.settings.layers[l].units).fill(0n);
    const centre = this.centre(l);
    const square = centre?.mean.reduce((sum, one) => sum + one * one, 0n) ?? 0n;
    if (!centre || square === 0n) return none;
    const strength = this.alongMean(image, centre.mean) * this.settings.inputScale;
    const share = clip(floorDivide(strength * 2n ** 14n + square / 2n, square), 0n, 2n ** 31n - 1n);
    return centre.learnt.map((one) => share * ((one << this.biasShift) >> 12n));
  }

  /** The first minibatch's images have a mean, unless weights come with one. */
  private takeMean(images: readonly Uint8Array[]): void {
    this.settings.layers.forEach(({ units }, l) => {
      const mean = this.centre(l)?.mean;
      if (!mean || this.step > 0n || mean.some((one) => one !== 0n)) return;
      mean.forEach((_, i) => {
        const sum = images.reduce((total, image) => total + BigInt(this.spared(image)[i]), 0n);
        this.biases[l][2 * units + i] = sum / BigInt(images.length);
      });
    });
  }

  /** The noise that a step of a unit adds, 24 fractional bits more than a state has. `at` is empty where there is no noise. */
  private noiseAt([iteration, phaseKey]: Moment, unit: bigint): bigint {
    const { noise, noiseIsLeaky, epsilon, stateFraction } = this.settings;
    const drawn = (n: bigint) => {
      const word = random(random(phaseKey, n), unit);
      const ones = [...word.toString(2)].filter((bit) => bit === '1').length;
      return ((BigInt(ones) - 16n) << 17n) + 2n * (mix(word) & 0xffffn) - 0xffffn;
    };
    const before = noiseIsLeaky && iteration > 1n ? (4096n - epsilon) * drawn(iteration - 1n) : 0n;
    return ((drawn(iteration) * 4096n - before) * noise) >> (21n - stateFraction);
  }

  /** @param aim as a drive counts */
  private next(state: bigint, drive: bigint, beta: bigint, aim: bigint, noise: bigint): bigint {
    const { relaxation, epsilon } = this.settings;
    const toDrive = 1n << (this.finest + this.rateFraction - this.settings.stateFraction);
    if (relaxation === 'euler') {
      const scale = toDrive << 24n;
      const force = epsilon * (drive - state * toDrive) * 4096n + epsilon * beta * (aim - state * toDrive);
      return clip(floorDivide(state * scale + force + noise * toDrive + scale / 2n, scale), 0n, this.one);
    }
    const divisor = (4096n + beta) * toDrive;
    const sum = drive * 4096n + beta * aim;
    const least = clip(floorDivide(sum + divisor / 2n, divisor), 0n, this.one);
    if (relaxation === 'exact' || least === state) return least;
    const way = least > state ? 1n : -1n;
    return state + way * 2n ** BigInt(((least - state) * way).toString(2).length - 1);
  }

  private update(
    image: Uint8Array,
    states: States,
    k: number,
    beta: bigint,
    label: number,
    at: Moment,
  ): bigint[] {
    const { layers, noise, inputPull, stateFraction } = this.settings;
    const isOutput = k === layers.length - 1;
    const isPulled = k === 1 && inputPull > 0n;
    const one = this.one << (this.finest + this.rateFraction - stateFraction);
    const pixels = isPulled ? this.rates(image, states, 0).map((rate) => rate << this.finest) : [];
    const first = layers.slice(1, k).reduce((sum, { units }) => sum + units, 0);
    return this.drive(image, states, k).map((drive, j) => {
      const own = noise === 0n ? 0n : this.noiseAt(at, BigInt(first + j));
      return this.next(
        states[k][j],
        drive,
        isPulled ? inputPull << 4n : isOutput ? beta : 0n,
        isPulled ? pixels[j] : isOutput && j === label ? one : 0n,
        own,
      );
    });
  }

  /** Runs all iterations, whether anything changes or not. */
  private relax(
    image: Uint8Array,
    start: States,
    iterations: number,
    beta: bigint,
    label: number,
    phaseKey: bigint,
    clamped = false,
    sign = 0n,
  ): States {
    const { relaxation, layers } = this.settings;
    const last = layers.length - 1;
    let states = start.map((layer) => [...layer]);
    if (clamped) {
      const target = states[last].map((_, j) => (j === label ? this.one : 0n));
      this.trace(sign, states, last, target);
      states[last] = target;
    }
    const isFree = (k: number) => k > 0 && !(clamped && k === last);
    for (let n = 0; n < iterations; n++) {
      if (relaxation === 'euler') {
        const at: Moment = [BigInt(n + 1), phaseKey];
        const next = states.map((layer, k) =>
          isFree(k) ? this.update(image, states, k, beta, label, at) : layer,
        );
        for (const [k, layer] of next.entries()) this.trace(sign, states, k, layer);
        states = next;
      } else {
        for (const colour of this.colours)
          for (const k of colour.filter(isFree)) {
            const next = this.update(image, states, k, beta, label, [0n, 0n]);
            this.trace(sign, states, k, next);
            states[k] = next;
          }
      }
    }
    return states;
  }

  private phaseKey(slot: number, phase: bigint): bigint {
    return random(key(this.settings.seed, 8n, this.step), 4n * BigInt(slot) + phase);
  }

  /** Adds the step of a layer that goes to `next` to the sums of what learns by rates: the sender's rate before it, times it. */
  private trace(sign: bigint, states: States, receiver: number, next: readonly bigint[]): void {
    const { connections } = this.settings;
    connections.forEach(({ pre, post, ways, rule }, k) => {
      if (sign === 0n || rule !== 'rates' || pre === 0 || (ways === 'back' ? pre : post) !== receiver) return;
      for (const { i, j, element } of this.pairs[k])
        this.traced[k][element] +=
          ways === 'back'
            ? sign * states[post][j] * (next[i] - states[pre][i])
            : sign * states[pre][i] * (next[j] - states[post][j]);
    });
  }

  private started(start: readonly bigint[] | undefined): States {
    const { layers } = this.settings;
    let at = 0;
    return layers.map(({ units: size }, k) => {
      if (k === 0) return [];
      at += size;
      return start ? start.slice(at - size, at) : new Array<bigint>(size).fill(0n);
    });
  }

  predictions(): number[] {
    return this.free.map((states) => {
      const output = states[states.length - 1];
      return output.findIndex((state) => output.every((other) => other <= state));
    });
  }

  /** A slot's image as the next minibatch sees it. */
  seen(image: Uint8Array, slot: number): Uint8Array {
    return this.kept(this.shifted(this.spared(image), slot), slot);
  }

  private spared(image: Uint8Array): Uint8Array {
    const { pixelSpikes } = this.settings;
    if (pixelSpikes === 0) return image;
    const ones = (pixel: number) => [...pixel.toString(2).padStart(8, '0')];
    return image.map((pixel) => {
      let left = pixelSpikes;
      return Number.parseInt(
        ones(pixel)
          .map((bit) => (bit === '1' && left-- > 0 ? '1' : '0'))
          .join(''),
        2,
      );
    });
  }

  private shifted(image: Uint8Array, slot: number): Uint8Array {
    const { seed, shift, layers } = this.settings;
    const [{ rows, columns, channels }] = layers;
    const word = random(key(seed, 7n, this.step), BigInt(slot));
    const drawn = (bits: bigint) => Number((bits * BigInt(2 * shift + 1)) / 65536n) - shift;
    const [down, right] = [drawn(word % 65536n), drawn(word / 65536n)];
    return image.map((_, i) => {
      const place = Math.floor(i / channels);
      const [row, column] = [Math.floor(place / columns) - down, (place % columns) - right];
      const isInside = row >= 0 && row < rows && column >= 0 && column < columns;
      return isInside ? image[(row * columns + column) * channels + (i % channels)] : 0;
    });
  }

  private kept(image: Uint8Array, slot: number): Uint8Array {
    const { seed, inputScale } = this.settings;
    const dropped = ((inputScale - 4n) * 65536n) / inputScale;
    const k = key(seed, 6n, this.step);
    const isKept = (i: number) => (random(k, BigInt(slot * image.length + i)) & 0xffffn) >= dropped;
    return image.map((pixel, i) => (isKept(i) ? pixel : 0));
  }

  train({ images: whole, labels, starts, nudging, ...rates }: WitnessStep): void {
    this.takeMean(whole);
    const images = whole.map((image, slot) => this.seen(image, slot));
    const { freeIterations, nudgedIterations, nudge } = this.settings;
    this.free = images.map((image, n) =>
      this.relax(image, this.started(starts?.[n]), freeIterations, 0n, -1, this.phaseKey(n, 0n)),
    );
    const clamped = nudging === 'clamped';
    const nudged = (sign: bigint) =>
      images.map((image, n) => {
        if (this.isSpared(n, labels[n])) return this.free[n];
        const beta = clamped ? 0n : sign * nudge;
        const phase = sign > 0n || this.settings.noiseIsShared ? 1n : 2n;
        const noise = this.phaseKey(n, phase);
        return this.relax(image, this.free[n], nudgedIterations, beta, labels[n], noise, clamped, sign);
      });
    this.traced = this.weights.map((matrix) => matrix.map(() => 0n));
    this.plus = nudging === 'negative' ? this.free : nudged(1n);
    this.minus = nudging === 'positive' || clamped ? this.free : nudged(-1n);
    this.learn(images, rates);
    this.step++;
  }

  private isSpared(n: number, label: number): boolean {
    const { margin, stateFraction } = this.settings;
    const output = this.free[n][this.free[n].length - 1];
    const lead = (other: bigint) => (output[label] - other) * 4096n;
    return margin > 0n && output.every((other, j) => j === label || lead(other) >= margin << stateFraction);
  }

  /** How many examples of the last minibatch were nudged. */
  nudgedOf(labels: readonly number[]): number {
    return labels.filter((label, n) => !this.isSpared(n, label)).length;
  }

  /** @param row the index of its first element among the parameters */
  private round(product: bigint, shift: bigint, stream: bigint, row: bigint, column: number): bigint {
    const unit = 1n << shift;
    if (this.settings.rounding === 'nearest') return floorDivide(product + unit / 2n, unit);
    const ofRow = random(key(this.settings.seed, stream, this.step), row);
    const word = ((ofRow | 1n) * columnWord(column) + mix(ofRow)) & WORD;
    return floorDivide(product + (shift >= 32n ? word << (shift - 32n) : word >> (32n - shift)), unit);
  }

  private saturate(value: bigint, bits: bigint): bigint {
    const most = (1n << (bits - 1n)) - 1n;
    const clipped = clip(value, -most - 1n, most);
    if (clipped !== value) this.saturations++;
    return clipped;
  }

  private learn(
    images: readonly Uint8Array[],
    { gains, decays, biasGains }: Pick<WitnessStep, 'gains' | 'decays' | 'biasGains'>,
  ): void {
    const { layers, connections, stateFraction, storage, l1 } = this.settings;
    const bits = BigInt(storage);
    let first = 0n;
    connections.forEach(({ pre, post, columns, fixed, fraction, ways, rule }, k) => {
      const matrix = this.weights[k];
      const [mantissa, exponent] = gains[k];
      const preFraction = pre === 0 ? 8n : stateFraction;
      const shift = preFraction + stateFraction + exponent - fraction;
      const rate = (states: States, n: number, i: number) =>
        pre === 0 ? BigInt(images[n][i]) : states[pre][i];
      const sums = matrix.map(() => 0n);
      images.forEach((image, n) => {
        const [plus, minus, free] = [this.plus[n], this.minus[n], this.free[n]];
        if (rule === 'rates' && pre > 0) return;
        if (rule === 'presynaptic' && pre > 0) {
          for (const { i, j, element } of this.pairs[k])
            sums[element] +=
              ways === 'back'
                ? free[post][j] * (plus[pre][i] - minus[pre][i])
                : free[pre][i] * (plus[post][j] - minus[post][j]);
          return;
        }
        const [above, below] = [this.plus[n], this.minus[n]].map(
          (states) => this.places(k, this.rates(image, states, pre)).choices,
        );
        for (const { i, j, element, place } of this.pairs[k]) {
          if (!above || above[j] === place) sums[element] += rate(this.plus[n], n, i) * this.plus[n][post][j];
          if (!below || below[j] === place)
            sums[element] -= rate(this.minus[n], n, i) * this.minus[n][post][j];
        }
      });
      if (rule === 'rates' && pre > 0)
        this.traced[k].forEach((sum, at) => {
          sums[at] = sum;
        });
      matrix.forEach((old, at) => {
        if (fixed) return;
        const [i, j] = [Math.floor(at / columns), at % columns];
        const row = first + BigInt(i * columns);
        let weight = old;
        if (decays[k] !== 0n && weight !== 0n) {
          const [least, most] = old > 0n ? [-old, 0n] : [0n, -old];
          const taken = l1 ? (old > 0n ? 1n : -1n) << fraction : old;
          const change = this.round(-taken * decays[k], 32n, 4n, row, j);
          weight = this.saturate(weight + (l1 ? clip(change, least, most) : change), bits);
        }
        if (sums[at] !== 0n)
          weight = this.saturate(weight + this.round(sums[at] * mantissa, shift, 1n, row, j), bits);
        matrix[at] = weight;
      });
      first += BigInt(matrix.length);
    });
    layers.forEach(({ units, biases }, l) => {
      if (l === 0) return;
      const [mantissa, exponent] = biasGains[l - 1];
      const centre = this.centre(l);
      const width = centre ? BigInt(units) : BigInt(biases);
      this.biases[l] = this.biases[l].map((bias, j) => {
        if (centre && j >= 2 * units) return bias;
        if (centre && j >= units)
          return this.learnAlong(images, l, j - units, first + width, gains[0], centre.mean);
        let sum = 0n;
        for (let u = j; u < units; u += biases)
          images.forEach((_, n) => {
            sum += this.plus[n][l][u] - this.minus[n][l][u];
          });
        if (sum === 0n) return bias;
        const shift = stateFraction + exponent - this.biasFraction;
        return this.saturate(bias + this.round(sum * mantissa, shift, 1n, first, j), 32n);
      });
      first += BigInt(biases);
    });
  }

  private get biasFraction(): bigint {
    return this.finest + this.rateFraction - this.biasShift;
  }

  /** Learnt by unit j along the mean, after the minibatch: the part of an image along it has 10 fractional bits. */
  private learnAlong(
    images: readonly Uint8Array[],
    l: number,
    j: number,
    row: bigint,
    [mantissa, exponent]: readonly [bigint, bigint],
    mean: readonly bigint[],
  ): bigint {
    const old = this.biases[l][this.settings.layers[l].units + j];
    const sum = images.reduce(
      (total, image, n) =>
        total + (this.alongMean(image, mean) >> 10n) * (this.plus[n][l][j] - this.minus[n][l][j]),
      0n,
    );
    if (sum === 0n || this.settings.connections[0].fixed) return old;
    const shift = this.settings.stateFraction + 10n + exponent - this.biasFraction;
    return this.saturate(old + this.round(sum * mantissa, shift, 1n, row, j), 32n);
  }

  parameterDigest(): bigint {
    const { connections, layers } = this.settings;
    const rows = this.weights.flatMap((matrix, k) => {
      const { columns } = connections[k];
      return Array.from({ length: matrix.length / columns }, (_, row) =>
        matrix.slice(row * columns, (row + 1) * columns),
      );
    });
    const vectors = this.biases.slice(1).flatMap((vector, k) => {
      const width = this.centre(k + 1) ? layers[k + 1].units : vector.length;
      return Array.from({ length: Math.ceil(vector.length / width) }, (_, row) =>
        vector.slice(row * width, (row + 1) * width),
      );
    });
    return digestOf(0x70617261, [...rows, ...vectors]);
  }

  stateDigest(): bigint {
    const digests = [
      digestOf(0x66726565, this.free.flat()),
      digestOf(0x706c7573, this.plus.flat()),
      digestOf(0x6d696e75, this.minus.flat()),
    ];
    const sum = (shift: bigint) => digests.reduce((total, digest) => total + (digest >> shift), 0n) & WORD;
    return (sum(32n) << 32n) | sum(0n);
  }

  /** Σ ‖y − t‖², twice the states' fractional bits. */
  cost(labels: readonly number[]): bigint {
    return this.free.reduce((sum, states, n) => {
      const output = states[states.length - 1];
      return output.reduce((s, y, j) => s + (y - (j === labels[n] ? this.one : 0n)) ** 2n, sum);
    }, 0n);
  }
}
