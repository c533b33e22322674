/**
 * How a run stands between two checkpoints, in a file of its folder for whoever looks on: laid out as a checkpoint, and
 * never gone on from. It is there as long as its run is under way.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import { remove, replaceFleeting } from '../files/index.js';
import { UserError } from '../ground/index.js';
import type { LinkCounters } from '../link/index.js';
import {
  type Graph,
  integerArrays,
  type NetworkParameters,
  type Storage,
  type WeightArray,
} from '../model/index.js';
import {
  checkpointParts,
  namedArrays,
  type Position,
  type Progress,
  positionSchema,
  readCheckpoint,
  SavedArrays,
  savedState,
} from '../records/index.js';
import type { Learnt } from '../report/index.js';
import type { Stretch } from './stretches.js';

export const LIVE = 'live.eqp';

/** A training example that was answered wrongly before it was learnt from. */
export interface Missed {
  /** Place in the data set. */
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  /** Its bytes, in base64. */
  readonly image: string;
}

export interface LiveState {
  readonly progress: Progress;
  readonly position: Position;
  /** The data set's name. */
  readonly dataset: string;
  readonly device: string;
  /** Speed of the last seconds of training. */
  readonly samplesPerSecond?: number;
  readonly line: LinkCounters;
  /** By the last epoch's validation, or the answers to training examples. */
  readonly learnt?: Learnt;
  readonly stretches: readonly Stretch[];
  /** The newest last. */
  readonly missed: readonly Missed[];
}

export interface LiveRun {
  readonly state: LiveState;
  /** Nothing before the run has looked at them. */
  readonly parameters?: NetworkParameters;
}

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = v.pipe(v.string(), v.maxLength(1000));

const learntSchema: v.GenericSchema<unknown, Learnt> = v.object({
  set: v.picklist(['test', 'validation', 'training']),
  start: v.picklist(['zero', 'persistent']),
  samples: natural,
  error: v.object({ device: v.number(), reference: v.exactOptional(v.number()) }),
  chance: v.object({ error: v.number(), label: natural }),
  isBetterThanChance: v.boolean(),
});

const liveSchema: v.GenericSchema<unknown, LiveState> = v.object({
  progress: v.object({
    phase: v.picklist(['training', 'validation', 'test']),
    epoch: natural,
    epochs: natural,
    done: natural,
    total: natural,
    wrong: natural,
    checked: natural,
  }),
  position: positionSchema,
  dataset: text,
  device: text,
  samplesPerSecond: v.exactOptional(v.number()),
  line: v.object({
    bytesSent: natural,
    bytesReceived: natural,
    resent: natural,
    polls: natural,
    damaged: natural,
  }),
  learnt: v.exactOptional(learntSchema),
  stretches: v.array(
    v.object({
      minibatches: natural,
      step: natural,
      samples: natural,
      wrong: natural,
      cost: v.number(),
      freeIterations: v.number(),
      nudgedIterations: v.number(),
    }),
  ),
  missed: v.array(
    v.object({ index: natural, label: natural, predicted: natural, image: v.pipe(v.string(), v.base64()) }),
  ),
});

/** Where it cannot be written, the one before stays. */
export function writeLive(folder: string, { state, parameters }: LiveRun): void {
  const arrays = parameters ? namedArrays(parameters) : {};
  replaceFleeting(join(folder, LIVE), Buffer.concat([...checkpointParts({ state, arrays })]));
}

/** Where it cannot be taken away, it is older than the checkpoint from now on, which says the same. */
export function removeLive(folder: string): void {
  remove(join(folder, LIVE));
}

/** Nothing where there is none, or none that is whole and of this network. */
export function readLive(folder: string, graph: Graph, storage: Storage): LiveRun | undefined {
  const path = join(folder, LIVE);
  try {
    const { state, arrays } = readCheckpoint(path);
    const told = savedState(state, liveSchema, path, 'state of a run');
    if (Object.keys(arrays).length === 0) return { state: told };
    const saved = new SavedArrays(arrays, graph, path);
    const weights = saved.weights<WeightArray>(integerArrays[storage]);
    return { state: told, parameters: { weights, biases: saved.biases(Int32Array) } };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
