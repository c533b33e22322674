/** States by layer: the input and hidden layers as pictures, the outputs as bars. */
import { decimals } from '#host/ground/index.js';
import { greys, paint, paintCells } from './pixels.js';

export class LayerView {
  readonly #input: HTMLCanvasElement;
  readonly #hidden: readonly HTMLCanvasElement[];
  readonly #outputs: readonly { readonly bar: HTMLMeterElement; readonly value: HTMLElement }[];

  /** @param layers units of each free layer, the outputs last */
  constructor(place: HTMLElement, layers: readonly number[]) {
    this.#input = picture(place, 'What the network sees', 'The image that the network sees', 'input');
    this.#hidden = layers
      .slice(0, -1)
      .map((units, layer) =>
        picture(
          place,
          `Hidden layer ${layer + 1}: ${units} states`,
          `States of hidden layer ${layer + 1}`,
          'states',
        ),
      );
    heading(place, 'Outputs');
    const list = document.createElement('ol');
    list.className = 'outputs';
    place.append(list);
    this.#outputs = Array.from({ length: layers[layers.length - 1] }, (_, label) => {
      const item = document.createElement('li');
      const bar = document.createElement('meter');
      bar.setAttribute('aria-label', `output ${label}`);
      const value = document.createElement('span');
      item.append(String(label), bar, value);
      list.append(item);
      return { bar, value };
    });
  }

  /** @param image a byte a pixel */
  showInput(image: Uint8Array, columns: number, rows: number): void {
    paint(this.#input, columns, rows, greys(Float64Array.from(image, (byte) => byte / 255)));
  }

  /** @param states of a free layer, the first hidden one being 0 */
  show(layer: number, states: Float64Array): void {
    const canvas = this.#hidden[layer];
    if (canvas) {
      paintCells(canvas, Math.ceil(Math.sqrt(2 * states.length)), states);
      return;
    }
    const greatest = Math.max(...states);
    states.forEach((state, label) => {
      const { bar, value } = this.#outputs[label];
      bar.value = state;
      value.textContent = decimals(state, 2);
      bar.parentElement?.classList.toggle('greatest', state === greatest && state > 0);
    });
  }
}

function heading(place: HTMLElement, text: string): void {
  const element = document.createElement('h2');
  element.textContent = text;
  place.append(element);
}

function picture(place: HTMLElement, title: string, label: string, style: string): HTMLCanvasElement {
  heading(place, title);
  const canvas = document.createElement('canvas');
  canvas.className = `pixels ${style}`;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', label);
  place.append(canvas);
  return canvas;
}
