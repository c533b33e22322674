/** Runs of a kernel in this process, whose symptoms are watched: no device, no twin, no folder. */
import type { Dataset, Samples } from '#host/data/index';
import { EndpointTensors, type LoudName } from '#host/endpoint/index';
import { hostModule, Kernel } from '#host/kernel/index';
import { KernelEndpoint } from '#host/kernel/kernel-endpoint';
import { checkRecipe, formatsOf, type Recipe, randomKey, randomWord } from '#host/model/index';
import type { Metrics, SymptomMetrics } from '#host/records/index';
import { Trainer } from '#host/training/index';
import type { ReferenceThread } from '#host/verification/index';
import type { ReplyOf, RequestOf } from '#host/wire/index';

export interface Watched {
  readonly symptoms: readonly SymptomMetrics[];
  /** Percent, of the last epoch and of the test. */
  readonly trainingError: number;
  readonly testError: number;
}

/** A kernel that counts nothing: statistics are the link's. */
class Device extends KernelEndpoint {
  readonly checked = 0;

  override async request<N extends LoudName>(name: N, values: RequestOf<N>): Promise<ReplyOf<N>> {
    if (name === 'statistics') return { products: 0n } as unknown as ReplyOf<N>;
    return super.request(name, values);
  }
}

/** Trains to the recipe's end. @param interruptAt minibatches after which the run is taken up anew */
export async function watched(
  recipe: Recipe,
  dataset: Dataset,
  interruptAt: readonly number[] = [],
): Promise<Watched> {
  const metrics: Metrics[] = [];
  let before: Trainer | undefined;
  for (const end of [...interruptAt, Number.POSITIVE_INFINITY]) {
    const interruption = new AbortController();
    const endpoint = new Device(new Kernel(1 << 21, undefined, hostModule(formatsOf(recipe).storage)));
    const trainer: Trainer = new Trainer({
      recipe,
      dataset,
      endpoint,
      tensors: new EndpointTensors(endpoint),
      // Neither compares nor trains beside.
      reference: {} as ReferenceThread,
      shadow: false,
      compareEvery: 0,
      checkpointInterval: 60_000,
      onProgress: () => trainer.position.step >= end && interruption.abort(),
      onMetrics: (entry) => metrics.push(entry),
      onCheckpoint: async () => undefined,
      signal: interruption.signal,
    });
    if (before) await trainer.resume(before.position, await before.parameters());
    else await trainer.begin();
    await trainer.train();
    before = trainer;
  }
  const test = await before?.test();
  return {
    symptoms: metrics.filter((entry) => entry.kind === 'symptom'),
    trainingError: metrics.findLast((entry) => entry.kind === 'epoch')?.trainingError ?? Number.NaN,
    testError: test?.evaluations[0].error ?? Number.NaN,
  };
}

/** So many numbers of [0, 1), by their seed. */
function draws(seed: number): () => number {
  const key = randomKey(seed, 9, 0);
  let n = 0;
  return () => (randomWord(key, n++) >>> 0) / 2 ** 32;
}

/** Bell-shaped enough, of deviation 1. */
function noise(draw: () => number): number {
  return Math.sqrt(12 / 4) * (draw() + draw() + draw() + draw() - 2);
}

/** Vectors in as many classes. @param feature of an example, in bytes */
export function vectors(
  features: number,
  classes: number,
  training: number,
  feature: (label: number, at: number, draw: () => number) => number,
  labelOf = (label: number) => label,
): Dataset {
  const samples = (count: number, seed: number): Samples => {
    const draw = draws(seed);
    const labels = Uint8Array.from({ length: count }, () => Math.floor(classes * draw()));
    const images = Uint8Array.from({ length: count * features }, (_, i) =>
      Math.min(255, Math.max(0, Math.round(feature(labels[Math.floor(i / features)], i % features, draw)))),
    );
    return { count, images, labels: labels.map(labelOf) };
  };
  return {
    name: 'vectors',
    rows: 1,
    columns: features,
    pixels: features,
    classes,
    training: samples(training, 1),
    test: samples(100, 2),
  };
}

export const FEATURES = 300;

/** Waves of a sensor whose zero became mid-grey: a pitch a class. */
export function greyWaves(amplitude: number): Dataset {
  return vectors(FEATURES, 4, 960, (label, at, draw) => {
    const wave = Math.sin((2 * Math.PI * (label + 1) * at) / FEATURES);
    return 128 + amplitude * (wave + 0.15 * noise(draw));
  });
}

/** A bright quarter a class, of dark vectors: easily learnt. */
export function brightQuarters(features = 36, labelOf?: (label: number) => number): Dataset {
  const quarter = features / 4;
  return vectors(
    features,
    4,
    600,
    (label, at, draw) => (Math.floor(at / quarter) === label ? 90 : 0) + 150 * draw(),
    labelOf,
  );
}

export function recipeWith(changes: Readonly<Record<string, unknown>>): Recipe {
  const values = {
    network: '36-24-4',
    weights: 'Q1.14',
    states: 'Q3.12',
    'initial-scale': 0.5,
    'free-iterations': 12,
    'nudged-iterations': 6,
    beta: 0.3,
    rates: [0.1, 0.05],
    epochs: 3,
    minibatch: 20,
    training: '0..600',
  };
  return checkRecipe({ ...values, ...changes }, 'a recipe');
}
