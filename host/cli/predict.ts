import type { Command } from 'commander';
import { count, decimals, excerpt, inPercent, rounded, several } from '../ground/index.js';
import { Model, type PredictedRow, predictRows } from '../prediction/index.js';
import { loadResult } from '../records/index.js';
import { interruptedStatus, interruptible } from './interruption.js';
import { addThresholdFlag, leastScore, type ThresholdFlag } from './least-score.js';
import { print, printJson, say } from './output.js';

interface PredictFlags {
  readonly threshold?: ThresholdFlag;
  readonly json?: true;
}

/** Stands in the place of a class. */
const REJECTED = '?';
/** Digits of a score: a state has no more. */
const DIGITS = 5;

export function addPredict(program: Command): void {
  const command = program
    .command('predict')
    .description(
      "tell the class of each example of a file, by what a run has learnt; '?' where it is not sure",
    )
    .argument('<run>', "a run's folder")
    .argument(
      '<path>',
      'as for train --data, with classes or without: .csv, .npy, .npz, .png, a folder, IDX images; - for lines of standard input',
    )
    .option('--json', 'one JSON object a line on standard output');
  addThresholdFlag(command).action(predict);
}

async function predict(folder: string, file: string, flags: PredictFlags): Promise<void> {
  const saved = loadResult(folder);
  const model = new Model(saved);
  if (model.note !== undefined) say(model.note);
  const least = await leastScore(saved, flags.threshold);
  const tally = new Tally(model.classes);
  const isInterrupted = await interruptible(
    () => undefined,
    async (signal, started) => {
      started();
      for await (const row of predictRows(model, file === '-' ? process.stdin : file, signal, say)) {
        const isRejected = row.score < least;
        tell(row, isRejected, model.classes, flags.json);
        tally.add(row, isRejected);
      }
      return signal.aborted;
    },
  );
  for (const line of tally.lines()) say(line);
  if (isInterrupted) process.exitCode = interruptedStatus();
}

/** Counts the answers to examples that tell their class. */
class Tally {
  readonly #classes: ReadonlySet<string>;
  readonly #known = { examples: 0, wrong: 0, rejected: 0 };
  /** No answer to one of a class that was never trained on can be right. */
  readonly #unknown = { examples: 0, rejected: 0, first: '' };

  constructor(classes: readonly string[]) {
    this.#classes = new Set(classes);
  }

  add({ truth, class: answer }: PredictedRow, isRejected: boolean): void {
    if (truth === undefined) return;
    const isKnown = this.#classes.has(truth);
    const tally = isKnown ? this.#known : this.#unknown;
    tally.examples++;
    if (isRejected) tally.rejected++;
    else if (isKnown && truth !== answer) this.#known.wrong++;
    if (!isKnown) this.#unknown.first ||= truth;
  }

  *lines(): Generator<string> {
    const { examples, wrong, rejected } = this.#known;
    if (examples > 0)
      yield `${count(wrong)} of ${count(examples)} wrong, ${inPercent((100 * wrong) / examples)}; ${count(rejected)} rejected`;
    const unknown = this.#unknown;
    if (unknown.examples > 0)
      yield `${several(unknown.examples, 'example')} of classes that were not trained on, such as ${excerpt(unknown.first)}: ${count(unknown.rejected)} rejected`;
  }
}

function tell(
  { name, line, truth, score, scores, ...answer }: PredictedRow,
  isRejected: boolean,
  classes: readonly string[],
  asJson = false,
): void {
  if (!asJson) {
    const told = [isRejected ? REJECTED : answer.class, decimals(score, 3)];
    // A line's place is that of its answer; a folder's order is no one's.
    print('', [...told, ...(line === undefined ? [name] : [])].join('\t'));
    return;
  }
  printJson({
    ...(line === undefined ? { name } : { line }),
    class: isRejected ? null : answer.class,
    score: rounded(score, DIGITS),
    rejected: isRejected,
    ...(truth !== undefined && { truth }),
    scores: Object.fromEntries(classes.map((name, label) => [name, rounded(scores[label], DIGITS)])),
  });
}
