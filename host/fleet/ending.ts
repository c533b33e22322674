/** How a task ended, by its job as the engine keeps it. */
import type { Ending } from '../experiments/index.js';
import type { Job } from './engine.js';
import { taskResult } from './job.js';

/** A job that has come to a result keeps the reason for which an attempt before failed: the result counts. */
export function endingOf(
  { failedReason, returnvalue }: Pick<Job, 'failedReason' | 'returnvalue'>,
  id: string,
): Ending {
  if ((returnvalue ?? undefined) === undefined && failedReason !== undefined && failedReason !== '')
    return { kind: 'failed', reason: lossTold(failedReason), differs: false };
  const { worker, ending } = taskResult(returnvalue, id);
  return 'reason' in ending ? { ...ending, reason: `${worker}: ${ending.reason}` } : ending;
}

/** The engine's words for a task whose workers were lost again and again. */
function lossTold(reason: string): string {
  return /stalled more than/.test(reason) ? 'every worker that took it was lost' : reason;
}
