/** The score under which an answer is rejected. */
import { type Command, InvalidArgumentError } from 'commander';
import { decimals, reasonOf, UserError } from '../ground/index.js';
import { thresholdFor } from '../prediction/index.js';
import type { SavedRun } from '../records/index.js';
import { numberIn } from './device-flags.js';
import { say } from './output.js';

/** Nothing: chosen on the run's validation examples. */
export type ThresholdFlag = number | 'none' | undefined;

export function addThresholdFlag(command: Command): Command {
  return command.option(
    '--threshold <score>',
    'least score of an answer that is not rejected, 0 to 1, or none (default: 1 % of the right answers to validation examples are rejected)',
    threshold,
  );
}

function threshold(text: string): number | 'none' {
  if (text === 'none') return text;
  const score = numberIn(text);
  if (!(score >= 0 && score <= 1)) throw new InvalidArgumentError('a score from 0 to 1 is needed, or none');
  return score;
}

export async function leastScore(run: SavedRun, wanted: ThresholdFlag): Promise<number> {
  if (wanted === 'none') return 0;
  if (wanted !== undefined) return wanted;
  try {
    const least = await thresholdFor(run);
    say(
      `scores below ${decimals(least, 3)} are rejected: of the right answers to validation examples 1 % at most`,
    );
    return least;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`nothing is rejected: ${reasonOf(error)}`);
    return 0;
  }
}
