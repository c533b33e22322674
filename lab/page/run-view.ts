/** A run as it goes: its numbers, its curves, its weights. */
import type { Dataset } from '#host/data/index.js';
import { html } from '#host/drawing/index.js';
import { count, duration, percent, significant } from '#host/ground/index.js';
import { formatsOf, graphOf, type NetworkParameters, pictured, type Recipe } from '#host/model/index.js';
import { emptyTally, type Tally } from '#host/records/index.js';
import type { Engine } from '../engine/engine.js';
import type { News, Standing } from '../engine/messages.js';
import { LiveChart } from './chart.js';
import { find } from './elements.js';
import { isDrawable, keepLearnt } from './learnt.js';
import type { ChosenRecipe } from './recipe-form.js';
import { WeightPictures } from './weight-pictures.js';

/** Examples of a point of the curves, at least. */
const WINDOW = 200;
/** Milliseconds from one look at the weights to the next. */
const LOOK = 400;

const cards = [
  ['error', 'Training error', 'of the last ones'],
  ['test', 'Test error', 'of examples never seen'],
  ['replies', 'Replies compared', 'bit for bit'],
  ['speed', 'Speed', 'examples a second'],
] as const;

export const runView = html`
<section id="run" aria-label="The run" hidden>
<progress max="1" value="0" aria-label="Examples trained on"></progress>
<dl class="cards">${cards.map(
  ([name, label, note]) =>
    html`<div class="card"><dt>${label} <span>${note}</span></dt><dd class="value" id="${name}">–</dd></div>`,
)}</dl>
<p class="note">Digest of all weights: <code id="digest"></code><span id="again" hidden>; the same in Node: <code></code></span></p>
<div class="figures" style="--columns:2"><div class="chart" id="errors"></div><div class="chart" id="costs"></div></div>
<div id="pictures"><h2>What the hidden units look for</h2>
<p class="lead">The weights from each pixel, while they form. A pixel under red raises the unit’s drive, one under blue lowers it.</p></div>
</section>`;

export class RunView {
  readonly #place: HTMLElement;
  readonly #errors: LiveChart;
  readonly #costs: LiveChart;
  readonly #pictures: WeightPictures;
  #run: { readonly engine: Engine; readonly recipe: Recipe; readonly dataset: Dataset } | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #last = { epoch: 0, tally: emptyTally() };
  /** Sums since the last point. */
  #window = emptyTally();
  /** Examples of the last point: a run that has lost its board goes back a little. */
  #plotted = 0;

  /**
   * @param say tells the user what has happened
   * @param window examples of a point of the curves, at least
   */
  constructor(
    place: HTMLElement,
    private readonly say: (text: string) => void,
    private readonly window = WINDOW,
  ) {
    this.#place = find(place, '#run', HTMLElement);
    const xLabel = 'examples';
    this.#errors = new LiveChart(this.#of('errors'), {
      title: 'Training error, %',
      xLabel,
      series: [{ label: 'wrong', colour: 'blue' }],
    });
    this.#costs = new LiveChart(this.#of('costs'), {
      title: 'Cost, ½‖y − t‖² an example',
      xLabel,
      series: [{ label: 'cost', colour: 'orange' }],
    });
    this.#pictures = new WeightPictures(this.#of('pictures'));
  }

  begin(chosen: ChosenRecipe, dataset: Dataset, engine: Engine): void {
    this.#run = { engine, recipe: pictured(chosen.recipe, dataset), dataset };
    this.#last = { epoch: 0, tally: emptyTally() };
    this.#window = emptyTally();
    this.#plotted = 0;
    this.#errors.clear();
    this.#costs.clear();
    for (const [name] of cards) this.#of(name).textContent = '–';
    this.#of('again').hidden = true;
    find(this.#place, '#again code', HTMLElement).textContent = chosen.command;
    this.#place.hidden = false;
    this.say('The device and its twin are starting …');
    clearInterval(this.#timer);
    this.#timer = setInterval(() => engine.askForWeights(), LOOK);
  }

  /** Ends the run, when its network is as after a whole minibatch. */
  stop(): void {
    if (!this.#run) return;
    this.say('Stopping after the minibatches under way …');
    this.#run.engine.stop();
  }

  hear(news: News): void {
    if (news.kind === 'started') this.say(`Training on the ${news.device} device, kernel ${news.kernel}.`);
    else if (news.kind === 'standing') this.#stand(news.standing);
    else if (news.kind === 'weights') this.#draw(news.parameters);
    else if (news.kind === 'finished') this.#finish(news);
    else if (news.kind === 'failed') clearInterval(this.#timer);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#errors.close();
    this.#costs.close();
  }

  #of(name: string): HTMLElement {
    return find(this.#place, `#${name}`, HTMLElement);
  }

  #stand({ progress, tally, digest, seconds }: Standing): void {
    if (!progress) return;
    const { phase, epoch, epochs, done, total, checked } = progress;
    this.#of('replies').textContent = count(checked);
    this.#of('digest').textContent = digest;
    if (phase !== 'training') return;
    const seen = (epoch - 1) * total + done;
    find(this.#place, 'progress', HTMLProgressElement).value = seen / (epochs * total);
    this.#of('speed').textContent = significant(seen / seconds, 3);
    this.#point(tally, epoch, seen);
  }

  /** Adds a point of the examples since the last one, where they are enough. */
  #point(tally: Tally, epoch: number, seen: number): void {
    const last = this.#last;
    this.#last = { epoch, tally };
    if (epoch === last.epoch && tally.samples < last.tally.samples) return;
    // An epoch's sums begin anew.
    const before = epoch === last.epoch ? last.tally : emptyTally();
    const sums = this.#window;
    sums.samples += tally.samples - before.samples;
    sums.wrong += tally.wrong - before.wrong;
    sums.cost += tally.cost - before.cost;
    if (sums.samples < this.window || seen <= this.#plotted) return;
    const error = sums.wrong / sums.samples;
    this.#errors.add(seen, 100 * error);
    this.#costs.add(seen, sums.cost / sums.samples);
    this.#of('error').textContent = percent(error);
    this.#window = emptyTally();
    this.#plotted = seen;
  }

  #draw({ weights }: NetworkParameters): void {
    if (!this.#run) return;
    const { recipe, dataset } = this.#run;
    const { rows, columns, channels = 1, pixels } = dataset;
    const { connections } = graphOf(recipe);
    const isDense =
      connections[0].kind === 'dense' &&
      channels === 1 &&
      rows > 1 &&
      columns > 1 &&
      weights[0].length % pixels === 0;
    this.#of('pictures').hidden = !isDense;
    if (isDense) this.#pictures.show(weights[0], rows, columns, formatsOf(recipe).weights[0].fraction);
  }

  #finish({ standing, parameters, evaluations }: Extract<News, { kind: 'finished' }>): void {
    clearInterval(this.#timer);
    if (!this.#run) return;
    const { recipe, dataset } = this.#run;
    const { digest, seconds } = standing;
    this.#draw(parameters);
    this.#of('digest').textContent = digest;
    if (isDrawable(dataset)) keepLearnt({ recipe, parameters, digest });
    const test = evaluations?.find(({ set }) => set === 'test');
    this.#of('again').hidden = !test;
    if (test) this.#of('test').textContent = percent(test.error / 100);
    this.say(
      test
        ? `Learnt in ${duration(seconds)}: ${percent(test.error / 100)} of ${count(test.samples)} examples never seen are wrong.`
        : `Stopped after ${count(standing.step)} minibatches; digest ${digest}.`,
    );
  }
}
