/** Weights that a run begins with where another run has learnt them. */
import { resolve } from 'node:path';
import { type Dataset, type Preparation, preparationOf } from '../data/index.js';
import { UserError } from '../ground/index.js';
import {
  endsOf,
  formatsOf,
  graphOf,
  isPlaced,
  pictured,
  pictureNotation,
  pictureOf,
  type Recipe,
} from '../model/index.js';
import type { RunOrigin, RunSettings, SavedRun } from '../records/index.js';
import type { FirstWeights } from '../training/index.js';

export function originOf({ folder, state: { position } }: SavedRun): RunOrigin {
  return { folder: resolve(folder), step: position.step, digest: position.digest };
}

export function firstWeights({ parameters, state: { position } }: SavedRun): FirstWeights {
  return { parameters, digest: BigInt(`0x${position.digest}`) };
}

/** Refuses a run whose network, formats or inputs are not those of the run with whose weights it is to begin. */
export function requireSameNetwork({ folder, state }: SavedRun, recipe: Recipe, dataset: Dataset): void {
  const before = traits(state);
  const now = traits({ recipe, picture: pictureOf(dataset), ...preparationOf(dataset) });
  for (const [name, told] of Object.entries(before)) {
    const found = now[name];
    if (found === told) continue;
    const cut = (text: string) => (text.length > 120 ? `${text.slice(0, 120)}…` : text);
    throw new UserError(
      `this run has ${name} ${cut(found)}, ${folder} has ${cut(told)}`,
      'what was learnt is of use to a network of the same form on inputs of the same form alone: change what differs, or begin without --from',
    );
  }
}

/** Everything that the meaning of a parameter depends on, as text. */
function traits({
  recipe,
  picture,
  scaling,
  classNames,
}: Pick<RunSettings, 'recipe' | 'picture' | keyof Preparation>): Readonly<Record<string, string>> {
  const { layers, connections } = graphOf(pictured(recipe, picture));
  const { weights, states } = formatsOf(recipe);
  const isDrawn = connections.some(({ kind }) => kind === 'windows');
  return {
    layers: layers.map(({ shape }) => (isPlaced(shape) ? pictureNotation(shape) : shape.channels)).join('-'),
    connections: connections
      .map((one) => [endsOf(one), one.kind, ...Object.values(one.words)].join(' '))
      .join(', '),
    input: layers.some(({ isCentred }) => isCentred) ? 'that is centred' : 'as it is',
    ...(isDrawn && { 'receptive fields of seed': `${recipe.seed}` }),
    weights: weights.map(({ name }) => name).join(','),
    states: states.name,
    scaling: scaling ? `${scaling.kind} by ${JSON.stringify(scaling.steps)}` : 'none',
    classes: namesOf(classNames),
  };
}

/** Names that are no more than numbers are none. */
function namesOf(classNames: readonly string[] | undefined): string {
  const areNumbers = classNames?.every((name, label) => name === String(label)) ?? true;
  return areNumbers ? 'by number' : (classNames ?? []).join(', ');
}
