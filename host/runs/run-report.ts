/** A run's report, from its log, its parameters and its last evaluation. */

import { firstOfEach, preparationOf } from '../data/index.js';
import { hostVersion } from '../ground/index.js';
import { kernelName } from '../kernel/index.js';
import {
  endsOf,
  type Formats,
  formatsOf,
  type Graph,
  type NetworkParameters,
  pictureOf,
} from '../model/index.js';
import type { EpochMetrics, Evaluation } from '../records/index.js';
import type { Compared, EpochRecord, Headline, Kernels, Mistake, ReportData } from '../report/index.js';
import { renderReport } from '../report/index.js';
import { realParameters } from '../training/index.js';
import type { RunResult } from './conduct.js';
import { learntBy } from './learnt.js';
import { readLog } from './run-log.js';
import { settleExamples } from './settling.js';

function share(percent: number, reference: number | undefined): Compared {
  return { device: percent / 100, ...(reference !== undefined && { reference: reference / 100 }) };
}

function epochRecord(metrics: EpochMetrics): EpochRecord {
  const { validation, referenceTrainingError } = metrics;
  const persistent = validation?.start === 'persistent';
  return {
    epoch: metrics.epoch,
    trainingError: metrics.trainingError / 100,
    ...(referenceTrainingError !== undefined && { referenceTrainingError: referenceTrainingError / 100 }),
    ...(validation && {
      [persistent ? 'validationErrorPersistent' : 'validationErrorZeroStart']: validation.error / 100,
    }),
    ...(validation?.referenceError !== undefined && {
      [persistent ? 'referenceValidationErrorPersistent' : 'referenceValidationErrorZeroStart']:
        validation.referenceError / 100,
    }),
    cost: metrics.cost,
    freeIterations: metrics.freeIterations,
    nudgedIterations: metrics.nudgedIterations,
    saturations: metrics.saturations,
    unsettledShare: metrics.unsettled,
    ...(metrics.nudged !== undefined && { nudgedShare: metrics.nudged }),
  };
}

function headline(last: EpochMetrics | undefined, evaluations: readonly Evaluation[]): Headline {
  const of = (set: Evaluation['set'], start: Evaluation['start']) =>
    evaluations.find((entry) => entry.set === set && entry.start === start);
  const named = [
    ['validationErrorPersistent', of('validation', 'persistent')],
    ['validationErrorZeroStart', of('validation', 'zero')],
    ['testErrorZeroStart', of('test', 'zero')],
  ] as const;
  return {
    ...(last && { trainingError: share(last.trainingError, last.referenceTrainingError) }),
    ...Object.fromEntries(
      named.flatMap(([name, entry]) => (entry ? [[name, share(entry.error, entry.referenceError)]] : [])),
    ),
  };
}

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

/** The weights from each input to each unit of the first layer that the input reaches, unless that is by a convolution. */
function fieldsOf(
  { layers, connections }: Graph,
  { weights }: NetworkParameters,
  formats: Formats,
): Pick<ReportData, 'fields'> {
  // Nothing begins at an image that pulls: the input is the layer behind it.
  const input = connections.some(({ pre }) => pre === 0) ? 0 : 1;
  const k = connections.findIndex(({ pre }) => pre === input);
  const { post, map, kind } = connections[k];
  if (kind === 'convolution') return {};
  const { fraction } = formats.weights[k];
  const [pixels, units] = [layers[input].units, layers[post].units];
  const values = Int32Array.from({ length: pixels * units }, (_, at) => {
    const element = map.element(Math.floor(at / units), at % units);
    return element < 0 ? 0 : weights[k][element];
  });
  return { fields: { values, fraction, isOutput: post === layers.length - 1 } };
}

function kernelsOf(
  { layers, connections }: Graph,
  { weights }: NetworkParameters,
  formats: Formats,
): readonly Kernels[] {
  return connections.flatMap((connection, k): readonly Kernels[] => {
    const { kind, pre, post, words } = connection;
    if (kind !== 'convolution') return [];
    const [from, to] = [layers[pre].shape.channels, layers[post].shape.channels];
    const { fraction } = formats.weights[k];
    const name = `Layer ${endsOf(connection)}`;
    return [{ name, side: words.side, from, to, values: weights[k], fraction }];
  });
}

export function reportData(result: RunResult, log = readLog(result.folder)): ReportData {
  const { start, position, parameters, samplesPerSecond } = result;
  const { recipe, dataset, hello, deviceName } = start;
  const { epochs, symptoms, compared, divergence } = log;
  const formats = formatsOf(recipe);
  const { graph } = result;
  const { connections } = graph;
  const examples = settleExamples(
    recipe,
    graph,
    formats,
    realParameters(parameters, formats, graph),
    dataset,
  );
  const learnt = learntBy(result, epochs.at(-1));
  return {
    facts: {
      network: recipe.network,
      preset: result.preset,
      dataset: dataset.name,
      device: deviceName === 'simulated' ? 'simulated device' : deviceName,
      weightFormat: recipe.weights,
      stateFormat: recipe.states,
      relaxation: recipe.relaxation,
      nudging: recipe.nudging,
      ...(recipe.feedback !== 'tied' && { feedback: recipe.feedback }),
      ...(recipe.rule && { rule: recipe.rule }),
      ...(recipe.noise !== 'none' && {
        noise: `${recipe.noise} of level ${recipe['noise-level']}, ${recipe['noise-phases']} in nudged phases`,
      }),
      ...(recipe['nudge-margin'] > 0 && { margin: recipe['nudge-margin'] }),
      beta: recipe.beta,
      rates: recipe.rates,
      seed: recipe.seed,
      epochs: recipe.epochs,
      written: new Date().toISOString(),
      duration: position.seconds,
      ...(samplesPerSecond !== undefined && { samplesPerSecond }),
      kernelHash: kernelName(hello.kernel),
      hostVersion,
    },
    ...(learnt && { learnt }),
    headline: headline(epochs.at(-1), result.test?.evaluations ?? []),
    checks: { repliesEqual: position.checked, replies: position.checked, referenceSteps: compared },
    ...preparationOf(dataset),
    inputs: pictureOf(dataset),
    symptoms,
    epochs: epochs.map(epochRecord),
    divergence,
    weights: parameters.weights.map((values, k) => ({
      name: `layer ${endsOf(connections[k])}`,
      format: formats.weights[k].name,
      values,
      fraction: formats.weights[k].fraction,
    })),
    biases: parameters.biases.map((values, k) => ({
      name: `layer ${k + 1}`,
      format: formats.biases.name,
      values: graph.layers[k + 1].isCentred ? values.subarray(0, graph.layers[k + 1].units) : values,
      fraction: formats.biases.fraction,
    })),
    ...fieldsOf(graph, parameters, formats),
    kernels: kernelsOf(graph, parameters, formats),
    ...(examples?.settling && { settling: examples.settling }),
    examples: firstOfEach(dataset),
    ...mistakes(result),
    drives: result.drives.map(({ layer, bound, range }) => ({
      layer: String(layer),
      bound,
      range,
      ...(examples && { occupancy: examples.occupancies[layer - 1] }),
    })),
  };
}

/**
 * Writes the report into the run's folder; returns its path.
 * @param log the run's, where it has been read already
 */
export function writeRunReport(result: RunResult, log = readLog(result.folder)): string {
  return result.folder.writeReport(renderReport(reportData(result, log)));
}
