import { type Html, html } from '../drawing/index.js';
import { capital, count } from '../ground/index.js';
import type { ReportData } from './data.js';

/** Signs that the run did not learn; nothing where there are none. */
export function symptomsSection({ symptoms = [] }: ReportData): Html | undefined {
  if (symptoms.length === 0) return undefined;
  return html`<section id="symptoms">
<h2>Signs that this run does not learn</h2>
<ul class="symptoms">
${symptoms.map(
  ({ step, seen, cause, remedy }) =>
    html`<li><strong>${capital(seen)}.</strong> The cause: ${cause}. Try <code>${remedy}</code>. <span class="note">Seen at minibatch ${count(step)}.</span></li>\n`,
)}</ul>
</section>
`;
}
