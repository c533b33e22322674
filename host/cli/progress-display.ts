/** Shows a run as it goes. */
import type { ConnectionLost } from '../endpoint/index.js';
import { count, decimals, duration, inPercent, percent, significant } from '../ground/index.js';
import type { Metrics, Progress, SymptomMetrics } from '../records/index.js';
import type { Cause } from './interruption.js';
import { type Mode, printJson, say, styled } from './output.js';
import { sayInterrupted } from './say-interrupted.js';
import { tellUnderWay } from './starter.js';
import { terminal } from './terminal.js';

/** Progress as a display is told of it. */
type Extent = Pick<Progress, 'done' | 'total'> & Partial<Pick<Progress, 'wrong' | 'checked'>>;

export class ProgressDisplay {
  #phase = '';
  #phaseBegan = 0;
  #doneBefore = 0;

  constructor(private readonly mode: Mode) {}

  progress({ phase, epoch, epochs, ...extent }: Progress): void {
    if (phase !== 'training') this.advance(phase, extent);
    else this.advance(`epoch ${epoch}/${epochs}`, extent, epochs > 1 ? 'left of the epoch' : 'left');
  }

  /**
   * @param title of what is under way; another one begins anew
   * @param left what the time that is told is
   */
  advance(title: string, { done, total, wrong, checked = 0 }: Extent, left = 'left'): void {
    tellUnderWay();
    if (this.mode !== 'normal') return;
    if (title !== this.#phase) {
      this.#phase = title;
      this.#phaseBegan = performance.now();
      this.#doneBefore = done;
    }
    const perMillisecond = (done - this.#doneBefore) / (performance.now() - this.#phaseBegan);
    const isMoving = perMillisecond > 0;
    const parts = [
      isMoving && `${duration(Math.round((total - done) / perMillisecond / 1000))} ${left}`,
      wrong !== undefined && done > 0 && `error ${percent(wrong / done)}`,
      isMoving && `${significant(perMillisecond * 1000)}/s`,
      // None where the twin repeats nothing.
      checked > 0 && `${count(checked)} replies equal`,
      `${count(done)}/${count(total)}`,
    ];
    terminal.show({ title, share: done / total, parts: parts.filter((part) => part !== false) });
  }

  interrupted(cause: Cause): void {
    this.stop();
    if (this.mode !== 'json') sayInterrupted('finishing the minibatch and saving', cause);
  }

  lost({ message }: ConnectionLost): void {
    if (this.mode !== 'normal') return;
    this.stop();
    say(styled('yellow', `lost     ${message}; connecting again`));
  }

  metrics(metrics: Metrics): void {
    if (this.mode === 'json') printJson(metrics);
    if (this.mode === 'normal' && metrics.kind === 'symptom') this.#symptom(metrics);
    if (this.mode !== 'normal' || metrics.kind !== 'epoch') return;
    this.stop();
    const {
      epoch,
      trainingError,
      referenceTrainingError,
      validation,
      freeIterations,
      unsettled,
      nudged,
      seconds,
    } = metrics;
    const parts = [
      `epoch ${epoch}: training error ${inPercent(trainingError)}`,
      referenceTrainingError !== undefined && `(reference ${inPercent(referenceTrainingError)})`,
      validation && `validation ${inPercent(validation.error)}`,
      validation?.referenceError !== undefined && `(reference ${inPercent(validation.referenceError)})`,
      `${decimals(freeIterations, 1)} free iterations`,
      unsettled > 0 && `(${percent(unsettled)} did not settle)`,
      nudged !== undefined && `${percent(nudged)} nudged`,
      duration(seconds),
    ];
    say(parts.filter((part) => part).join('  '));
  }

  #symptom({ step, seen, cause, remedy }: SymptomMetrics): void {
    this.stop();
    say(styled('yellow', `symptom  minibatch ${count(step)}: ${seen}`));
    say(`         because ${cause}`);
    say(`         try ${remedy}`);
  }

  stop(): void {
    terminal.clear();
    this.#phase = '';
  }
}
