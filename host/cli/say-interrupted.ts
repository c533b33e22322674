import type { Cause } from './interruption.js';
import { say } from './output.js';
import { isDetached } from './starter.js';

/** @param what a run does before it ends */
export function sayInterrupted(what: string, cause: Cause): void {
  say(`${what} (once more to stop at once)`);
  if (cause === 'SIGHUP' && !isDetached())
    say('the terminal has gone: a run started with --detached goes on without one (with nohup it cannot)');
}
