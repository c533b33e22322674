/** Tells what a network takes of a board without a host: where it predicts, its parameters constants, and where it learns. */
import { formatsOf, graphOf, type Recipe } from '../model/index.js';
import type { Board } from './board.js';
import { bytesNeeded, moduleStaticBytes } from './plan.js';

/** Bytes, the code and the program's own variables apart. */
export interface DeployedPlan {
  readonly ram: number;
  /** Parameters, as constants in flash. */
  readonly constants: number;
  /** True where the board has room for both, its stack and firmware's variables reserved. */
  readonly fits: boolean;
}

/** Code of the library on a Cortex-M4 (docs/deploying.md), rounded up: what there must be besides constants. */
const CODE = { predicting: 12 * 1024, learning: 24 * 1024 };

export type Deployment = keyof typeof CODE;

/** @param deployment one that learns keeps what it learns in RAM, beside the constants that it begins with */
export function planDeployed({ ram, flash }: Board, recipe: Recipe, deployment: Deployment): DeployedPlan {
  const of =
    deployment === 'learning' ? recipe : { ...recipe, minibatch: 1, shift: 0, 'input-dropout': 0 as const };
  const { storage } = formatsOf(recipe);
  const needed =
    moduleStaticBytes(storage) + bytesNeeded(of, deployment === 'learning' ? 'learning' : 'none');
  const constants = parameterBytes(recipe);
  return {
    ram: needed,
    constants,
    fits: needed <= ram.size - ram.stack - ram.static && constants + CODE[deployment] <= flash.size,
  };
}

function parameterBytes(recipe: Recipe): number {
  const { layers, connections } = graphOf(recipe);
  const { storage } = formatsOf(recipe);
  const blocks = [
    ...connections.map(({ weights }) => (weights * storage) / 8),
    ...layers.slice(1).map(({ biases }) => biases * 4),
  ];
  return blocks.reduce((sum, bytes) => sum + Math.ceil(bytes / 8) * 8, 0);
}
