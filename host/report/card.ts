import { type Content, type Html, html } from '../drawing/index.js';

/** One result of a run, among others in a list. */
export function card(label: string, note: string, value: Content, below: Content, state = ''): Html {
  return html`<div class="card ${state}"><dt>${label} <span>${note}</span></dt><dd class="value">${value}</dd><dd class="below">${below}</dd></div>
`;
}
