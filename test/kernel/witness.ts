/**
 * An independent witness of the kernel: the same definitions in BigInt, dense, without early stops, one formula a
 * line. It shares no code with the kernel or the host's model.
 */

export interface WitnessSettings {
  /** Bits of a weight. */
  readonly storage: 8 | 16 | 32;
  readonly sizes: readonly number[];
  readonly seed: bigint;
  /** One a connection. */
  readonly weightFractions: readonly bigint[];
  readonly stateFraction: bigint;
  /** Windows of the image that units of layer 1 see: pixels in a row, and the sides of windows. */
  readonly fields?: { readonly width: number; readonly least: number; readonly most: number };
  /** Quarters; 4 keeps every pixel. */
  readonly inputScale: bigint;
  /** 12 fractional bits. */
  readonly epsilon: bigint;
  readonly nudge: bigint;
  readonly relaxation: 'euler' | 'exact';
  readonly rounding: 'stochastic' | 'nearest';
  readonly freeIterations: number;
  readonly nudgedIterations: number;
}

export interface WitnessStep {
  readonly images: readonly Uint8Array[];
  readonly labels: readonly number[];
  readonly starts?: readonly bigint[][];
  readonly nudging: 'positive' | 'negative' | 'centered';
  /** [mantissa, exponent] a connection. */
  readonly gains: readonly (readonly [bigint, bigint])[];
  /** 32 fractional bits. */
  readonly decays: readonly bigint[];
}

type States = bigint[][];

const WORD = (1n << 32n) - 1n;
const clip = (value: bigint, low: bigint, high: bigint) => (value < low ? low : value > high ? high : value);
/** Towards minus infinity, as an arithmetic shift. */
const floorDivide = (a: bigint, b: bigint) => (a - (((a % b) + b) % b)) / b;
/** A signed word of `bits` bits, wrapped. */
const wrap = (value: bigint, bits: number) => BigInt.asIntN(bits, value);

export function mix(word: bigint): bigint {
  let x = word & WORD;
  x = ((x ^ (x >> 16n)) * 0x7feb352dn) & WORD;
  x = ((x ^ (x >> 15n)) * 0x846ca68bn) & WORD;
  return x ^ (x >> 16n);
}

const key = (seed: bigint, stream: bigint, step: bigint) => mix(mix(mix(seed ^ 0x9e3779b9n) + stream) + step);
const random = (k: bigint, index: bigint) => mix(k ^ ((index * 0x9e3779b9n) & WORD));

/** A column's pseudo-random word, both halves odd. */
const columnWord = (column: number) => random(mix(0x636f6c73n), BigInt(column)) | 0x10001n;

export class Witness {
  readonly weights: bigint[][];
  readonly biases: bigint[][];
  saturations = 0;
  step = 0n;
  free: States[] = [];
  plus: States[] = [];
  minus: States[] = [];

  constructor(readonly settings: WitnessSettings) {
    const { sizes } = settings;
    this.weights = sizes.slice(1).map((post, k) => new Array<bigint>(sizes[k] * post).fill(0n));
    this.biases = sizes.slice(1).map((post) => new Array<bigint>(post).fill(0n));
  }

  /** @param limits 24 fractional bits, one a connection */
  initialise(limits: readonly bigint[]): void {
    const { seed, sizes, storage, weightFractions } = this.settings;
    const most = 1n << BigInt(storage - 1);
    const k = key(seed, 0n, 0n);
    let index = 0n;
    this.weights.forEach((matrix, c) => {
      for (let i = 0; i < matrix.length; i++) {
        const draw = BigInt.asIntN(32, random(k, index++));
        const shift = 1n << (55n - weightFractions[c]);
        const sees = c > 0 || this.sees(i % sizes[1], Math.floor(i / sizes[1]));
        if (sees) matrix[i] = clip(floorDivide(limits[c] * draw + shift / 2n, shift), -most, most - 1n);
      }
    });
  }

  private sees(unit: number, pixel: number): boolean {
    const { fields, seed, sizes } = this.settings;
    if (!fields) return true;
    const { width, least, most } = fields;
    const word = random(key(seed, 5n, 0n), BigInt(unit));
    const [byte0, byte1, byte2, byte3] = [0n, 8n, 16n, 24n].map(
      (shift) => Number((word >> shift) & 255n) / 256,
    );
    const rows = least + Math.floor(byte0 * (most - least + 1));
    const columns = least + Math.floor(byte1 * (most - least + 1));
    const top = Math.floor(byte2 * (sizes[0] / width - rows + 1));
    const left = Math.floor(byte3 * (width - columns + 1));
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    return row >= top && row < top + rows && column >= left && column < left + columns;
  }

  private get one(): bigint {
    return 1n << this.settings.stateFraction;
  }

  /** Fractional bits of the finest weights. */
  private get finest(): bigint {
    return this.settings.weightFractions.reduce((most, fraction) => (fraction > most ? fraction : most));
  }

  /** How many fewer fractional bits a bias has than a drive. */
  private get biasShift(): bigint {
    return this.settings.storage === 32 ? this.settings.stateFraction : 0n;
  }

  /** Drives of layer k from all rates, in as many bits as the storage has for them. */
  private drive(image: Uint8Array, states: States, k: number): bigint[] {
    const { inputScale: scale, sizes, stateFraction, storage, weightFractions } = this.settings;
    const coarser = weightFractions.map((fraction) => this.finest - fraction);
    return this.biases[k - 1].map((bias, j) => {
      let sum = bias << this.biasShift;
      for (let i = 0; i < sizes[k - 1]; i++) {
        const rate = k === 1 ? ((BigInt(image[i]) * scale) << stateFraction) / 1024n : states[k - 1][i];
        sum += (this.weights[k - 1][i * sizes[k] + j] * rate) << coarser[k - 1];
      }
      for (let o = 0; o < (sizes[k + 1] ?? 0); o++)
        sum += (this.weights[k][j * sizes[k + 1] + o] * states[k + 1][o]) << coarser[k];
      return wrap(sum, storage === 32 ? 64 : 32);
    });
  }

  private next(state: bigint, drive: bigint, beta: bigint, aim: bigint): bigint {
    const { relaxation, epsilon } = this.settings;
    const toDrive = 1n << this.finest;
    if (relaxation === 'euler') {
      const scale = toDrive << 24n;
      const force = epsilon * (drive - state * toDrive) * 4096n + epsilon * beta * (aim - state) * toDrive;
      return clip(floorDivide(state * scale + force + scale / 2n, scale), 0n, this.one);
    }
    const divisor = (4096n + beta) * toDrive;
    const sum = drive * 4096n + beta * aim * toDrive;
    return clip(floorDivide(sum + divisor / 2n, divisor), 0n, this.one);
  }

  private update(image: Uint8Array, states: States, k: number, beta: bigint, label: number): bigint[] {
    const isOutput = k === this.settings.sizes.length - 1;
    return this.drive(image, states, k).map((drive, j) =>
      this.next(states[k][j], drive, isOutput ? beta : 0n, isOutput && j === label ? this.one : 0n),
    );
  }

  /** Runs all iterations, whether anything changes or not. */
  private relax(image: Uint8Array, start: States, iterations: number, beta: bigint, label: number): States {
    const { sizes, relaxation } = this.settings;
    let states = start.map((layer) => [...layer]);
    for (let n = 0; n < iterations; n++) {
      if (relaxation === 'euler') {
        states = states.map((layer, k) => (k === 0 ? layer : this.update(image, states, k, beta, label)));
      } else {
        for (const first of [1, 2])
          for (let k = first; k < sizes.length; k += 2)
            states[k] = this.update(image, states, k, beta, label);
      }
    }
    return states;
  }

  private started(start: readonly bigint[] | undefined): States {
    const { sizes } = this.settings;
    let at = 0;
    return sizes.map((size, k) => {
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

  private kept(image: Uint8Array, slot: number): Uint8Array {
    const { seed, inputScale } = this.settings;
    const dropped = ((inputScale - 4n) * 65536n) / inputScale;
    const k = key(seed, 6n, this.step);
    const isKept = (i: number) => (random(k, BigInt(slot * image.length + i)) & 0xffffn) >= dropped;
    return image.map((pixel, i) => (isKept(i) ? pixel : 0));
  }

  train({ images: whole, labels, starts, nudging, gains, decays }: WitnessStep): void {
    const images = whole.map((image, slot) => this.kept(image, slot));
    const { freeIterations, nudgedIterations, nudge } = this.settings;
    this.free = images.map((image, n) =>
      this.relax(image, this.started(starts?.[n]), freeIterations, 0n, -1),
    );
    const nudged = (sign: bigint) =>
      images.map((image, n) => this.relax(image, this.free[n], nudgedIterations, sign * nudge, labels[n]));
    this.plus = nudging === 'negative' ? this.free : nudged(1n);
    this.minus = nudging === 'positive' ? this.free : nudged(-1n);
    this.learn(images, gains, decays);
    this.step++;
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

  private learn(images: readonly Uint8Array[], gains: WitnessStep['gains'], decays: readonly bigint[]): void {
    const { sizes, stateFraction, storage, weightFractions } = this.settings;
    const bits = BigInt(storage);
    let first = 0n;
    let firstBias = BigInt(this.weights.reduce((sum, matrix) => sum + matrix.length, 0));
    this.weights.forEach((matrix, k) => {
      const [mantissa, exponent] = gains[k];
      const preFraction = k === 0 ? 8n : stateFraction;
      const shift = preFraction + stateFraction + exponent - weightFractions[k];
      const rate = (states: States, n: number, i: number) => (k === 0 ? BigInt(images[n][i]) : states[k][i]);
      const width = sizes[k + 1];
      matrix.forEach((old, at) => {
        const [i, j] = [Math.floor(at / width), at % width];
        const row = first + BigInt(i * width);
        let weight = old;
        if (decays[k] !== 0n && weight !== 0n)
          weight = this.saturate(weight + this.round(-weight * decays[k], 32n, 4n, row, j), bits);
        let sum = 0n;
        images.forEach((_, n) => {
          sum += rate(this.plus[n], n, i) * this.plus[n][k + 1][j];
          sum -= rate(this.minus[n], n, i) * this.minus[n][k + 1][j];
        });
        if (sum !== 0n && (k > 0 || this.sees(j, i)))
          weight = this.saturate(weight + this.round(sum * mantissa, shift, 1n, row, j), bits);
        matrix[at] = weight;
      });
      this.biases[k].forEach((bias, j) => {
        let sum = 0n;
        images.forEach((_, n) => {
          sum += this.plus[n][k + 1][j] - this.minus[n][k + 1][j];
        });
        if (sum !== 0n)
          this.biases[k][j] = this.saturate(
            bias + this.round(sum * mantissa, exponent - this.finest + this.biasShift, 1n, firstBias, j),
            32n,
          );
      });
      first += BigInt(matrix.length);
      firstBias += BigInt(width);
    });
  }

  /** @param rows each with the index of its first element */
  private digestOf(
    tensor: number,
    rows: readonly (readonly [first: bigint, values: readonly bigint[]])[],
  ): bigint {
    const k = mix(BigInt(tensor));
    let low = 0n;
    let high = 0n;
    for (const [first, values] of rows) {
      const ofRow = random(k, first);
      values.forEach((value, j) => {
        low += (ofRow | 1n) * BigInt.asIntN(16, columnWord(j)) * value;
        high += (mix(ofRow) | 1n) * BigInt.asIntN(16, columnWord(j) >> 16n) * value;
      });
    }
    return ((high & WORD) << 32n) | (low & WORD);
  }

  parameterDigest(): bigint {
    const { sizes } = this.settings;
    const rows: (readonly [bigint, readonly bigint[]])[] = [];
    let first = 0n;
    const add = (values: readonly bigint[]) => {
      rows.push([first, values]);
      first += BigInt(values.length);
    };
    this.weights.forEach((matrix, k) => {
      const width = sizes[k + 1];
      for (let at = 0; at < matrix.length; at += width) add(matrix.slice(at, at + width));
    });
    this.biases.forEach(add);
    return this.digestOf(0x70617261, rows);
  }

  stateDigest(): bigint {
    const digests = (
      [
        [0x66726565, this.free],
        [0x706c7573, this.plus],
        [0x6d696e75, this.minus],
      ] as const
    ).map(([tensor, samples]) => {
      let first = 0n;
      const rows = samples.flatMap((states) =>
        states.map((values) => {
          const row = [first, values] as const;
          first += BigInt(values.length);
          return row;
        }),
      );
      return this.digestOf(tensor, rows);
    });
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
