/** A run as its checkpoint holds it: settings, position, parameters, states, the shadow. */
import type { NetworkParameters, StateArray } from '../model/network-parameters.js';
import { layerSizes, type Recipe } from '../model/recipe.js';
import { checkRecipe } from '../model/recipe-check.js';
import type { ReferenceThread } from '../verification/reference-thread.js';
import type { RealParameters } from '../verification/reference-worker.js';
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from './checkpoint.js';
import type { Position } from './progress.js';
import type { Trainer } from './trainer.js';

type Arrays = Checkpoint<unknown>['arrays'];

/** What stays the same from a run's first minibatch to its last. */
export interface RunSettings {
  readonly preset: string;
  readonly data?: string;
  readonly recipe: Recipe;
  readonly shadow: boolean;
  readonly compareEvery: number;
}

/** What a run must meet again to go on as it would have. */
export interface RunSurroundings {
  /** The device's, as `kernelName` writes it. */
  readonly kernel: string;
  /** As `dataHash` writes it; unknown in checkpoints from before it was kept. */
  readonly dataHash?: string;
}

interface RunState extends RunSettings, RunSurroundings {
  readonly position: Position;
}

export interface SavedRun {
  readonly state: RunState;
  readonly parameters: NetworkParameters;
  readonly arrays: Arrays;
  /** Why not the newest checkpoint is taken. */
  readonly note?: string;
}

type Matrix = Arrays[string];

function named(
  prefix: string,
  { weights, biases }: { weights: readonly Matrix[]; biases: readonly Matrix[] },
): Arrays {
  return Object.fromEntries([
    ...weights.map((matrix, k) => [`${prefix}weights ${k}`, matrix] as const),
    ...biases.map((vector, k) => [`${prefix}biases ${k}`, vector] as const),
  ]);
}

function parametersOf(arrays: Arrays, prefix: string, connections: number) {
  const range = Array.from({ length: connections }, (_, k) => k);
  return {
    weights: range.map((k) => arrays[`${prefix}weights ${k}`]),
    biases: range.map((k) => arrays[`${prefix}biases ${k}`]),
  };
}

const SHADOW = 'shadow ';

/** The newest whole checkpoint of a run. Throws `UserError` where there is none. */
export function loadRun(folder: string): SavedRun {
  const { checkpoint, note } = loadCheckpoint(folder);
  const state = checkpoint.state as RunState;
  const recipe = checkRecipe(state.recipe, folder);
  const connections = layerSizes(recipe.network).length - 1;
  const parameters = parametersOf(checkpoint.arrays, '', connections) as NetworkParameters;
  return { state: { ...state, recipe }, parameters, arrays: checkpoint.arrays, ...(note && { note }) };
}

export async function saveRun(
  folder: string,
  { preset, data, recipe, shadow, compareEvery }: RunSettings,
  surroundings: RunSurroundings,
  trainer: Trainer,
  reference: ReferenceThread,
): Promise<void> {
  const { position } = trainer;
  const settings = { preset, ...(data !== undefined && { data }), recipe, shadow, compareEvery };
  const state: RunState = { ...settings, ...surroundings, position };
  const beside = shadow ? await reference.run({ kind: 'read' }) : undefined;
  saveCheckpoint(folder, {
    state,
    arrays: {
      ...named('', await trainer.parameters()),
      ...(trainer.states && { states: trainer.states.states }),
      ...(beside && { ...named(SHADOW, beside.parameters), [`${SHADOW}states`]: beside.states }),
    },
  });
}

/** Puts trainer, device and shadow where the run stood. */
export async function restoreRun(
  { state, parameters, arrays }: SavedRun,
  trainer: Trainer,
  reference: ReferenceThread,
): Promise<void> {
  if (trainer.states) trainer.states.states.set(arrays.states as StateArray);
  if (state.shadow) {
    const beside = parametersOf(arrays, SHADOW, parameters.weights.length) as RealParameters;
    const states = arrays[`${SHADOW}states`] as Float64Array;
    await reference.run({ kind: 'load', parameters: beside, states });
  }
  await trainer.resume(state.position, parameters);
}
