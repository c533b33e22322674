/** Boards in their emulators, and what each of them has room for. */
import { spawnSync } from 'node:child_process';
import { type Board, boardIds, readBoard } from '#host/firmware/board';
import { planMemory } from '#host/firmware/plan';
import type { Recipe } from '#host/model/index';
import { checkRecipe } from '#host/model/index';
import { smallValues } from '../centered.js';

/** The first fetch of the compiler and the first compilation for a core included. */
export const PATIENCE = 400_000;

export const emulated = boardIds().filter((id) => readBoard(id).emulator);

export function canRun({ emulator }: Board): boolean {
  return emulator?.kind !== 'qemu' || spawnSync(`qemu-system-${emulator.system}`, ['--version']).status === 0;
}

/** Tells whether the board's QEMU takes plugins: it may be built without. */
export function hasPlugins({ emulator }: Board): boolean {
  if (emulator?.kind !== 'qemu') return false;
  const { stdout } = spawnSync(`qemu-system-${emulator.system}`, ['--help'], { encoding: 'utf8' });
  return stdout?.includes('-plugin') ?? false;
}

/** The network that the board is to train: 784-500-10, or what `eqprop plan` says would fit instead. */
export function recipeFor(board: Board, changes: Readonly<Record<string, unknown>> = {}): Recipe {
  const values = { ...smallValues, network: '784-500-10', ...changes };
  const wish = checkRecipe(values, board.id);
  const { fits, largestMinibatch, both, widest } = planMemory(board, wish);
  if (fits) return wish;
  if (largestMinibatch !== undefined) return { ...wish, minibatch: largestMinibatch };
  if (both) return { ...wish, ...both };
  if (widest) return { ...wish, network: widest };
  throw new Error(`${board.id} has no room for any network of 784 inputs`);
}
