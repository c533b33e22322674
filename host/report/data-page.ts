/** The page of a data set: classes, features, and an example of each class as what it is, a picture or curves. */
import type { DatasetSummary } from '../data/index.js';
import { drawing, type Html, html, WIDTH } from '../drawing/index.js';
import { count, decimals, significant } from '../ground/index.js';
import { type Shape, shapeName } from '../model/index.js';
import { renderDocument } from './document.js';

export interface DrawnExample {
  readonly label: string;
  /** Channels last. */
  readonly levels: Float64Array;
  readonly shape: Shape;
}

const CURVE_HEIGHT = 120;

export function renderDataPage(summary: DatasetSummary, examples: readonly DrawnExample[]): string {
  const { name, picture, inputs, training, test, classes, features, repeated, notes } = summary;
  return renderDocument(
    name,
    html`<main><h1>${name}</h1>
<p>${count(training)} training and ${count(test)} test examples of ${count(inputs)} inputs, ${shapeName(picture)};
${count(repeated)} test examples are in the training set too.</p>
${notes.length > 0 ? html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>` : undefined}
<section><h2>Classes</h2>${table(
      ['class', 'training', 'test'],
      classes.map((one) => [one.name, count(one.training), count(one.test)]),
    )}</section>
<section><h2>Examples</h2>${examples.map(exampleFigure)}</section>
<section><h2>Features</h2>${table(
      ['feature', 'least', 'greatest', 'step of 8 bits', 'spread in steps'],
      features.map((one) => [
        one.name,
        ...[one.least, one.greatest, one.step].map((value) => significant(value)),
        decimals(one.spread, 1),
      ]),
    )}</section></main>`,
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): Html {
  return html`<table><thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`;
}

function exampleFigure(example: DrawnExample): Html {
  const { label, shape } = example;
  const svg = shape.rows > 1 ? pictureOf(example) : curvesOf(example);
  return html`<figure>${svg}<figcaption>${label}</figcaption></figure>`;
}

function rangeOf(levels: Float64Array): readonly [number, number] {
  return levels.reduce(
    ([least, greatest], level) => [Math.min(least, level), Math.max(greatest, level)] as const,
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as readonly [number, number],
  );
}

/** A curve a channel, all on one scale. */
function curvesOf({ label, levels, shape: { channels, columns } }: DrawnExample): Html {
  const [least, greatest] = rangeOf(levels);
  const x = (column: number) => decimals((WIDTH * (column + 0.5)) / columns, 1);
  const y = (level: number) =>
    decimals(5 + ((CURVE_HEIGHT - 10) * (greatest - level)) / (greatest - least || 1), 1);
  const curves = Array.from({ length: channels }, (_, channel) => {
    const points = Array.from(
      { length: columns },
      (_, column) => `${x(column)},${y(levels[column * channels + channel])}`,
    );
    return html`<polyline points="${points.join(' ')}" fill="none" stroke="${COLOURS[channel % COLOURS.length]}"><title>channel ${channel}</title></polyline>`;
  });
  return drawing(`an example of ${label}`, CURVE_HEIGHT, curves);
}

/** Told apart by those who see few colours. */
const COLOURS = ['#1f66b0', '#bd5a00', '#1d7d5c', '#7a4a9e', '#7d8794', '#b3261e'];

/** A square a place: grey, or red, green and blue of three channels. */
function pictureOf({ label, levels, shape: { channels, rows, columns } }: DrawnExample): Html {
  const [least, greatest] = rangeOf(levels);
  const shade = (level: number) => Math.round((255 * (level - least)) / (greatest - least || 1));
  const side = Math.max(1, Math.floor(160 / Math.max(rows, columns)));
  const squares = Array.from({ length: rows * columns }, (_, place) => {
    const values = levels.subarray(place * channels, (place + 1) * channels);
    const mean = values.reduce((sum, level) => sum + level, 0) / channels;
    const [red, green, blue] = (channels === 3 ? [...values] : [mean, mean, mean]).map(shade);
    return html`<rect x="${side * (place % columns)}" y="${side * Math.floor(place / columns)}" width="${side}" height="${side}" fill="rgb(${red} ${green} ${blue})"/>`;
  });
  return drawing(`an example of ${label}`, side * rows, squares, side * columns);
}
