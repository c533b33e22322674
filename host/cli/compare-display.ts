/** Shows a comparison as it goes, and what it came to. */
import cliProgress from 'cli-progress';
import type { PreparedComparison } from '../comparison/prepare.js';
import type { ComparisonEvents, JobProgress } from '../comparison/run-comparison.js';
import type { Ending } from '../comparison/train-process.js';
import type { Written } from '../comparison/write-results.js';
import type { ComparisonData, Spread } from '../report/comparison/data.js';
import { byInterest } from '../report/comparison/labels.js';
import { grouped, type Mode, minus, print, printJson, say, styled, table } from './output.js';

export class CompareDisplay implements ComparisonEvents {
  readonly #bar: cliProgress.SingleBar | undefined;
  readonly #running = new Map<string, JobProgress>();
  readonly #total: number;
  #done = 0;

  constructor(
    private readonly mode: Mode,
    private readonly prepared: PreparedComparison,
  ) {
    this.#total = prepared.cellsToRun.length + prepared.referencesToRun.length;
    if (mode !== 'normal' || !process.stderr.isTTY || this.#total === 0) return;
    this.#bar = new cliProgress.SingleBar({
      format: '{bar} {value}/{total}  {running}',
      barsize: 20,
      clearOnComplete: true,
      hideCursor: true,
      stream: process.stderr,
    });
    this.#bar.start(this.#total, 0, { running: '' });
  }

  onBegin(job: JobProgress): void {
    this.#running.set(key(job), job);
    this.#show();
  }

  onProgress(job: JobProgress): void {
    this.#running.set(key(job), job);
    this.#show();
  }

  onEnd(job: JobProgress, ending: Ending): void {
    this.#running.delete(key(job));
    if (ending.kind !== 'interrupted') this.#done++;
    this.#show();
    const { kind, id } = job;
    if (this.mode === 'json') printJson({ ...ending, kind, id, ended: ending.kind });
    if (this.mode !== 'normal') return;
    const reason = 'reason' in ending ? `: ${ending.reason}` : '';
    const name = kind === 'reference' ? `reference ${id}` : id;
    // On a terminal the bar says it, but for what went wrong.
    if (this.#bar && reason) this.#above(styled('yellow', `${ending.kind} ${name}${reason}`));
    else if (!this.#bar) say(`${this.#done}/${this.#total}  ${ending.kind} ${name}${reason}`);
  }

  interrupted(): void {
    this.stop();
    if (this.mode !== 'json')
      say('finishing what is under way and saving (once more to stop at once, losing what is not saved)');
  }

  stop(): void {
    this.#bar?.stop();
  }

  conclude(data: ComparisonData, { report, csv, json }: Written): void {
    this.stop();
    const { path } = this.prepared.folder;
    if (this.mode === 'json') {
      printJson({ kind: 'comparison', complete: data.complete, advice: data.advice, report, csv, json });
      return;
    }
    print(groupTable(data));
    print('');
    if (data.advice) print(`${styled('bold', data.advice.sentence, process.stdout)}\n${data.advice.rule}\n`);
    if (!data.complete) say(`not all cells have finished; go on with: eqprop compare --resume ${path}`);
    print(`report   ${report}`);
    print(`numbers  ${csv}, ${json}`);
  }

  #show(): void {
    const running = [...this.#running.values()].map(
      ({ kind, id, epoch, epochs }) => `${kind === 'reference' ? 'float64 ' : ''}${id} ${epoch}/${epochs}`,
    );
    this.#bar?.update(this.#done, { running: clipped(running.join('  ')) });
  }

  /** The bar is drawn anew below it. */
  #above(text: string): void {
    process.stderr.write(`\r\x1b[K${text}\n`);
    this.#bar?.render();
  }
}

function key({ kind, id }: JobProgress): string {
  return `${kind} ${id}`;
}

/** What the bar leaves of a line. */
function clipped(text: string): string {
  const room = Math.max((process.stderr.columns ?? 80) - 36, 10);
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}

function groupTable(data: ComparisonData): string {
  const { keys, references, advice } = data;
  const validates = data.groups.some(({ validationError }) => validationError !== undefined);
  const rows = byInterest(data).map((group) => {
    const { id, settings, testError, validationError, gap, bytes, board, cells } = group;
    const reason = cells.find((cell) => cell.reason !== undefined)?.reason;
    return [
      ...keys.map((name) => settings[name]),
      written(testError),
      ...(references.length > 0 ? [written(gap)] : []),
      ...(validates ? [written(validationError)] : []),
      bytes === undefined ? '–' : grouped(bytes),
      board ?? '–',
      [...(id === advice?.group ? ['advised'] : []), ...(reason ? [reason] : [])].join('; '),
    ];
  });
  const gap = references.length > 0 ? ['from float64'] : [];
  return table(
    [...keys, 'test error %', ...gap, ...(validates ? ['validation error %'] : []), 'bytes', 'board', ''],
    rows,
  );
}

/** With the 95 % interval, as in the advice. */
function written(spread: Spread | undefined): string {
  if (!spread) return '–';
  const { mean, halfWidth } = spread;
  return `${minus(mean.toFixed(2))}${halfWidth === undefined ? '' : ` ± ${halfWidth.toFixed(2)}`}`;
}
