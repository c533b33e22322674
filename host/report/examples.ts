/** Examples drawn as what they are: pictures, a curve a channel of a series, a bar a feature of a vector. */
import { type Content, drawing, fixed, type Html, html, SERIES_CLASSES } from '../drawing/index.js';
import { levelsOf, type Picture, type Scaling, type Shape } from '../model/index.js';
import { gallery, sprite } from './sprite.js';

export interface DrawnExample {
  /** Channels last. */
  readonly levels: Float64Array;
  readonly shape: Shape;
  /** True where places follow one another, as a series' do; a vector's features have no order. */
  readonly isSeries: boolean;
}

/**
 * @param picture of the inputs
 * @param inputs of one example
 */
export function exampleOf(
  { rows, columns, channels = 1 }: Picture,
  scaling: Scaling | undefined,
  inputs: Uint8Array,
): DrawnExample {
  const levels = levelsOf(scaling, inputs);
  const places = rows * columns;
  const shape = { rows, columns, channels: (channels * levels.length) / inputs.length };
  // Features of a vector are scaled each by itself, those of a series a channel together.
  const isSeries = places > 1 && (shape.channels > 1 || scaling?.steps.length === shape.channels);
  return { levels, shape, isSeries };
}

type Describe = (i: number) => { readonly alt: string; readonly caption?: Content };

/**
 * Examples of one shape, on one scale.
 * @param examples one or more
 * @param describe gives each its alternative text and what stands below it
 */
export function exampleGallery(examples: readonly DrawnExample[], describe: Describe): Html {
  const [{ shape, isSeries }] = examples;
  const range = rangeOf(examples);
  if (shape.rows > 1 && shape.columns > 1) return pictures(examples, range, describe);
  const draw = isSeries ? curves : bars;
  const items = examples.map((example, i) => {
    const { alt, caption } = describe(i);
    const below = caption === undefined ? '' : html`<span class="caption">${caption}</span>`;
    return html`<li>${drawing(alt, HEIGHT, draw(example, range), WIDTH)}${below}</li>\n`;
  });
  return html`<ul class="gallery profiles">\n${items}</ul>`;
}

type Range = readonly [least: number, greatest: number];

function rangeOf(examples: readonly DrawnExample[]): Range {
  let [least, greatest] = [0, 1];
  for (const { levels } of examples)
    for (const level of levels) {
      least = Math.min(least, level);
      greatest = Math.max(greatest, level);
    }
  return [least, greatest];
}

const WIDTH = 264;
const HEIGHT = 120;
const EDGE = 5;
/** Points of a curve, at most: more would not be told apart. */
const MOST_POINTS = WIDTH / 2;

function xOf(place: number, places: number): string {
  return fixed((WIDTH * (place + 0.5)) / places);
}

function yOf(level: number, [least, greatest]: Range): string {
  return fixed(EDGE + ((HEIGHT - 2 * EDGE) * (greatest - level)) / (greatest - least));
}

function curves({ levels, shape: { rows, columns, channels } }: DrawnExample, range: Range): readonly Html[] {
  const places = rows * columns;
  const shown = Math.min(places, MOST_POINTS);
  return Array.from({ length: channels }, (_, channel) => {
    const points = Array.from({ length: shown }, (_, n) => {
      const place = Math.floor((n * places) / shown);
      return `${xOf(place, places)},${yOf(levels[place * channels + channel], range)}`;
    });
    const style = SERIES_CLASSES[channel % SERIES_CLASSES.length];
    return html`<polyline class="curve ${style}" points="${points.join(' ')}"><title>channel ${channel}</title></polyline>`;
  });
}

/** Each from zero up or down. */
function bars({ levels }: DrawnExample, range: Range): Html {
  const zero = yOf(0, range);
  const path = Array.from(levels, (level, f) =>
    level === 0 ? '' : `M${xOf(f, levels.length)} ${zero}V${yOf(level, range)}`,
  );
  const width = fixed(Math.max(0.5, (0.75 * WIDTH) / levels.length));
  return html`<path class="${SERIES_CLASSES[0]}" stroke-width="${width}" d="${path.join('')}"/><path class="axis" d="M0 ${zero}H${WIDTH}"/>`;
}

const COLOURS = 3;

/** Red, green and blue of three channels; else grey, ink on paper: the data's zero is the background. */
function pictures(examples: readonly DrawnExample[], range: Range, describe: Describe): Html {
  const [{ shape }] = examples;
  const isColoured = shape.channels === COLOURS;
  const cells = examples.map(({ levels }) =>
    isColoured ? colours(levels, range) : ink(levels, shape, range),
  );
  return gallery(
    sprite(cells, shape.rows, shape.columns),
    cells.length,
    isColoured ? 'digits photos' : 'digits',
    describe,
  );
}

function shadeOf(level: number, [least, greatest]: Range): number {
  return Math.round((255 * (level - least)) / (greatest - least));
}

function colours(levels: Float64Array, range: Range): Uint8Array {
  return Uint8Array.from(levels, (level) => shadeOf(level, range));
}

function ink(levels: Float64Array, { rows, columns, channels }: Shape, range: Range): Uint8Array {
  return Uint8Array.from({ length: rows * columns }, (_, place) => {
    const values = levels.subarray(place * channels, (place + 1) * channels);
    return 255 - shadeOf(values.reduce((sum, level) => sum + level, 0) / channels, range);
  });
}
