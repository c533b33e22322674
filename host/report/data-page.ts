/** The page of a data set: classes, features, and an example of each class. */
import type { DatasetSummary } from '../data/index.js';
import { drawingStyle, Html, html } from '../drawing/index.js';
import { count, decimals, excerpt, significant } from '../ground/index.js';
import { shapeName } from '../model/index.js';
import { renderDocument } from './document.js';
import { type DrawnExample, exampleGallery } from './examples.js';

/** An example of a class, by its name. */
export interface ClassExample extends DrawnExample {
  readonly label: string;
}

/** @param examples one or more */
export function renderDataPage(summary: DatasetSummary, examples: readonly ClassExample[]): string {
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
<section><h2>Examples</h2>${exampleGallery(examples, (i) => ({
      alt: `an example of ${excerpt(examples[i].label)}`,
      caption: excerpt(examples[i].label),
    }))}</section>
<section><h2>Features</h2>${table(
      ['feature', 'least', 'greatest', 'step of 8 bits', 'spread in steps'],
      features.map((one) => [
        one.name,
        ...[one.least, one.greatest, one.step].map((value) => significant(value)),
        decimals(one.spread, 1),
      ]),
    )}</section></main>`,
    new Html(drawingStyle),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): Html {
  return html`<table><thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(([name, ...cells]) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`;
}
