/** The units whose word weighed most in an answer: how active each is, and what it looks for. */
import { html } from '#host/drawing/index.js';
import { decimals, significant } from '#host/ground/index.js';
import { WeightPictures } from '../../page/weight-pictures.js';
import type { Asked } from './asked-network.js';

const MOST = 8;

export interface Voice {
  readonly unit: number;
  /** 0 to 1. */
  readonly state: number;
  /** To the answer's output. */
  readonly weight: number;
  /** Their product: what it adds to the output's drive. */
  readonly share: number;
}

/** True where the last connection is dense, from the layer before the outputs: else no single units speak. */
export function hasVoices({ graph: { layers, connections } }: Asked): boolean {
  const last = connections[connections.length - 1];
  return (
    layers.length > 2 &&
    last.kind === 'dense' &&
    last.post === layers.length - 1 &&
    last.pre === layers.length - 2
  );
}

/**
 * Units of the last hidden layer, those first that add or take most.
 * @param states of all free layers
 */
export function voicesOf(network: Asked, states: readonly number[], label: number): readonly Voice[] {
  const { graph, formats, weights } = network;
  const { layers, connections } = graph;
  const k = connections.length - 1;
  const outputs = layers[layers.length - 1].units;
  const { units } = layers[layers.length - 2];
  const one = 2 ** formats.weights[k].fraction;
  const hidden = states.slice(states.length - outputs - units, states.length - outputs);
  return hidden
    .map((state, unit) => {
      const weight = weights[k][unit * outputs + label] / one;
      return { unit, state, weight, share: state * weight };
    })
    .filter(({ share }) => share !== 0)
    .sort((a, b) => Math.abs(b.share) - Math.abs(a.share))
    .slice(0, MOST);
}

export class EvidenceView {
  readonly #list: HTMLElement;
  readonly #pictures: WeightPictures | undefined;

  /** @param place emptied */
  constructor(
    place: HTMLElement,
    private readonly network: Asked,
  ) {
    place.replaceChildren();
    this.#list = document.createElement('div');
    this.#list.className = 'scroll';
    place.append(this.#list);
    const { graph, weights, picture } = network;
    const [first] = graph.connections;
    const seesPixels = graph.layers.length === 3 && first.kind === 'dense' && first.pre === 0;
    if (seesPixels && weights[0].length % (picture.rows * picture.columns) === 0)
      this.#pictures = new WeightPictures(place);
  }

  show(states: readonly number[], label: number, name: string): void {
    const voices = voicesOf(this.network, states, label);
    this.#list.innerHTML = html`
<table class="narrow"><thead><tr><th>Unit</th><th>State</th><th>Weight to ${name}</th><th>Adds</th></tr></thead>
<tbody>${voices.map(
      ({ unit, state, weight, share }) =>
        html`<tr><th>${unit}</th><td>${decimals(state, 2)}</td><td>${significant(weight, 3)}</td><td>${significant(share, 3)}</td></tr>`,
    )}</tbody></table>`.text;
    const { picture, formats, weights } = this.network;
    this.#pictures?.show(weights[0], picture.rows, picture.columns, formats.weights[0].fraction, {
      units: voices.map(({ unit }) => unit),
    });
  }
}
