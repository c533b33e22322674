/** How much of a run is done again, and how often it is saved: the same of every command that trains. */
import type { Command } from 'commander';
import { DEFAULT_LEVEL } from '../verification/index.js';
import { seconds } from './device-flags.js';

export function addCheckingFlags(command: Command): Command {
  return command
    .option(
      '--verify <level>',
      'what the twin does again: all, digest, every=<minibatches>, off',
      DEFAULT_LEVEL,
    )
    .option('--checkpoint-interval <seconds>', 'time between checkpoints', seconds, 60);
}
