/** The weights into single hidden units, as the pictures that they look at, in the report's colours. */

import { significant } from '#host/ground/index.js';
import type { WeightArray } from '#host/model/index.js';
import { colourStops, divergingPalette, scaledFields } from '#host/report/index.js';
import { paint } from './pixels.js';

const MOST = 48;
const palette = divergingPalette();

export class WeightPictures {
  readonly #gallery = document.createElement('ul');
  readonly #legend = document.createElement('div');

  constructor(place: HTMLElement) {
    this.#gallery.className = 'gallery fields lab-fields';
    this.#legend.className = 'legend';
    this.#legend.setAttribute('role', 'img');
    place.append(this.#legend, this.#gallery);
  }

  /**
   * @param weights row-major [pixel][unit], `fraction` fractional bits
   * @param units those that are shown (default: the first ones)
   */
  show(
    weights: WeightArray,
    rows: number,
    columns: number,
    fraction: number,
    { units }: { readonly units?: readonly number[] } = {},
  ): void {
    const all = weights.length / (rows * columns);
    const shown = units ?? Array.from({ length: Math.min(MOST, all) }, (_, unit) => unit);
    const { levels, limit } = scaledFields(weights, rows * columns, fraction, shown);
    while (this.#gallery.children.length > shown.length) this.#gallery.lastChild?.remove();
    levels.forEach((field, place) => {
      const canvas = this.#canvasOf(place, `weights into hidden unit ${shown[place]}`);
      const rgb = new Uint8Array(3 * field.length);
      field.forEach((level, at) => {
        rgb.set(palette.subarray(3 * level, 3 * level + 3), 3 * at);
      });
      paint(canvas, columns, rows, rgb);
    });
    const end = significant(limit, 3);
    this.#legend.setAttribute('aria-label', `Colours from −${end}, blue, through 0 to +${end}, red`);
    this.#legend.innerHTML = `<span>−${end}</span><span class="scale" style="background:linear-gradient(to right,${colourStops.join(',')})"></span><span>+${end}</span>`;
  }

  #canvasOf(place: number, label: string): HTMLCanvasElement {
    const found = this.#gallery.children[place]?.firstChild;
    if (found instanceof HTMLCanvasElement) {
      found.setAttribute('aria-label', label);
      return found;
    }
    const canvas = document.createElement('canvas');
    canvas.className = 'picture';
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', label);
    const item = document.createElement('li');
    item.append(canvas);
    this.#gallery.append(item);
    return canvas;
  }
}
