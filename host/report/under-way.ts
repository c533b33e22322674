/** A run as it goes: how far it is, its answers and its line, between two lines of its log. */
import { type Content, type Html, html } from '../drawing/index.js';
import { capital, count, decimals, memory, percent, significant } from '../ground/index.js';
import { card } from './card.js';
import { type Charts, figureGrid, type Series } from './charts.js';
import type { ReportData, UnderWay } from './data.js';
import { answeredWrongly } from './mistakes.js';

/** Nothing of a run that is over. */
export function underWaySection(data: ReportData, charts: Charts): Html | undefined {
  const { underWay } = data;
  if (!underWay) return undefined;
  const { done, total, stretches, missed } = underWay;
  const shown = cards(underWay);
  return html`<section id="under-way">
<h2>Under way</h2>
<p class="lead">${capital(sentence(data, underWay))}.</p>
<progress max="${Math.max(total, 1)}" value="${done}" aria-label="Examples of the ${underWay.phase === 'training' ? 'epoch' : underWay.phase}">${percent(done / Math.max(total, 1))}</progress>
${shown.length > 0 ? html`<dl class="cards">\n${shown}</dl>` : ''}
${stretches.length > 1 ? figureGrid(figures(underWay, charts)) : ''}
${missed.length > 0 ? missedGallery(data, missed) : ''}</section>
`;
}

/** Tells in few words what a run does. */
export function sentence(
  { facts }: ReportData,
  { isRunning, phase, epoch, done, total, wrong }: UnderWay,
): string {
  const what = phase === 'training' ? `epoch ${count(epoch)} of ${count(facts.epochs)}` : phase;
  const error = done > 0 ? `, error ${percent(wrong / done)} so far` : '';
  const state = isRunning ? '' : 'nobody trains it now: it stood at ';
  return `${state}${what}, ${count(done)} of ${count(total)} examples${error}`;
}

function cards({ line, stretches }: UnderWay): readonly Content[] {
  const last = stretches.at(-1);
  return [
    ...(last
      ? [
          card('Error', 'latest examples', percent(last.error), `cost ${significant(last.cost)}`),
          card(
            'Iterations',
            'free',
            decimals(last.freeIterations, 1),
            `nudged ${decimals(last.nudgedIterations, 1)}`,
          ),
        ]
      : []),
    ...(line ? lineCards(line) : []),
  ];
}

function lineCards(line: NonNullable<UnderWay['line']>): readonly Content[] {
  const lost = line.resent + line.damaged;
  return [
    card(
      'Line',
      'both ways',
      memory(line.bytesSent + line.bytesReceived),
      html`${memory(line.bytesSent)} sent, ${memory(line.bytesReceived)} received`,
    ),
    card(
      'Losses',
      'on the line',
      lost === 0 ? 'none' : count(lost),
      html`${count(line.resent)} frames sent again, ${count(line.damaged)} damaged`,
    ),
  ];
}

function figures({ stretches }: UnderWay, charts: Charts): readonly Html[] {
  const x = stretches.map(({ step }) => step);
  const shared = { kind: 'lines', xLabel: 'minibatch', x, scale: 'zero' } as const;
  const curve = (label: string, colour: Series['colour'], of: (n: number) => number): Series => ({
    label,
    colour,
    values: stretches.map((_, n) => of(n)),
  });
  return [
    charts.figure(
      { ...shared, unit: 'percent', series: [curve('error', 'blue', (n) => stretches[n].error)] },
      {
        title: 'Error as it goes',
        caption: 'Wrong answers to training examples, before each was learnt from.',
      },
    ),
    charts.figure(
      { ...shared, unit: 'number', series: [curve('cost', 'blue', (n) => stretches[n].cost)] },
      {
        title: 'Cost as it goes',
        caption: 'How far the free output is from its target, mean of an example.',
      },
    ),
    charts.figure(
      {
        ...shared,
        unit: 'number',
        series: [
          curve('free', 'blue', (n) => stretches[n].freeIterations),
          curve('nudged', 'orange', (n) => stretches[n].nudgedIterations),
        ],
      },
      { title: 'Iterations as they go', caption: 'Of a phase, mean of an example.' },
    ),
  ];
}

function missedGallery(data: ReportData, missed: UnderWay['missed']): Html {
  return html`<h3>Answered wrongly</h3>
<p class="note">The latest training examples that were answered wrongly, before they were learnt from, the newest first. True class → answer.</p>
${answeredWrongly(data, 'training', missed)}
`;
}
