/** Answers by class: which were taken for which, how far each can be relied on, and what was mistaken. */
import { type Html, html } from '../drawing/index.js';
import { count, percent } from '../ground/index.js';
import { lettersAbove, nameOf, shortName } from './class-name.js';
import type { Mistake, ReportData } from './data.js';
import { exampleGallery, exampleOf } from './examples.js';

const MOST_MISTAKES = 60;
const MOST_EXAMPLES = 30;
/**
 * Share of the ink of mistakes in a cell of the rarest and of the commonest confusion. With more, its number would not be
 * read in one of the page's two colourings.
 */
export const HEAT = { least: 0.08, most: 0.5 } as const;

type Confusion = NonNullable<ReportData['confusion']>;

export function mistakesSection(data: ReportData): Html | undefined {
  const { confusion } = data;
  const gallery = mistakeGallery(data);
  const tables =
    confusion && confusion.length > 0
      ? html`${confusionTable(data, confusion)}${classTable(data, confusion)}`
      : undefined;
  const examples = classGallery(data);
  if (!gallery && !tables && !examples) return undefined;
  return html`<section id="mistakes">
<h2>Classes and mistakes</h2>
<div class="mistakes">
${tables}${examples}${gallery}</div>
</section>
`;
}

function classGallery(data: ReportData): Html | undefined {
  const { examples = [], inputs, scaling } = data;
  if (examples.length === 0) return undefined;
  const shown = examples.slice(0, MOST_EXAMPLES);
  const some = shown.length < examples.length ? `, of ${shown.length} of ${count(examples.length)}` : '';
  const drawn = shown.map(({ image }) => exampleOf(inputs, scaling, image));
  return html`<div class="wide"><h3>Examples</h3>
<p class="note">The first training example of each class${some}.</p>
${exampleGallery(drawn, (i) => ({
  alt: `an example of ${nameOf(data, shown[i].label)}`,
  caption: shortName(data, shown[i].label),
}))}</div>
`;
}

function mistakeGallery(data: ReportData): Html | undefined {
  const { mistakes } = data;
  if (mistakes.length === 0) return undefined;
  const shown = mistakes.slice(0, MOST_MISTAKES);
  const shownOf =
    shown.length < mistakes.length ? `, ${shown.length} of ${count(mistakes.length)} shown` : '';
  return html`<div class="wide"><h3>Misclassified test examples</h3>
<p class="note">True class → answer${shownOf}.</p>
${answeredWrongly(data, 'test', shown)}</div>
`;
}

/**
 * Examples, and the classes that they were taken for.
 * @param set theirs, as it is told
 * @param shown one or more
 */
export function answeredWrongly(data: ReportData, set: string, shown: readonly Mistake[]): Html {
  const { inputs, scaling } = data;
  const name = (label: number) => shortName(data, label);
  const examples = shown.map(({ image }) => exampleOf(inputs, scaling, image));
  return exampleGallery(examples, (i) => {
    const { label, predicted, index } = shown[i];
    return {
      alt: `${set} example ${index}: ${nameOf(data, label)}, taken for ${nameOf(data, predicted)}`,
      caption: html`${name(label)} <span aria-hidden="true">→</span> <strong>${name(predicted)}</strong>`,
    };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The square root lets rare confusions be seen beside the commonest. */
function heatOf(value: number, most: number): string {
  return String(Math.round(100 * (HEAT.least + (HEAT.most - HEAT.least) * Math.sqrt(value / most))));
}

function confusionTable(data: ReportData, confusion: Confusion): Html {
  const most = confusion
    .flatMap((row, label) => row.filter((_, predicted) => predicted !== label))
    .reduce((greatest, value) => Math.max(greatest, value), 1);
  const body = confusion.map((row, label) => {
    const cells = row.map((value, predicted) => {
      if (predicted === label) return html`<td class="right">${count(value)}</td>`;
      if (value === 0) return html`<td class="none">·</td>`;
      return html`<td style="--heat:${heatOf(value, most)}%">${count(value)}</td>`;
    });
    return html`<tr><th scope="row">${shortName(data, label)}</th>${cells}</tr>\n`;
  });
  return html`<div><h3>Confusions</h3>
<p class="note">Rows: true class. Columns: answer.</p>
<div class="scroll" tabindex="0"><table class="confusion">
<thead><tr><td></td>${confusion.map((_, predicted) => html`<th scope="col">${shortName(data, predicted, lettersAbove(confusion.length))}</th>`)}</tr></thead>
<tbody>
${body}</tbody></table></div></div>
`;
}

/** A share of nothing is none. */
function shareOf(part: number, whole: number): string {
  return percent(whole > 0 ? part / whole : undefined);
}

function classTable(data: ReportData, confusion: Confusion): Html {
  const rows = confusion.map((row, label) => {
    const [right, examples] = [row[label], sum(row)];
    const answers = sum(confusion.map((line) => line[label]));
    return html`<tr><th scope="row">${shortName(data, label)}</th><td>${count(examples)}</td><td>${shareOf(right, examples)}</td><td>${count(answers)}</td><td>${shareOf(right, answers)}</td></tr>\n`;
  });
  const heads = ['class', 'examples', 'recall', 'answers', 'precision'];
  return html`<div><h3>Classes</h3>
<p class="note">Recall: the share of a class’s examples that are answered so. Precision: the share of such answers that are right.</p>
<div class="scroll" tabindex="0"><table class="narrow classes">
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table></div></div>
`;
}
