import { type Html, html } from '../drawing/index.js';
import { count, percent } from '../ground/index.js';
import type { Mistake, ReportData } from './data.js';
import { gallery, sprite } from './sprite.js';

const MOST_MISTAKES = 60;

export function mistakesSection(data: ReportData): Html | undefined {
  const pictures = mistakeGallery(data);
  const matrix = confusionTable(data.confusion);
  if (!pictures && !matrix) return undefined;
  return html`<section id="mistakes">
<h2>Mistakes</h2>
<div class="mistakes">
${pictures}${matrix}</div>
</section>
`;
}

function mistakeGallery({ mistakes, picture }: ReportData): Html | undefined {
  if (mistakes.length === 0 || !picture) return undefined;
  const shown = mistakes.slice(0, MOST_MISTAKES);
  const { rows, columns } = picture;
  // Ink on paper: the data's zero is the background.
  const cells = shown.map(({ image }) => image.map((value) => 255 - value));
  const describe = ({ label, predicted, index }: Mistake) => ({
    alt: `test image ${index}: a ${label}, taken for a ${predicted}`,
    caption: html`${label} <span aria-hidden="true">→</span> <strong>${predicted}</strong>`,
  });
  const shownOf =
    shown.length < mistakes.length ? `, ${shown.length} of ${count(mistakes.length)} shown` : '';
  return html`<div><h3>Misclassified test images</h3>
<p class="note">True class → answer${shownOf}.</p>
${gallery(sprite(cells, rows, columns), shown.length, 'digits', (i) => describe(shown[i]))}</div>
`;
}

function confusionTable(confusion: ReportData['confusion']): Html | undefined {
  if (!confusion || confusion.length === 0) return undefined;
  const wrong = confusion.map((row, label) => row.filter((_, predicted) => predicted !== label));
  const most = Math.max(1, ...wrong.flat());
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const body = confusion.map((row, label) => {
    const total = sum(row);
    const cells = row.map((value, predicted) => {
      if (predicted === label) return html`<td class="right">${count(value)}</td>`;
      if (value === 0) return html`<td class="none">·</td>`;
      // The square root lets rare confusions be seen beside the commonest.
      const heat = Math.round(10 + 60 * Math.sqrt(value / most));
      return html`<td style="--heat:${heat}%">${count(value)}</td>`;
    });
    const share = percent(total > 0 ? sum(wrong[label]) / total : undefined);
    return html`<tr><th scope="row">${label}</th>${cells}<td class="share">${share}</td></tr>\n`;
  });
  return html`<div><h3>Confusions</h3>
<p class="note">Rows: true class. Columns: answer. The last column is the class’s error.</p>
<div class="scroll" tabindex="0"><table class="confusion">
<thead><tr><td></td>${confusion.map((_, predicted) => html`<th scope="col">${predicted}</th>`)}<th scope="col">error</th></tr></thead>
<tbody>
${body}</tbody></table></div></div>
`;
}
