/** Work of our kernel a sample, phase by phase, how fast, and how far that is from what the machine can do. */
import { readPreset } from '#host/model/presets';
import { reachMoments } from '../ours/moments.js';
import { buildCounting, buildPeak, type Form, forms } from '../roofline/build.js';
import { type MeasuredWork, measureMoment, type WorkResult } from '../roofline/moment.js';
import { measurePeaks } from '../roofline/peaks.js';
import { overviewOf, peakTable, tableOf } from '../roofline/tables.js';
import { momentName, quickMoments, works } from '../works.js';
import type { Bench, Suite } from './suite.js';

const measuredWorks: readonly MeasuredWork[] = [
  ...works,
  { network: '784-500-10', preset: 'demo', overrides: {}, moments: [0, 1, 5], span: 50 },
  // Convolutions, and a dense network trained alike.
  ...['small', 'conv-tiny', 'conv-small', 'conv', 'conv-record'].map((preset) => ({
    ...{ network: String(readPreset(preset).values.network), preset, overrides: {} },
    ...{ moments: [0, 1], span: 50 },
  })),
];

export const roofline: Suite = {
  name: 'roofline',
  description: 'our multiply-accumulates and bytes a sample, by phase, against the machine’s peak',
  async run(bench) {
    const chosen = bench.quick ? forms.slice(0, 1) : forms;
    bench.say('roofline: building the kernel that counts');
    await buildPeak();
    for (const form of chosen) await buildCounting(form);
    bench.say('roofline: the machine’s peak');
    const peaks = measurePeaks();
    const results: WorkResult[] = [];
    for (const work of measuredWorks) results.push(await measureWork(work, chosen, bench));
    return {
      tables: [
        peakTable(peaks),
        ...results.map((result) => tableOf(result, peaks)),
        overviewOf(results, peaks),
      ],
      data: { peaks, results },
    };
  },
};

async function measureWork(work: MeasuredWork, chosen: readonly Form[], bench: Bench): Promise<WorkResult> {
  const { preset, overrides } = work;
  const say = (text: string) => bench.say(`roofline, ${preset}: ${text}`);
  const epochs = bench.quick ? quickMoments(work) : work.moments;
  const files = await reachMoments(preset, overrides, epochs, {
    onTrain: (moment) => say(`training for ${moment} epoch${moment === 1 ? '' : 's'}, once for this kernel`),
  });
  const moments: WorkResult['moments'][number][] = [];
  for (const form of chosen)
    for (const moment of epochs) {
      say(`${form} build, ${momentName(moment)}`);
      moments.push(await measureMoment(work, form, moment, files.get(moment), bench.quick));
    }
  return { work, moments };
}
