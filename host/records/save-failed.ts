import { remedyOf, whyUnwritten } from '../files/index.js';
import { UserError } from '../ground/index.js';

/** A checkpoint, or the states beside it, could not be saved. */
export function saveFailed(path: string, error: unknown): UserError {
  return new UserError(
    `could not save ${path}: ${whyUnwritten(error)}`,
    `a checkpoint before it, if there is one, is untouched: ${remedyOf(error)}, then continue with --resume`,
    { cause: error },
  );
}
