/** A run as its folder holds it: settings, position, parameters, the shadow in a checkpoint, the states beside it. */
import { join } from 'node:path';
import * as v from 'valibot';
import { type Preparation, preparationOf, type Reading, readingSchema } from '../data/index.js';
import { UserError } from '../ground/index.js';
import type { Picture, Recipe } from '../model/index.js';
import {
  formatsOf,
  graphOf,
  integerArrays,
  type NetworkParameters,
  pictured,
  pixelsOf,
  scalingSchema,
  shapeName,
  stateBits,
  type WeightArray,
} from '../model/index.js';
import type { RealParameters, ReferenceThread } from '../verification/index.js';
import { type Checkpoint, loadCheckpoint, PREVIOUS, readCheckpoint, saveCheckpoint } from './checkpoint.js';
import { positionSchema } from './metrics-schema.js';
import type { PersistentStates } from './persistent-states.js';
import type { Position } from './progress.js';
import { type ArrayKind, namedArrays, SavedArrays } from './saved-arrays.js';
import { RESTORE, savedRecipe, savedState } from './saved-state.js';
import { dropStates, readStates, requireStates, saveStates } from './state-journal.js';
import { type StateMark, stateMarkSchema } from './state-mark.js';

type Arrays = Checkpoint<unknown>['arrays'];

/** The learner that is saved, and put back where it stood. */
interface Learning {
  readonly position: Position;
  readonly states: PersistentStates | undefined;
  parameters(): Promise<NetworkParameters>;
  resume(position: Position, parameters: NetworkParameters): Promise<void>;
}

const step = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const originSchema = v.object({
  folder: v.string(),
  step,
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/, 'a digest has 16 hexadecimal digits')),
});

/** Where a run's first weights come from: another run's folder, as it stood at a minibatch, with the digest of its parameters. */
export type RunOrigin = Readonly<v.InferOutput<typeof originSchema>>;

/** Settings that stay the same from a run's first minibatch to its last. */
export interface RunSettings extends Preparation {
  readonly preset: string;
  readonly data?: string;
  /** True where the data were in memory: nothing but who begins the run has them. */
  readonly inMemory?: true | undefined;
  /** How the data are read. */
  readonly reading?: Reading;
  /** The images' shape, in which windows are drawn. */
  readonly picture: Picture;
  readonly recipe: Recipe;
  /** Absent where the first weights are drawn. */
  readonly from?: RunOrigin;
  readonly shadow: boolean;
  readonly compareEvery: number;
}

/** Surroundings that a run must meet again to go on as it would have. */
export interface RunSurroundings {
  /** The device's, as `kernelName` writes it. */
  readonly kernel: string;
  /** As `dataHash` writes it. */
  readonly dataHash: string;
}

interface RunState extends RunSettings, RunSurroundings {
  readonly position: Position;
  /** Where persistent states are; nothing where the recipe keeps none. */
  readonly states?: StateMark;
}

const side = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const stateSchema = v.object({
  preset: v.string(),
  data: v.exactOptional(v.string()),
  inMemory: v.exactOptional(v.literal(true)),
  reading: v.exactOptional(readingSchema),
  scaling: v.exactOptional(scalingSchema),
  classNames: v.exactOptional(v.array(v.string())),
  columnNames: v.exactOptional(v.array(v.string())),
  picture: v.object({ rows: side, columns: side, channels: v.exactOptional(side) }),
  recipe: v.record(v.string(), v.unknown()),
  from: v.exactOptional(originSchema),
  shadow: v.boolean(),
  compareEvery: step,
  kernel: v.string(),
  dataHash: v.string(),
  position: positionSchema,
  states: v.exactOptional(stateMarkSchema),
});

export interface SavedRun {
  readonly folder: string;
  readonly state: RunState;
  readonly parameters: NetworkParameters;
  readonly arrays: Arrays;
  /** Why not the newest checkpoint is taken. */
  readonly note?: string;
  /** The same, where the run was further than this checkpoint. */
  readonly behind?: string;
}

const SHADOW = 'shadow ';

/** The newest whole checkpoint of a run. Throws `UserError` where there is none. */
export function loadRun(folder: string): SavedRun {
  const { checkpoint: run, ...found } = loadCheckpoint(folder, ({ state, arrays }, path) => {
    const told = savedState(state, stateSchema, path, 'run');
    const recipe = savedRecipe(told.recipe, path);
    const { picture, states, shadow } = told;
    const graph = graphOf(pictured(recipe, picture));
    const { inputs, units } = graph;
    if (inputs !== pixelsOf(picture))
      throw new UserError(
        `${path} names images of ${shapeName(picture)} pixels for ${inputs} inputs`,
        RESTORE,
      );
    if (recipe.start === 'persistent' && !states)
      throw new UserError(`${path} holds no run: states is missing`, RESTORE);
    if (states) requireStates(folder, states, { units, width: stateBits(formatsOf(recipe).storage) / 8 });
    const saved = new SavedArrays(arrays, graph, path);
    if (shadow) shadowOf(saved);
    const parameters = parametersOf(saved, recipe);
    return { folder, state: { ...told, recipe }, parameters, arrays };
  });
  return { ...run, ...found };
}

/** Loads the result of a run. Throws `UserError` where there is no whole checkpoint, or only the one before the newest. */
export function loadResult(folder: string): SavedRun {
  const run = loadRun(folder);
  if (run.behind !== undefined)
    throw new UserError(
      `${run.behind}; the one before it is of minibatch ${run.state.position.step}`,
      `train --resume ${folder} goes on from there, to the same weights`,
    );
  return run;
}

function parametersOf(saved: SavedArrays, recipe: Recipe): NetworkParameters {
  const Weights: ArrayKind<WeightArray> = integerArrays[formatsOf(recipe).storage];
  return { weights: saved.weights(Weights), biases: saved.biases(Int32Array) };
}

function shadowOf(
  saved: SavedArrays,
  examples?: number,
): { readonly parameters: RealParameters; readonly states: Float64Array } {
  return {
    parameters: saved.realParameters(SHADOW),
    states: saved.states(Float64Array, SHADOW, examples),
  };
}

/** Rejects with `UserError` where it could not be saved; the checkpoint before is then as it was. */
export async function saveRun(
  folder: string,
  {
    preset,
    data,
    inMemory,
    reading,
    picture,
    recipe,
    from,
    shadow,
    compareEvery,
    ...preparation
  }: RunSettings,
  surroundings: RunSurroundings,
  learning: Omit<Learning, 'resume'>,
  reference: Pick<ReferenceThread, 'run'>,
): Promise<void> {
  const { position, states } = learning;
  const beside = shadow ? await reference.run({ kind: 'read' }) : undefined;
  const parameters = await learning.parameters();
  const mark = states && saveStates(folder, states);
  const settings = {
    preset,
    ...(data !== undefined && { data }),
    ...(inMemory && { inMemory }),
    ...(reading && { reading }),
    ...preparationOf(preparation),
    picture,
    recipe,
    ...(from && { from }),
    shadow,
    compareEvery,
  };
  const state: RunState = { ...settings, ...surroundings, position, ...(mark && { states: mark }) };
  saveCheckpoint(folder, {
    state,
    arrays: {
      ...namedArrays(parameters),
      ...(beside && { ...namedArrays(beside.parameters, SHADOW), [`${SHADOW}states`]: beside.states }),
    },
  });
  if (!mark) return;
  states.settle(mark);
  dropStates(folder, mark.generation, () => generationOf(join(folder, PREVIOUS)));
}

/** The generation that a checkpoint names; none where it is not whole. */
function generationOf(path: string): readonly number[] {
  try {
    const result = v.safeParse(v.object({ states: stateMarkSchema }), readCheckpoint(path).state);
    return result.success ? [result.output.states.generation] : [];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** Puts learner, device and shadow where the run stood. Rejects with `UserError` where its states are of other data. */
export async function restoreRun(
  { folder, state, parameters, arrays }: SavedRun,
  learning: Omit<Learning, 'parameters'>,
  reference: ReferenceThread,
): Promise<void> {
  const saved = new SavedArrays(arrays, graphOf(pictured(state.recipe, state.picture)), folder);
  const { states } = learning;
  if (states && state.states) readStates(folder, state.states, states);
  if (state.shadow) await reference.run({ kind: 'load', ...shadowOf(saved, states?.examples ?? 0) });
  await learning.resume(state.position, parameters);
}
