/** A board that is trained from a page, wherever it is: what is trained, the run, the board's loss and return. */
import type { Dataset } from '#host/data/index.js';
import { html } from '#host/drawing/index.js';
import { capital, count, reasonOf, type UserError } from '#host/ground/index.js';
import type { HeldDevice } from '../browser/held-line.js';
import type { KnownBoard } from '../data/boards.js';
import { loadMnist } from '../data/mnist.js';
import { type Engine, startEngine } from '../engine/engine.js';
import type { News } from '../engine/messages.js';
import { DeviceView, deviceView } from './device-view.js';
import { find } from './elements.js';
import { RecipeForm, recipeForm } from './recipe-form.js';
import { RunView, runView } from './run-view.js';

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
${recipeForm()}
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
  #isRunning = false;
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
      this.#train().catch((error: Error) => this.#fail(error));
    });
    stop.addEventListener('click', () => this.#run.stop());
    plug.addEventListener('click', () => {
      if (!this.#isLost) this.source().unplug?.();
      else this.#plugIn().catch((error: Error) => this.say(reasonOf(error)));
    });
  }

  say(text: string): void {
    this.#said.textContent = capital(text);
  }

  /** True from the press of the button to the run's end. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Enables the training, or not: where there is no board. */
  allow(isAllowed: boolean): void {
    this.#buttons.start.disabled = !isAllowed;
  }

  close(): void {
    this.#isRunning = false;
    this.#run.close();
    void this.#engine?.close();
  }

  async #train(): Promise<void> {
    this.#setRunning(true);
    this.say('Loading the digits …');
    const all = await loadMnist();
    if (!this.#isRunning) return;
    const dataset = firstOf(all, this.#numberOf('examples'));
    const chosen = this.#recipes.read(dataset);
    const device = await this.#open();
    if (!device) return;
    this.#engine = startEngine({ recipe: chosen.recipe, dataset, device }, (news) => this.#hear(news));
    this.#run.begin(chosen, dataset, this.#engine);
    this.#buttons.stop.disabled = false;
  }

  /** Nothing where the run was ended or the room left meanwhile. */
  async #open(): Promise<HeldDevice | undefined> {
    this.say('Looking for the board …');
    const source = this.source();
    const device = await source.open();
    if (this.#isRunning) return device;
    source.close();
    return undefined;
  }

  async #plugIn(): Promise<void> {
    this.#buttons.plug.disabled = true;
    try {
      const device = await this.#open();
      if (!device) return;
      this.#engine?.plug(device);
      this.#setLost(false);
    } finally {
      this.#buttons.plug.disabled = false;
    }
  }

  #hear(news: News): void {
    const { board } = this.source();
    this.#run.hear(news);
    if (news.kind === 'failed') this.#fail(news);
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

  #fail(error: Pick<UserError, 'message' | 'hint'>): void {
    this.#end();
    this.say(reasonOf(error));
  }

  #end(): void {
    this.source().close();
    this.#setRunning(false);
  }

  #setRunning(isRunning: boolean): void {
    this.#isRunning = isRunning;
    this.allow(!isRunning);
    this.#buttons.stop.disabled = true;
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
