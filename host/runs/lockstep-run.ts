/** Verification as a run of its own: device, dense twin and reference over a few minibatches. */
import type { Dataset } from '../data/index.js';
import { UserError } from '../ground/index.js';
import type { Recipe } from '../model/index.js';
import { loadResult } from '../records/index.js';
import { openReference, requireFit, Trainer } from '../training/index.js';
import {
  type Alignment,
  compareParameters,
  cosine,
  requireAtMost,
  type StepComparison,
  VerificationError,
} from '../verification/index.js';
import type { ReplyOf } from '../wire/index.js';
import type { Bench } from './bench.js';
import { firstWeights, requireSameNetwork } from './first-weights.js';
import { type DeviceChoice, openBench } from './open-bench.js';

export interface Stage {
  readonly name: string;
  /** Root mean square and median, over the samples, of each sample's root mean square difference. */
  readonly rms: number;
  readonly median: number;
  /** Greatest absolute difference of any state. */
  readonly worst: number;
}

export interface LockstepOutcome {
  readonly deviceName: string;
  readonly samples: number;
  /** Replies found equal bit for bit. */
  readonly replies: number;
  /** Weights and biases read back from the device and found equal to the twin's. */
  readonly parameters: number;
  readonly stages: readonly Stage[];
  /** Between the contrasts of all minibatches together, one a connection: a minibatch with little to learn counts little; null where there was none. */
  readonly contrastCosines: readonly (number | null)[];
  readonly predictionsAgree: number;
  readonly elsewhere: number;
  /** The digest of the device's parameters at the end. */
  readonly digest: bigint;
  /** Bytes: of the arena, and of the stack as deep as it has been (0 of 0 where the device has none to tell of). */
  readonly memory: Readonly<Record<'needed' | 'arena' | 'stackUsed' | 'stackSize', number>>;
}

/**
 * Rejects with `VerificationError` at the first difference between device and twin.
 * @param from folder of the run with whose weights they begin; they are drawn if undefined
 */
export async function verifyLockstep(
  recipe: Recipe,
  dataset: Dataset,
  choice: DeviceChoice,
  minibatches: number,
  onProgress: (done: number) => void,
  from?: string,
): Promise<LockstepOutcome> {
  requireFit(recipe, dataset);
  const before = from === undefined ? undefined : loadResult(from);
  if (before) requireSameNetwork(before, recipe, dataset);
  const bench = await openBench(choice, recipe, { dense: true });
  const reference = openReference(recipe, dataset);
  const enough = new AbortController();
  const steps: StepComparison[] = [];
  try {
    const trainer = new Trainer({
      recipe,
      dataset,
      endpoint: bench.endpoint,
      tensors: bench.tensors,
      reference,
      shadow: false,
      compareEvery: 1,
      checkpointInterval: Number.POSITIVE_INFINITY,
      onProgress: () => undefined,
      onMetrics: () => undefined,
      onComparison: (comparison) => {
        steps.push(comparison);
        onProgress(steps.length);
        if (steps.length >= minibatches) enough.abort();
      },
      onCheckpoint: async () => undefined,
      signal: enough.signal,
    });
    await trainer.begin(before && firstWeights(before));
    await trainer.train();
    if (steps.length < minibatches)
      throw new UserError(
        `the recipe has ${steps.length} minibatches, ${minibatches} were asked for`,
        'ask for fewer, or for more epochs',
      );
    const parameters = await compareParameters(bench.link, await trainer.parameters());
    const { digest, needed, arena, stackUsed, stackSize } = await statisticsOf(bench, trainer);
    return {
      deviceName: bench.deviceName,
      replies: bench.endpoint.checked,
      parameters,
      ...summary(steps),
      digest,
      memory: { needed, arena, stackUsed, stackSize },
    };
  } finally {
    await Promise.all([bench.close(), reference.close()]);
  }
}

/** Asks the device for its statistics; a twin has nothing equal to most of them. Rejects where they cannot be true. */
async function statisticsOf({ link }: Bench, { position }: Trainer): Promise<ReplyOf<'statistics'>> {
  const statistics = await link.request('statistics', {});
  const { step, digest, needed, arena, stackUsed, stackSize } = statistics;
  if (step !== position.step)
    throw new VerificationError(`statistics: the device stands at step ${step}, not ${position.step}`);
  if (digest !== BigInt(`0x${position.digest}`))
    throw new VerificationError("statistics: the device's digest is not that of its last reply");
  if (arena !== link.device.arena)
    throw new VerificationError(`statistics: the arena is ${arena} bytes, hello said ${link.device.arena}`);
  requireAtMost("statistics: the device's needed", needed, arena);
  requireAtMost("statistics: the device's stackUsed", stackUsed, stackSize);
  return statistics;
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/**
 * @param perSample root mean square differences of the samples' states, one a sample
 * @param worsts greatest differences, one a minibatch
 */
function stage(name: string, perSample: readonly number[], worsts: readonly number[]): Stage {
  const worst = worsts.reduce((most, value) => Math.max(most, value), 0);
  return { name, rms: rootMeanSquare(perSample), median: median(perSample), worst };
}

function summary(steps: readonly StepComparison[]) {
  const samples = steps.reduce((sum, step) => sum + step.samples, 0);
  const total = (k: number, part: keyof Alignment) =>
    steps.reduce((sum, { contrasts }) => sum + contrasts[k][part], 0);
  const cosines = steps[0].contrasts.map((_, k) =>
    cosine({ ab: total(k, 'ab'), aa: total(k, 'aa'), bb: total(k, 'bb') }),
  );
  return {
    samples,
    stages: [
      stage(
        'free states',
        steps.flatMap(({ sampleRms }) => sampleRms),
        steps.map(({ stateWorst }) => stateWorst),
      ),
      stage(
        'nudged states',
        steps.flatMap(({ nudgedSampleRms }) => nudgedSampleRms),
        steps.map(({ nudgedWorst }) => nudgedWorst),
      ),
    ],
    contrastCosines: cosines,
    predictionsAgree: Math.round(steps.reduce((sum, step) => sum + step.predictionsAgree * step.samples, 0)),
    elsewhere: steps.reduce((sum, step) => sum + step.elsewhere, 0),
  };
}
