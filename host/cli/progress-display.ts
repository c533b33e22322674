/** Shows a run as it goes: a bar on a terminal, a line now and then elsewhere. */
import cliProgress from 'cli-progress';
import type { ConnectionLost } from '../link/connection-lost.js';
import type { Metrics } from '../training/metrics.js';
import type { Progress } from '../training/progress.js';
import { duration, type Mode, percent, printJson, say, styled } from './output.js';

/** Milliseconds between lines where there is no terminal. */
const LINE_INTERVAL = 10_000;

export class ProgressDisplay {
  readonly #bar: cliProgress.SingleBar | undefined;
  #phase = '';
  #phaseBegan = 0;
  #doneBefore = 0;
  #lastLine = performance.now();

  constructor(private readonly mode: Mode) {
    if (mode === 'normal' && process.stderr.isTTY)
      this.#bar = new cliProgress.SingleBar({
        format: '{title} {bar} {percentage}%  {rate}/s  error {error}{checked}{left}',
        barsize: 20,
        clearOnComplete: true,
        hideCursor: true,
        stream: process.stderr,
      });
  }

  progress({ phase, epoch, epochs, done, total, wrong, checked }: Progress): void {
    if (this.mode !== 'normal') return;
    const title = phase === 'training' ? `epoch ${epoch}/${epochs}` : phase;
    if (title !== this.#phase) {
      this.#bar?.stop();
      this.#phase = title;
      this.#phaseBegan = performance.now();
      this.#doneBefore = done;
      this.#bar?.start(total, done, { title, rate: 0, error: '–', checked: '', left: '' });
    }
    const perMillisecond = (done - this.#doneBefore) / (performance.now() - this.#phaseBegan);
    const left = perMillisecond > 0 && `${duration((total - done) / perMillisecond / 1000)} left`;
    // None where the twin repeats nothing.
    const equal = checked > 0 && `${checked} replies equal`;
    const rate = Math.round(perMillisecond * 1000);
    const error = percent((100 * wrong) / done);
    if (this.#bar) this.#bar.update(done, { title, rate, error, checked: behind(equal), left: behind(left) });
    else if (performance.now() - this.#lastLine > LINE_INTERVAL) {
      this.#lastLine = performance.now();
      const parts = [`${done}/${total}`, `${rate}/s`, `error ${error}`, equal, left];
      say(`${title}: ${parts.filter((part) => part).join(', ')}`);
    }
  }

  interrupted(): void {
    if (this.mode !== 'json') say('\nfinishing the minibatch and saving (once more to stop at once)');
  }

  lost({ message }: ConnectionLost): void {
    if (this.mode !== 'normal') return;
    this.stop();
    say(styled('yellow', `lost     ${message}; connecting again`));
  }

  metrics(metrics: Metrics): void {
    if (this.mode === 'json') printJson(metrics);
    if (this.mode !== 'normal' || metrics.kind !== 'epoch') return;
    this.stop();
    const { epoch, trainingError, referenceTrainingError, validation, freeIterations, seconds } = metrics;
    const parts = [
      `epoch ${epoch}: training error ${percent(trainingError)}`,
      referenceTrainingError !== undefined && `(reference ${percent(referenceTrainingError)})`,
      validation && `validation ${percent(validation.error)}`,
      validation?.referenceError !== undefined && `(reference ${percent(validation.referenceError)})`,
      `${freeIterations.toFixed(1)} free iterations`,
      duration(seconds),
    ];
    say(parts.filter((part) => part).join('  '));
  }

  stop(): void {
    this.#bar?.stop();
    this.#phase = '';
  }
}

function behind(part: string | false): string {
  return part ? `  ${part}` : '';
}
