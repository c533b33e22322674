/** The suite's results as text. */

import { brief, percent, type ResultTable } from '../tables.js';
import { momentName } from '../works.js';
import type { MomentResult, PhaseResult, WorkResult } from './moment.js';
import { type Peaks, peakSizes } from './peaks.js';
import { type Phase, phaseNames } from './phases.js';

const shown = Object.keys(phaseNames) as Phase[];

export function peakTable(peaks: Peaks): ResultTable {
  const row = (name: string, { cached, streamed }: Peaks['host']) => [name, brief(cached), brief(streamed)];
  return {
    title: 'The machine’s peak: billions of 16-bit multiply-accumulates a CPU-second, one thread',
    head: ['', `over ${peakSizes.cached / 2 ** 10} KiB`, `over ${peakSizes.streamed / 2 ** 20} MiB`],
    rows: [
      row('portable: one element at a time', peaks.portable),
      row('host: i32x4.dot_i16x8_s', peaks.host),
    ],
    notes: ['one factor held, the other loaded; two bytes a product: GB/s are twice these'],
  };
}

/** The host's build, phase by phase. */
export function tableOf({ work, moments }: WorkResult, peaks: Peaks): ResultTable {
  const own = moments.filter(({ form }) => form === 'host');
  return {
    title: `${work.network}, ${work.preset}: work of a training sample, host build`,
    head: [
      'moment',
      'phase',
      'kMAC',
      'of dense',
      'KB of matrices',
      'µs',
      'of the time',
      'GMAC/s',
      'GB/s',
      'of the peak',
    ],
    rows: own.flatMap((moment) => {
      const total = totalOf(moment);
      const name = momentName(moment.epochs);
      const row = (label: string, first: string, phase: PhaseResult) =>
        rowOf(label, first, phase, total, peaks);
      return [
        ...shown.map((phase, n) => row(phaseNames[phase], n === 0 ? name : '', moment.phases[phase])),
        row('all', '', total),
      ];
    }),
    notes: [
      `the build that counts: ${own.map(({ countingSpeed }) => percent(countingSpeed)).join(', ')} of the speed of the one that does not, whose time this is`,
    ],
  };
}

function rowOf(
  label: string,
  moment: string,
  phase: PhaseResult,
  total: PhaseResult,
  peaks: Peaks,
): readonly string[] {
  const speed = speedOf(phase);
  const computes = operationsOf(phase) > 0;
  return [
    moment,
    label,
    computes ? brief(operationsOf(phase) / 1e3) : '',
    phase.dense > 0 ? percent(operationsOf(phase) / phase.dense) : '',
    computes ? brief(phase.bytes / 1e3) : '',
    brief(phase.seconds * 1e6),
    percent(phase.seconds / total.seconds),
    computes ? brief(speed) : '',
    computes ? brief(phase.bytes / phase.seconds / 1e9) : '',
    computes ? percent(speed / peaks.host.cached) : '',
  ];
}

/** Both builds, each against its own peak. */
export function overviewOf(results: readonly WorkResult[], peaks: Peaks): ResultTable {
  return {
    title: 'All phases together, each build against its own peak',
    head: [
      'network',
      'preset',
      'moment',
      'build',
      'samples/s',
      'kMAC',
      'of dense',
      'GMAC/s',
      'of the peak',
      'dense GMAC/s',
    ],
    rows: results.flatMap(({ work, moments }) =>
      moments.map((moment) => {
        const total = totalOf(moment);
        return [
          work.network,
          work.preset,
          momentName(moment.epochs),
          moment.form,
          brief(moment.samplesPerCpuSecond),
          brief(operationsOf(total) / 1e3),
          percent(operationsOf(total) / total.dense),
          brief(speedOf(total)),
          percent(speedOf(total) / peaks[moment.form].cached),
          brief(total.dense / total.seconds / 1e9),
        ];
      }),
    ),
    notes: [
      'dense GMAC/s: what a program that does every iteration in full would have to reach to be as fast',
    ],
  };
}

function totalOf({ phases }: MomentResult): PhaseResult {
  const sum = (what: keyof PhaseResult) =>
    Object.values(phases).reduce((total, phase) => total + phase[what], 0);
  return {
    products: sum('products'),
    changes: sum('changes'),
    bytes: sum('bytes'),
    dense: sum('dense'),
    seconds: sum('seconds'),
  };
}

function operationsOf({ products, changes }: PhaseResult): number {
  return products + changes;
}

/** Billions a second. */
function speedOf(phase: PhaseResult): number {
  return operationsOf(phase) / phase.seconds / 1e9;
}
