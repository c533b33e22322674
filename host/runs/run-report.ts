/** A run's report, from its log, its parameters and its last evaluation. */

import { firstOfEach, preparationOf } from '../data/index.js';
import { kernelName } from '../kernel/index.js';
import { formatsOf, pictureOf } from '../model/index.js';
import type { Mistake, ReportData } from '../report/index.js';
import { renderReport } from '../report/index.js';
import { realParameters } from '../training/index.js';
import type { RunResult } from './conduct.js';
import { learntBy } from './learnt.js';
import { readLog } from './run-log.js';
import { settleExamples } from './settling.js';
import { standingData } from './standing.js';

/** Misclassified test examples and how often each class was taken for each. */
function mistakes(result: RunResult): Pick<ReportData, 'mistakes' | 'confusion'> {
  const { dataset } = result.start;
  const { images, labels } = dataset.test;
  const predictions = result.test?.predictions ?? new Uint8Array(0);
  const outputs = predictions.reduce((most, predicted) => Math.max(most, predicted + 1), dataset.classes);
  const confusion = Array.from({ length: outputs }, () => new Array<number>(outputs).fill(0));
  const wrong: Mistake[] = [];
  predictions.forEach((predicted, index) => {
    const label = labels[index];
    confusion[label][predicted]++;
    if (predicted === label) return;
    const image = images.subarray(index * dataset.pixels, (index + 1) * dataset.pixels);
    wrong.push({ image, label, predicted, index });
  });
  return { mistakes: wrong, ...(predictions.length > 0 && { confusion }) };
}

export function reportData(result: RunResult, log = readLog(result.folder)): ReportData {
  const { start, position, parameters, samplesPerSecond, graph } = result;
  const { recipe, dataset, hello, deviceName } = start;
  const formats = formatsOf(recipe);
  const examples = settleExamples(
    recipe,
    graph,
    formats,
    realParameters(parameters, formats, graph),
    dataset,
  );
  const learnt = learntBy(result, log.epochs.at(-1));
  const { drives, ...told } = standingData(
    {
      recipe,
      preset: result.preset,
      dataset: dataset.name,
      preparation: preparationOf(dataset),
      picture: pictureOf(dataset),
      device: deviceName,
      kernel: kernelName(hello.kernel),
      written: new Date(),
      position,
      parameters,
      graph,
      drives: result.drives,
      evaluations: result.test?.evaluations ?? [],
      ...(samplesPerSecond !== undefined && { samplesPerSecond }),
    },
    log,
  );
  return {
    ...told,
    ...(learnt && { learnt }),
    ...(examples?.settling && { settling: examples.settling }),
    examples: firstOfEach(dataset),
    ...mistakes(result),
    drives: drives.map((drive, k) => ({ ...drive, ...(examples && { occupancy: examples.occupancies[k] }) })),
  };
}

/**
 * Writes the report into the run's folder; returns its path.
 * @param log the run's, where it has been read already
 */
export function writeRunReport(result: RunResult, log = readLog(result.folder)): string {
  return result.folder.writeReport(renderReport(reportData(result, log)));
}
