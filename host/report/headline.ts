/** The head of the page: what ran, how well, and whether it can be trusted; and the run's facts. */

import { type Content, type Html, html } from '../drawing/index.js';
import { capital, count, duration, percent, several, significant, time } from '../ground/index.js';
import { card } from './card.js';
import type { Facts, ReportData } from './data.js';
import { learntCard, referenceOf } from './learnt.js';

export function header({ facts }: ReportData): Html {
  const subtitle = [facts.preset, facts.dataset, several(facts.epochs, 'epoch')];
  return html`<header>
<p class="kicker">Equilibrium propagation in integer arithmetic</p>
<h1>${facts.network} <span>on ${facts.device}</span></h1>
<p class="subtitle">${subtitle.filter((part) => part !== undefined && part !== '').join(' · ')} · <time datetime="${facts.written}">${time(facts.written)}</time></p>
</header>
`;
}

/** The errors of a run's end, but for the one that its first card tells. */
function errorCards({ headline, learnt }: ReportData): readonly Html[] {
  const errors = [
    ['test', 'zero', headline.testErrorZeroStart],
    ['validation', 'zero', headline.validationErrorZeroStart],
    ['validation', 'persistent', headline.validationErrorPersistent],
    ['training', undefined, headline.trainingError],
  ] as const;
  return errors.flatMap(([set, start, error]) => {
    if (!error || (learnt?.set === set && (!start || learnt.start === start))) return [];
    const note = start ? `${start} start` : 'last epoch';
    return [card(`${capital(set)} error`, note, percent(error.device), referenceOf(error))];
  });
}

function speedCard({ samplesPerSecond, duration: seconds }: Facts): Html {
  if (samplesPerSecond === undefined) return card('Time', 'in all', duration(seconds), '');
  const speed = html`${significant(samplesPerSecond)}<small> examples/s</small>`;
  return card('Speed', 'training', speed, `${duration(seconds)} in all`);
}

export function headlineSection(data: ReportData): Html {
  const { headline, checks, facts, learnt } = data;
  const { replies, repliesEqual, referenceSteps } = checks;
  const differing = replies - repliesEqual;
  const compared = referenceSteps > 0 ? `${several(referenceSteps, 'step')} held against float64` : '';
  const bits =
    replies === 0
      ? undefined
      : card(
          'Replies compared',
          'bit for bit',
          differing === 0 ? 'all equal' : `${count(differing)} differ`,
          html`${count(repliesEqual)} of ${count(replies)}${compared ? html`<br>${compared}` : ''}`,
          differing === 0 ? 'good' : 'bad',
        );
  return html`<section id="result" aria-label="Result">
<dl class="cards">
${learnt || data.epochs.length === 0 ? learntCard(data) : ''}${bits}${errorCards(data)}${speedCard(facts)}</dl>
${headline.validationErrorPersistent ? html`<p class="note">Persistent start: from each example’s last free state, as in the 2016 paper. It flatters; a zero start is what a fresh image gets.</p>` : ''}
</section>
`;
}

export function factsSection({ facts, underWay }: ReportData): Html {
  const rows: [string, Content][] = [
    ['network', facts.network],
    ['preset', facts.preset],
    ['data set', facts.dataset],
    ['device', facts.device],
    ['weights', facts.weightFormat],
    ['states', facts.stateFormat],
    ['relaxation', facts.relaxation],
    ['nudging', facts.nudging],
    ['feedback', facts.feedback],
    ['rule', facts.rule],
    ['noise', facts.noise],
    ['nudge margin', facts.margin === undefined ? undefined : significant(facts.margin, 6)],
    ['β', significant(facts.beta, 6)],
    ['rates', facts.rates.map((rate) => significant(rate, 6)).join(', ')],
    ['epochs', count(facts.epochs)],
    ['seed', String(facts.seed)],
    [underWay ? 'as it stood' : 'report written', time(facts.written)],
    ['time in all', duration(facts.duration)],
    [
      'speed',
      facts.samplesPerSecond === undefined ? undefined : `${significant(facts.samplesPerSecond)} examples/s`,
    ],
    ['kernel', html`<code>${facts.kernelHash}</code>`],
    ['eqprop', facts.hostVersion],
  ];
  const shown = rows.filter(([, value]) => value !== undefined && value !== '');
  return html`<section id="run">
<h2>The run</h2>
<dl class="facts">
${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
</section>
`;
}
