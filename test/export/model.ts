import type { ExportedModel } from '#host/export/model';
import { formatsOf, graphOf, integerArrays } from '#host/model/index';

/** A network of 5-4-3 units with reproducible parameters, the extremes of their formats among them. */
export function smallModel(names = { weights: 'Q2.13', states: 'Q1.14' }): ExportedModel {
  const keys = { network: '5-4-3', connections: [], 'receptive-fields': 'all', seed: 1 };
  const formats = formatsOf({ ...keys, ...names });
  const most = 2 ** (formats.storage - 1) - 1;
  const Weights = integerArrays[formats.storage];
  const spread = (n: number, scale: number) =>
    Array.from({ length: n }, (_, i) => ((i * 7919) % 61) * scale - 30 * scale);
  const weights = [Weights.from(spread(20, 97)), Weights.from(spread(12, 131))];
  weights[0].set([-most - 1, most]);
  const biases = [Int32Array.from(spread(4, 1 << 16)), Int32Array.from(spread(3, 1 << 15))];
  biases[0].set([-2147483648, 2147483647]);
  return {
    network: keys.network,
    graph: graphOf(keys),
    formats,
    weights,
    biases,
    digest: 0x0123456789abcdefn,
    step: 4_000_000_000,
  };
}
