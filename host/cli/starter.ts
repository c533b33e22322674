/**
 * The process that started this one and listens on a channel: a comparison, whose end its cells save and end with; or
 * `--detached`, which waits until the run is under way and leaves it alone then.
 */

/** Tells a run that its starter waits for it and goes. */
export const DETACHED = 'EQPROP_DETACHED';

const leavesAlone = process.env[DETACHED] !== undefined;
// Those that this process starts in turn are tied to it.
delete process.env[DETACHED];

let isTold = false;
let isAlone = false;

/** True of a run that was left alone: it has no terminal. */
export function isDetached(): boolean {
  return isAlone;
}

/** Tells that the run holds its folder, and its device works: from here on one that is detached needs nobody. */
export function tellUnderWay(): void {
  if (!leavesAlone || isTold) return;
  isTold = true;
  process.send?.('under way', undefined, undefined, (error) => {
    // A starter that is gone heard nothing.
    isAlone = error === null;
  });
}

/** @param ended is called when the starter has ended, unless it was to leave this process alone */
export function listenToStarter(ended: () => void): void {
  process.on('disconnect', () => {
    if (!isAlone) ended();
  });
  // To listen is no reason to go on.
  process.channel?.unref();
}
