import type { Formats } from '../model/formats.js';
import type { NetworkParameters } from '../model/network-parameters.js';

/** A trained network as an export sees it. */
export interface ExportedModel extends NetworkParameters {
  readonly name: string;
  /** Units of each layer, input first; at least two layers. */
  readonly layers: readonly number[];
  readonly formats: Formats;
  /** The device's digest of weights and biases, 64 bits. */
  readonly digest: bigint;
  /** Updates the network has seen. */
  readonly step: number;
}

/** Throws RangeError unless weights and biases have the shapes the layers ask for. */
export function requireShapes({ layers, weights, biases }: ExportedModel): void {
  const connections = layers.length - 1;
  if (connections < 1 || weights.length !== connections || biases.length !== connections)
    throw new RangeError(
      `${layers.length} layers with ${weights.length} weight matrices and ${biases.length} bias vectors`,
    );
  for (let k = 0; k < connections; k++) {
    if (weights[k].length === layers[k] * layers[k + 1] && biases[k].length === layers[k + 1]) continue;
    throw new RangeError(
      `connection ${k} from ${layers[k]} to ${layers[k + 1]} units has ${weights[k].length} weights ` +
        `and ${biases[k].length} biases`,
    );
  }
}

/** The name as a C identifier: other characters become `_`, and a digit does not come first. */
export function identifier(name: string): string {
  const letters = name.replace(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z]/.test(letters) ? letters : `network_${letters.replace(/^_+/, '')}`.replace(/_+$/, '');
}
