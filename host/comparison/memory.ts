/** Memory that a recipe takes of a board. */
import { type Board, boardArena, boardIds, bytesNeeded, readBoard } from '../firmware/index.js';
import { count } from '../ground/index.js';
import type { Recipe } from '../model/index.js';
import { formatsOf } from '../model/index.js';

/** Bytes of arena, and the board with the least RAM that has them. */
export function memoryOf(recipe: Recipe): { readonly bytes: number; readonly board?: string } {
  const smallest = boardIds()
    .map(readBoard)
    .filter((board) => misfit(recipe, board) === undefined)
    .sort((a, b) => a.ram.size - b.ram.size)
    .at(0);
  return { bytes: bytesNeeded(recipe), ...(smallest && { board: smallest.id }) };
}

/** Why a recipe does not fit a board; nothing if it does. */
export function misfit(recipe: Recipe, board: Board): string | undefined {
  const bytes = bytesNeeded(recipe, 'all', board.core.cores);
  const arena = boardArena(board, formatsOf(recipe).storage);
  const [needed, there] = [bytes, arena].map((amount) => count(amount));
  return bytes <= arena
    ? undefined
    : `does not fit ${board.id}: ${recipe.network} needs ${needed} bytes, ${there} are left for it`;
}
