/** How a run stands, as a report tells it: all that its recipe, its log and its parameters say, without its data. */
import type { Preparation } from '../data/index.js';
import { hostVersion } from '../ground/index.js';
import {
  endsOf,
  type Formats,
  formatsOf,
  type Graph,
  type NetworkParameters,
  type Picture,
  type Recipe,
} from '../model/index.js';
import type { EpochMetrics, Evaluation, Position } from '../records/index.js';
import type { Compared, DriveHeadroom, EpochRecord, Headline, Kernels, ReportData } from '../report/index.js';
import type { LayerHeadroom } from '../verification/index.js';
import type { RunLog } from './run-log.js';

export interface Standing {
  readonly recipe: Recipe;
  readonly preset: string;
  /** The data set's name. */
  readonly dataset: string;
  readonly preparation: Preparation;
  readonly picture: Picture;
  readonly device: string;
  readonly kernel: string;
  readonly written: Date;
  readonly position: Position;
  readonly parameters: NetworkParameters;
  /** With the images' rows and columns. */
  readonly graph: Graph;
  readonly drives: readonly LayerHeadroom[];
  readonly evaluations: readonly Evaluation[];
  readonly samplesPerSecond?: number;
}

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

export function standingData(
  standing: Standing,
  { epochs, symptoms, compared, divergence }: RunLog,
): ReportData & { readonly drives: readonly DriveHeadroom[] } {
  const { recipe, device, position, parameters, graph, samplesPerSecond } = standing;
  const { connections } = graph;
  const formats = formatsOf(recipe);
  return {
    facts: {
      network: recipe.network,
      preset: standing.preset,
      dataset: standing.dataset,
      device: device === 'simulated' ? 'simulated device' : device,
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
      written: standing.written.toISOString(),
      duration: position.seconds,
      ...(samplesPerSecond !== undefined && { samplesPerSecond }),
      kernelHash: standing.kernel,
      hostVersion,
    },
    headline: headline(epochs.at(-1), standing.evaluations),
    checks: { repliesEqual: position.checked, replies: position.checked, referenceSteps: compared },
    ...standing.preparation,
    inputs: standing.picture,
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
    mistakes: [],
    drives: standing.drives.map(({ layer, bound, range }) => ({ layer: String(layer), bound, range })),
  };
}
