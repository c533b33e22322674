/** Shows a comparison as it goes, and what it came to. */
import type { ComparisonEvents, JobProgress, PreparedComparison, Written } from '../comparison/index.js';
import type { Ending } from '../experiments/index.js';
import { count, difference, duration, NOTHING, range, rounded, withInterval } from '../ground/index.js';
import type { ComparisonData } from '../report/index.js';
import { byInterest } from '../report/index.js';
import type { Cause } from './interruption.js';
import { type Mode, print, printJson, say, styled, table } from './output.js';
import { sayInterrupted } from './say-interrupted.js';
import { tellUnderWay } from './starter.js';
import { terminal } from './terminal.js';

export class CompareDisplay implements ComparisonEvents {
  readonly #running = new Map<string, JobProgress>();
  readonly #total: number;
  #done = 0;
  /** As last told. */
  #secondsLeft: number | undefined;
  /** Called when something is under way. */
  onStart: () => void = () => undefined;

  constructor(
    private readonly mode: Mode,
    private readonly prepared: PreparedComparison,
    /** Cells are trained by others. */
    private readonly isQueued = false,
  ) {
    this.#total = prepared.cellsToRun.length + prepared.referencesToRun.length;
  }

  onBegin(job: JobProgress): void {
    this.onStart();
    tellUnderWay();
    this.onProgress(job);
  }

  onProgress(job: JobProgress): void {
    this.#secondsLeft = job.secondsLeft;
    this.#running.set(key(job), job);
    this.#show();
  }

  onEnd(job: JobProgress, ending: Ending): void {
    this.#running.delete(key(job));
    this.#secondsLeft = job.secondsLeft;
    if (ending.kind !== 'interrupted') this.#done++;
    this.#show();
    const { kind, id, secondsLeft } = job;
    if (this.mode === 'json') printJson({ ...ending, kind, id, ended: ending.kind, secondsLeft });
    if (this.mode !== 'normal') return;
    const reason = 'reason' in ending ? `: ${ending.reason}` : '';
    const name = kind === 'reference' ? `reference ${id}` : id;
    const line = `${this.#done}/${this.#total}  ${ending.kind} ${name}${this.#left(', ')}${reason}`;
    // On a terminal the status says it, but for what went wrong.
    if (reason || !terminal.draws) say(reason ? styled('yellow', line) : line);
  }

  onNotice(sentence: string): void {
    if (this.mode !== 'quiet') say(styled('yellow', sentence));
  }

  interrupted(cause: Cause): void {
    this.stop();
    if (this.mode === 'json') return;
    const what = this.isQueued
      ? 'leaving the cells in the queue: workers go on with them, and --resume with --queue fetches what they have done'
      : 'finishing what is under way and saving';
    sayInterrupted(what, cause);
  }

  stop(): void {
    terminal.clear();
  }

  conclude(data: ComparisonData, { report, csv, json }: Written): void {
    this.stop();
    const { path } = this.prepared.folder;
    if (this.mode === 'json') {
      const { complete, heldOut, advice } = data;
      printJson({ kind: 'comparison', complete, heldOut, advice, report, csv, json });
      return;
    }
    print(groupTable(data));
    print('');
    if (data.advice) {
      const { group, sentence, rule } = data.advice;
      print(`${group === undefined ? sentence : styled('bold', sentence, process.stdout)}\n${rule}\n`);
    }
    if (!data.complete)
      say(
        'not all cells have finished; go on with:',
        `eqprop compare --resume ${path}${this.isQueued ? ' --queue' : ''}`,
      );
    print('report  ', report);
    print('numbers ', csv);
    print('numbers ', json);
  }

  /** How long it will take still, behind a separator; nothing where that is not known or is over. */
  #left(separator: string): string {
    const seconds = Math.round(this.#secondsLeft ?? 0);
    return seconds > 0 ? `${separator}about ${duration(rounded(seconds, 2))} left` : '';
  }

  #show(): void {
    if (this.mode !== 'normal') return;
    const running = [...this.#running.values()].map(
      ({ kind, id, epoch, epochs, worker }) =>
        `${kind === 'reference' ? 'float64 ' : ''}${id} ${epoch}/${epochs}${worker === undefined ? '' : ` on ${worker}`}`,
    );
    const title = `${this.#done}/${this.#total}${this.#left('  ')}`;
    terminal.show({ title, share: this.#done / this.#total, parts: running });
  }
}

function key({ kind, id }: JobProgress): string {
  return `${kind} ${id}`;
}

function groupTable(data: ComparisonData): string {
  const { keys, references, advice } = data;
  const judged = data.groups.some(({ aboveBest }) => aboveBest);
  const rows = byInterest(data).map((group) => {
    const { id, settings, gap, bytes, board, cells, aboveBest } = group;
    const reason = cells.find((cell) => cell.reason !== undefined)?.reason;
    return [
      ...keys.map((name) => settings[name]),
      withInterval(group[data.measure]),
      ...(judged ? [aboveBest ? range(aboveBest) : NOTHING] : []),
      ...(references.length > 0 ? [withInterval(gap, difference)] : []),
      count(bytes),
      board ?? NOTHING,
      [id === advice?.group ? 'advised' : aboveBest?.verdict, reason].filter((part) => part).join('; '),
    ];
  });
  const gap = references.length > 0 ? ['from float64'] : [];
  const error = data.measure === 'validationError' ? 'validation error %' : 'test error %';
  return table([...keys, error, ...(judged ? ['above the best'] : []), ...gap, 'bytes', 'board', ''], rows);
}
