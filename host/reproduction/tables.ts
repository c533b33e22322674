/** Tables as data, for the terminal, for Markdown and for a page. */
import { type Html, html } from '../drawing/index.js';

export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function markdownTable({ head, rows }: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function htmlTable({ title, head, rows }: Table): Html {
  const [first, ...others] = head;
  return html`<h3>${title}</h3>
<div class="scroll"><table class="narrow">
<thead><tr><th>${first}</th>${others.map((cell) => html`<th>${cell}</th>`)}</tr></thead>
<tbody>
${rows.map(([name, ...cells]) => html`<tr><th>${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody>
</table></div>
`;
}
