/** Figure 5: the nearest-neighbour rule's average change against the rate rule's. */
import { decimals } from '../../ground/index.js';
import type { Experiment } from '../experiment.js';
import { settingOf } from './simulation.js';
import { type Survey, survey, variations } from './surveyed.js';

/** Correlation of bins from which the rules agree, on average over samples. */
const AGREE = 0.9;

export const figure5: Experiment = {
  paper: 'stdp',
  name: 'figure-5',
  title: 'The two rules against each other',
  shows: 'the nearest-neighbour rule’s average change by the rate rule’s (its Figure 5), and single events',
  minutes: { quick: 1, full: 2 },
  async run(form, { seed, step }) {
    const base = settingOf(form, seed);
    const measured: { readonly name: string; readonly surveyed: Survey }[] = [];
    for (const { name, changes } of variations)
      measured.push({ name, surveyed: await survey({ ...base, ...changes }, name, step) });
    const agreeing = measured.filter(({ surveyed }) => (surveyed.correlations.bin ?? 0) >= AGREE);
    const [usual] = measured;
    const single = measured.map(({ surveyed }) => surveyed.correlations.event ?? 0);
    return {
      statement:
        'Averaged over samples that the rate rule changes by about the same amount, the nearest-neighbour rule’s change is proportional to it: the two agree closely (Figure 5).',
      verdict: `Correlation of bins ${decimals(usual.surveyed.correlations.bin, 3)} as drawn (the table’s first line), at least ${AGREE} in ${agreeing.length} of ${measured.length} settings. Averages agree, single spikes do not: per presynaptic spike the correlation is ${decimals(Math.min(...single))} to ${decimals(Math.max(...single))}.`,
      holds: agreeing.length === measured.length,
      panels: [
        {
          title: 'Both rules, by bins of the rate rule’s change',
          xLabel: 'rate rule: ṡ at the presynaptic spike',
          yLabel: 'nearest-neighbour rule: mean',
          curves: [
            {
              label: 'bins of at least 50 presynaptic spikes',
              colour: 'blue',
              marked: true,
              points: usual.surveyed.bins.map(({ x, y }) => [x, y] as const),
            },
          ],
        },
      ],
      tables: [
        {
          title: 'Correlation of the two rules’ changes',
          head: [
            'setting',
            'bins',
            'presynaptic spikes',
            'those with a neighbour on one side',
            'sums over a sequence',
          ],
          rows: measured.map(({ name, surveyed: { correlations } }) => [
            name,
            decimals(correlations.bin, 3),
            decimals(correlations.event, 3),
            decimals(correlations.changed, 3),
            decimals(correlations.sequence, 3),
          ]),
        },
      ],
    };
  },
};
