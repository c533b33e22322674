/** *Draw a digit and watch it settle*: the states by layer, the energy as it falls, the nudge as it pulls. */
import type { Dataset } from '#host/data/index.js';
import { html } from '#host/drawing/index.js';
import { reasonOf, significant } from '#host/ground/index.js';
import { loadMnist } from '../../data/mnist.js';
import { LiveChart } from '../../page/chart.js';
import { find } from '../../page/elements.js';
import { LayerView } from '../../page/layer-view.js';
import { lastLearnt } from '../../page/learnt.js';
import { Pad } from '../../page/pad.js';
import type { Room } from '../room.js';
import { quickNetwork } from './quick-network.js';
import { Settling, type Step } from './settling.js';

/** Milliseconds from one step to the next. */
const PACE = 50;
/** A change below which nothing moves any more. */
const STILL = 1e-4;
/** Steps of a curve, at most: with a large ε some networks never rest. */
const MOST_STEPS = 400;

const page = html`
<h1>Draw a digit and watch it settle</h1>
<p class="lead">The network answers by settling: every unit follows its drive, down the energy that the weights make, until nothing
moves. Pull the outputs towards another digit with β, and the hidden units follow: what then differs is what it would learn from.</p>
<p class="note" id="network"></p>
<div class="settle">
<div>
<canvas id="pad" class="pad" role="img" aria-label="A pad to draw a digit on with a pointer"></canvas>
<p class="buttons"><button type="button" id="clear">Clear</button><button type="button" id="example">A digit of the test set</button></p>
<form class="choices" aria-label="Dynamics">
<label>Pull towards <select name="label"><option value="">nothing</option>${Array.from({ length: 10 }, (_, label) => html`<option>${label}</option>`)}</select></label>
<label>β <output id="beta-value"></output><input type="range" name="beta" min="0" max="1" step="0.05" value="0.5"></label>
<label>ε <output id="epsilon-value"></output><input type="range" name="epsilon" min="0.02" max="1" step="0.02" value="0.2"></label>
</form>
<p class="buttons"><button type="button" id="again">From zero again</button></p>
<p id="said" role="status"></p>
</div>
<div id="layers"></div>
<div id="energy" class="chart"></div>
</div>`;

export const room: Room = {
  open(place) {
    place.innerHTML = page.text;
    const leaving = new AbortController();
    const said = find(place, '#said', HTMLElement);
    said.textContent = 'A small network learns 10,000 digits first …';
    enter(place, leaving.signal).catch((error: Error) => {
      if (leaving.signal.aborted) return;
      said.textContent = reasonOf(error);
    });
    return () => leaving.abort();
  },
};

async function enter(place: HTMLElement, signal: AbortSignal): Promise<void> {
  const dataset = await loadMnist();
  const learnt = lastLearnt() ?? (await quickNetwork(signal));
  if (signal.aborted) return;
  const { recipe, digest } = learnt;
  find(place, '#network', HTMLElement).textContent =
    `${recipe.network}, as it learnt last on this page; digest ${digest}. Its steps here are in float64.`;
  new SettleView(place, new Settling(learnt), dataset, signal);
}

class SettleView {
  readonly #place: HTMLElement;
  readonly #said: HTMLElement;
  readonly #pad: Pad;
  readonly #layers: LayerView;
  readonly #chart: LiveChart;
  #timer: ReturnType<typeof setInterval> | undefined;
  #shown = -1;
  #steps = 0;

  constructor(
    place: HTMLElement,
    private readonly settling: Settling,
    private readonly dataset: Dataset,
    signal: AbortSignal,
  ) {
    this.#place = place;
    this.#said = find(place, '#said', HTMLElement);
    this.#layers = new LayerView(find(place, '#layers', HTMLElement), settling.layers);
    this.#chart = new LiveChart(find(place, '#energy', HTMLElement), {
      title: 'Energy',
      xLabel: 'step',
      fromZero: false,
      series: [
        { label: 'E', colour: 'blue' },
        { label: 'E + βC', colour: 'orange' },
      ],
    });
    this.#pad = new Pad(find(place, '#pad', HTMLCanvasElement), () => this.#see(this.#pad.image()));
    const on = (name: string, act: () => void) =>
      find(place, name, HTMLElement).addEventListener('click', act);
    on('#clear', () => this.#clear());
    on('#example', () => this.#showNext());
    on('#again', () => this.#restart());
    find(place, 'form', HTMLFormElement).addEventListener('input', () => {
      this.#tellChoices();
      this.#go();
    });
    this.#tellChoices();
    this.#showNext();
    signal.addEventListener('abort', () => this.#close());
  }

  #close(): void {
    clearInterval(this.#timer);
    this.#chart.close();
  }

  #tellChoices(): void {
    for (const name of ['beta', 'epsilon'])
      find(this.#place, `#${name}-value`, HTMLOutputElement).value = significant(this.#numberOf(name));
  }

  #numberOf(name: string): number {
    return Number(find(this.#place, `[name=${name}]`, HTMLInputElement).value);
  }

  #showNext(): void {
    const { test, pixels } = this.dataset;
    this.#shown = (this.#shown + 1) % test.count;
    const image = test.images.subarray(this.#shown * pixels, (this.#shown + 1) * pixels);
    this.#pad.show(image);
    this.#see(image);
    this.#restart();
  }

  #clear(): void {
    this.#pad.clear();
    this.#see(this.#pad.image());
    this.#restart();
  }

  #see(image: Uint8Array): void {
    this.settling.see(image);
    this.#layers.showInput(image, this.dataset.columns, this.dataset.rows);
    this.#go();
  }

  #restart(): void {
    this.settling.restart();
    this.#chart.clear();
    this.#go();
  }

  /** Goes on until nothing moves. */
  #go(): void {
    this.#steps = 0;
    this.#said.textContent = '';
    this.#timer ??= setInterval(() => this.#step(), PACE);
  }

  #step(): void {
    const text = find(this.#place, '[name=label]', HTMLSelectElement).value;
    const label = text === '' ? undefined : Number(text);
    const nudge = this.#numberOf('beta');
    const step = this.settling.step({ epsilon: this.#numberOf('epsilon'), nudge, label });
    this.#chart.add(step.count, step.energy, label === undefined ? null : step.total);
    this.settling.layers.forEach((_, layer) => {
      this.#layers.show(layer, this.settling.statesOf(layer));
    });
    this.#steps++;
    if (step.change >= STILL && this.#steps < MOST_STEPS) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#said.textContent = this.#verdict(step);
  }

  #verdict({ count, change }: Step): string {
    const outputs = this.settling.statesOf(this.settling.layers.length - 1);
    const greatest = outputs.reduce((best, state, unit) => (state > outputs[best] ? unit : best), 0);
    const answer = `it says ${greatest}, whose output is ${significant(outputs[greatest], 2)}`;
    return change < STILL
      ? `At rest after ${count} steps: ${answer}.`
      : `It does not rest: a smaller ε would help. Now ${answer}.`;
  }
}
