/** Parts of a reproduction that others do, through the queue. */
import { loadDataset } from '../data/index.js';
import { withLock } from '../files/index.js';
import { type Connection, Submission } from '../fleet/index.js';
import { UserError } from '../ground/index.js';
import { dataHash } from '../records/index.js';
import type { Elsewhere } from '../reproduction/index.js';
import { Exit } from './exit-status.js';
import { interruptedStatus, interruptible } from './interruption.js';
import { modeOf, say } from './output.js';
import { QueueDisplay } from './queue-display.js';
import type { ReproduceFlags } from './reproduce-flags.js';

/** @throws `UserError` where the device is named here */
export function refuseDevice({ device }: ReproduceFlags): void {
  if (device === 'simulated') return;
  throw new UserError(
    `--queue beside the device ${device}`,
    'leave the device out: each worker names its own, eqprop work --device, and all come to the same bits',
  );
}

/**
 * @param folder nobody else puts the same parts into the queue meanwhile
 * @param use has them done, and tells whether all of them are
 * @param goOn the command line that takes up what is left
 * @returns false where something is left: that is said, and the exit status set
 */
export async function throughQueue(
  connection: Connection,
  folder: { readonly path: string; readonly plan: { readonly data?: string } },
  flags: ReproduceFlags,
  use: (elsewhere: Elsewhere, signal: AbortSignal) => Promise<boolean>,
  goOn: string,
): Promise<boolean> {
  const display = new QueueDisplay(modeOf(flags));
  const hash = dataHash(await loadDataset(folder.plan.data));
  const work = async (signal: AbortSignal, started: () => void) => {
    display.onStart = started;
    const carrier = new Submission(connection, folder.path, hash);
    const isDone = await use({ carrier, verification: flags.verify, events: display }, signal);
    if (!isDone) process.exitCode = signal.aborted ? interruptedStatus() : Exit.failure;
    return isDone;
  };
  const isDone = await withLock(folder.path, () =>
    interruptible((cause) => display.interrupted(cause), work).finally(() => display.stop()),
  );
  if (isDone) return true;
  say('what has ended is saved; go on with:', goOn);
  return false;
}
