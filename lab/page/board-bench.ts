/** A board that is trained from a page, wherever it is: what is trained, the run, the board's loss and return. */
import type { Dataset } from '#host/data/index.js';
import { html } from '#host/drawing/index.js';
import { capital, count, reasonOf, UserError } from '#host/ground/index.js';
import type { HeldDevice } from '../browser/held-line.js';
import type { KnownBoard } from '../data/boards.js';
import { loadMnist } from '../data/mnist.js';
import { type Engine, startEngine } from '../engine/engine.js';
import type { News } from '../engine/messages.js';
import { RecipeForm, recipeForm } from '../rooms/train/recipe-form.js';
import { RunView, runView } from '../rooms/train/run-view.js';
import { DeviceView, deviceView } from './device-view.js';
import { find } from './elements.js';

/** A board that the page can hold. */
export interface BoardSource {
  /** Undefined where only what it tells is known. */
  readonly board: KnownBoard | undefined;
  /** Cycles that its chip has run, where they are counted. */
  readonly cycles?: number;
  /** Opens its line anew. Rejects with `UserError` where it is not there. */
  open(): Promise<HeldDevice>;
  /** Breaks its line in the middle, where a page can. */
  unplug?(): void;
  /** Any number of times. */
  close(): void;
}

const EXAMPLES = 400;
/** Those that a board is tested on: one takes as long as an example of training. */
const TESTED = 200;
const EXAMPLES_A_POINT = 40;

/** @param said at first, to the user */
export const boardBench = (said: string) => html`
<form aria-label="What is trained">
${recipeForm}
<div class="fields more"><label>Digits <input name="examples" type="number" min="1" max="10000" value="${EXAMPLES}" required></label></div>
<p class="buttons"><button type="submit">Train</button> <button type="button" id="stop" disabled>Stop</button>
<button type="button" id="plug" hidden>Unplug it</button></p>
</form>
<p id="said" role="status">${said}</p>
${deviceView}
${runView}`;

export class BoardBench {
  readonly #form: HTMLFormElement;
  readonly #buttons: Readonly<Record<'start' | 'stop' | 'plug', HTMLButtonElement>>;
  readonly #said: HTMLElement;
  readonly #recipes: RecipeForm;
  readonly #run: RunView;
  readonly #device: DeviceView;
  #engine: Engine | undefined;
  #isLost = false;
  #isClosed = false;
  /** Cycles and examples when the newest opening began to train. */
  #before: { readonly cycles: number; readonly seen: number } | undefined;

  /** @param source undefined where none is chosen yet */
  constructor(
    place: HTMLElement,
    private readonly source: () => BoardSource,
  ) {
    this.#form = find(place, 'form', HTMLFormElement);
    const [start, stop, plug] = ['[type=submit]', '#stop', '#plug'].map((name) =>
      find(place, name, HTMLButtonElement),
    );
    this.#buttons = { start, stop, plug };
    this.#said = find(place, '#said', HTMLElement);
    this.#recipes = new RecipeForm(this.#form, 'tiny');
    this.#run = new RunView(place, (text) => this.say(text), EXAMPLES_A_POINT);
    this.#device = new DeviceView(place);
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#train().catch((error: unknown) => this.#fail(error as Error));
    });
    stop.addEventListener('click', () => this.#run.stop());
    plug.addEventListener('click', () => {
      if (!this.#isLost) this.source().unplug?.();
      else this.#plugIn().catch((error: unknown) => this.say(reasonOf(error as UserError)));
    });
  }

  say(text: string): void {
    this.#said.textContent = capital(text);
  }

  /** True from the press of the button to the run's end. */
  get isRunning(): boolean {
    return !this.#buttons.stop.disabled;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Enables the training, or not: where there is no board. */
  allow(isAllowed: boolean): void {
    this.#buttons.start.disabled = !isAllowed;
  }

  close(): void {
    this.#isClosed = true;
    this.#run.close();
    void this.#engine?.close();
  }

  async #train(): Promise<void> {
    this.#setRunning(true);
    this.say('Loading the digits …');
    const all = await loadMnist();
    if (this.#isClosed) return;
    const dataset = firstOf(all, this.#numberOf('examples'));
    const chosen = this.#recipes.read(dataset);
    this.say('Looking for the board …');
    const device = await this.source().open();
    if (this.#isClosed) return this.source().close();
    this.#engine = startEngine({ recipe: chosen.recipe, dataset, device }, (news) => this.#hear(news));
    this.#run.begin(chosen, dataset, this.#engine);
  }

  async #plugIn(): Promise<void> {
    this.#buttons.plug.disabled = true;
    try {
      this.say('Looking for the board …');
      this.#engine?.plug(await this.source().open());
      this.#setLost(false);
    } finally {
      this.#buttons.plug.disabled = false;
    }
  }

  #hear(news: News): void {
    const { board } = this.source();
    this.#run.hear(news);
    if (news.kind === 'failed') this.#fail(new UserError(news.message, news.hint));
    else if (news.kind === 'started') {
      this.#before = undefined;
      this.#device.start(news, board);
      this.say(`Training on ${board ? `the ${board.name}` : news.device}, kernel ${news.kernel}.`);
    } else if (news.kind === 'memory') this.#device.showMemory(news.memory, board);
    else if (news.kind === 'standing')
      this.#device.showLine(news.standing.line, this.#millisecondsOf(news.standing.tally.samples));
    else if (news.kind === 'lost') this.#lose(news);
    else if (news.kind === 'finished') this.#end();
  }

  /** The chip's, an example of this epoch since the line was opened. */
  #millisecondsOf(seen: number): number | undefined {
    const { cycles, board } = this.source();
    if (cycles === undefined || !board) return undefined;
    if (!this.#before || seen < this.#before.seen) this.#before = { cycles, seen };
    const examples = seen - this.#before.seen;
    return examples > 0 ? (1000 * (cycles - this.#before.cycles)) / board.core.clock / examples : undefined;
  }

  #lose({ step, ...reason }: Extract<News, { kind: 'lost' }>): void {
    this.source().close();
    this.#setLost(true);
    this.say(`${reasonOf(reason)}. The run stands at minibatch ${count(step)} and goes on from there.`);
  }

  #setLost(isLost: boolean): void {
    this.#isLost = isLost;
    const { plug } = this.#buttons;
    const canUnplug = this.source().unplug !== undefined;
    const again = canUnplug ? 'Plug it in again' : 'It is plugged in again';
    plug.textContent = isLost ? again : 'Unplug it';
    plug.hidden = !isLost && !canUnplug;
  }

  #fail(error: Error): void {
    this.#end();
    this.say(error instanceof UserError ? reasonOf(error) : error.message);
  }

  #end(): void {
    this.source().close();
    this.#setRunning(false);
  }

  #setRunning(isRunning: boolean): void {
    this.allow(!isRunning);
    this.#buttons.stop.disabled = !isRunning;
    this.#setLost(false);
    if (!isRunning) this.#buttons.plug.hidden = true;
  }

  #numberOf(name: string): number {
    return Number(find(this.#form, `[name=${name}]`, HTMLInputElement).value);
  }
}

/** A part of a data set: its first examples. */
function firstOf(dataset: Dataset, examples: number): Dataset {
  const { pixels, training, test } = dataset;
  const some = ({ images, labels, ...samples }: Dataset['test'], count: number) => ({
    ...samples,
    count,
    images: images.slice(0, count * pixels),
    labels: labels.slice(0, count),
  });
  return { ...dataset, training: some(training, examples), test: some(test, TESTED) };
}
