/** The first card: what was learnt, beside chance and beside a linear classifier. */
import { type Html, html } from '../drawing/index.js';
import { capital, count, difference, percent, several } from '../ground/index.js';
import { card } from './card.js';
import { shortName } from './class-name.js';
import type { Compared, Learnt, ReportData } from './data.js';

export function learntCard(data: ReportData): Html {
  const { learnt } = data;
  if (!learnt)
    return card('Learnt', 'so far', '–', 'No minibatch was trained on: there is no answer to judge by.');
  const { set, start, samples, error, chance, linear } = learnt;
  const lines = [
    html`<strong>${verdict(learnt)}</strong>`,
    html`chance ${percent(chance.error)} (always ${shortName(data, chance.label)})`,
    linear &&
      html`linear classifier ${percent(linear.error)}${linear.examples < linear.of ? ` (of ${count(linear.examples)} of the ${count(linear.of)} training examples)` : ''}`,
    referenceOf(error),
    html`${several(samples, `${set} example`)}${set === 'training' ? ', answered while they were learnt: no others were asked' : ''}`,
  ];
  return card(
    `${capital(set)} error`,
    set === 'training' ? 'so far' : `${start} start`,
    percent(error.device),
    lines.filter((line) => line !== undefined).map((line) => html`<span>${line}</span>`),
    `learnt ${learnt.isBetterThanChance ? 'good' : 'bad'}`,
  );
}

/** The reference's error, where there is one, and how far the device's is from it. */
export function referenceOf({ device, reference }: Compared): Html | undefined {
  if (reference === undefined) return undefined;
  return html`reference ${percent(reference)} <span class="delta">(${difference(100 * (device - reference))})</span>`;
}

function verdict({ isBetterThanChance, chance, samples, linear }: Learnt): string {
  if (chance.error === 0) return `Nothing can be told: all ${count(samples)} examples are of one class.`;
  if (!isBetterThanChance) return 'At chance: nothing shows that anything was learnt.';
  switch (linear?.network) {
    case 'better':
      return 'Learnt: better than chance, and than a linear classifier.';
    case 'alike':
      return 'Learnt: better than chance, no better than a linear classifier.';
    case 'worse':
      return 'Better than chance, but a linear classifier does better.';
    default:
      return 'Learnt: better than chance.';
  }
}
