/** Parts of a reproduction that others do, through the queue. */
import { loadDataset } from '../data/index.js';
import { withLock } from '../files/index.js';
import type { Elsewhere } from '../reproduction/index.js';
import { Exit } from './exit-status.js';
import { interruptedStatus, interruptible } from './interruption.js';
import { modeOf, say } from './output.js';
import { QueueDisplay } from './queue-display.js';
import type { Queued } from './queue-flags.js';
import type { ReproduceFlags } from './reproduce-flags.js';

/**
 * @param folder nobody else puts the same parts into the queue meanwhile
 * @param total number of parts
 * @param use has them done, and tells whether all of them are
 * @param goOn the command line that takes up what is left
 * @returns false where something is left: that is said, and the exit status set
 */
export async function doneElsewhere(
  queued: Queued,
  folder: { readonly path: string; readonly plan: { readonly data?: string } },
  flags: ReproduceFlags,
  total: number,
  use: (elsewhere: Elsewhere, signal: AbortSignal) => Promise<boolean>,
  goOn: string,
): Promise<boolean> {
  const display = new QueueDisplay(modeOf(flags), total);
  const dataset = await loadDataset(folder.plan.data);
  const work = async (signal: AbortSignal, started: () => void) => {
    display.onStart = started;
    const carrier = queued(folder.path, dataset);
    const isDone = await use({ carrier, verification: flags.verify, events: display }, signal);
    if (display.differs) process.exitCode = Exit.verification;
    else if (!isDone) process.exitCode = signal.aborted ? interruptedStatus() : Exit.failure;
    return isDone;
  };
  const isDone = await withLock(folder.path, () =>
    interruptible((cause) => display.interrupted(cause), work).finally(() => display.stop()),
  );
  if (isDone) return true;
  say('what has ended is saved; go on with:', goOn);
  return false;
}
