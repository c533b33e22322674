import { randomKey, randomWord, Stream } from '../model/random.js';

/** The rate a pixel clamps its input unit to: byte / 256, so 0 to 255/256. */
export const PIXEL_RATE = 1 / 256;

/**
 * A layered network with tied dense connections, in float64. Connection k joins layer k (pre) with layer
 * k + 1 (post). States of the free layers 1, 2, … lie one layer after another in one vector of `units`
 * numbers; layer k + 1 begins at `offsets[k]`.
 */
export class ReferenceNetwork {
  readonly units: number;
  readonly offsets: readonly number[];

  /**
   * @param layers units of each layer, input first; at least two layers
   * @param weights per connection k, layers[k] · layers[k+1] numbers, row-major [pre][post]
   * @param biases per connection k, the biases of layer k + 1
   * @param sees receptive fields: 0 for each weight from the input that is not there and stays zero, in the order of
   *   weights[0]; all are there if absent
   * @throws RangeError if the shapes do not fit together
   */
  constructor(
    readonly layers: readonly number[],
    readonly weights: readonly Float64Array[],
    readonly biases: readonly Float64Array[],
    readonly sees?: Uint8Array,
  ) {
    const connections = layers.length - 1;
    if (connections < 1 || weights.length !== connections || biases.length !== connections) {
      throw new RangeError(
        `${layers.length} layers with ${weights.length} weight matrices and ${biases.length} bias vectors`,
      );
    }
    const offsets: number[] = [];
    let units = 0;
    for (let k = 0; k < connections; k++) {
      if (weights[k].length !== layers[k] * layers[k + 1] || biases[k].length !== layers[k + 1]) {
        throw new RangeError(
          `connection ${k} from ${layers[k]} to ${layers[k + 1]} units has ${weights[k].length} weights ` +
            `and ${biases[k].length} biases`,
        );
      }
      offsets.push(units);
      units += layers[k + 1];
    }
    this.units = units;
    this.offsets = offsets;
  }

  /**
   * Weights uniform in [−limit, limit) of their connection, drawn by index through all connections;
   * biases zero.
   * @param limits one per connection, such as Glorot's (`initialLimits`)
   * @param sees as the constructor's
   */
  static initial(
    layers: readonly number[],
    seed: number,
    limits: readonly number[],
    sees?: Uint8Array,
  ): ReferenceNetwork {
    const key = randomKey(seed, Stream.weights, 0);
    let index = 0;
    const weights = layers
      .slice(1)
      .map((post, k) =>
        Float64Array.from(
          { length: layers[k] * post },
          () => (limits[k] * randomWord(key, index++)) / 2 ** 31,
        ),
      );
    if (sees)
      weights[0].forEach((_, i) => {
        if (!sees[i]) weights[0][i] = 0;
      });
    return new ReferenceNetwork(
      layers,
      weights,
      layers.slice(1).map((post) => new Float64Array(post)),
      sees,
    );
  }

  clone(): ReferenceNetwork {
    return new ReferenceNetwork(
      this.layers,
      this.weights.map((matrix) => matrix.slice()),
      this.biases.map((vector) => vector.slice()),
      this.sees,
    );
  }
}
