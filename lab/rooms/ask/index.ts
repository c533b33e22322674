/** *Ask a network*: what a run has exported answers here, and shows why. */
import { html } from '#host/drawing/index.js';
import { percent, reasonOf, UserError } from '#host/ground/index.js';
import { formatsOf, graphOf, pictureOf, shapeName } from '#host/model/index.js';
import { loadMnist } from '../../data/mnist.js';
import type { Answer } from '../../engine/asked.js';
import { find } from '../../page/elements.js';
import { LayerView } from '../../page/layer-view.js';
import { lastLearnt } from '../../page/learnt.js';
import { Pad } from '../../page/pad.js';
import type { Room } from '../room.js';
import { type Asked, AskedNetwork } from './asked-network.js';
import { filesOf, greysOf, networkOf, sorted } from './dropped.js';
import { EvidenceView, hasVoices } from './evidence.js';

/** Sides of the pad's picture, MNIST's. */
const SIDE = 28;

const page = html`
<h1>Ask a network</h1>
<p class="lead">Drop what a run has exported on this page: it answers here, to the last bit as on a board, and shows which units spoke.
Then draw a digit, or drop pictures.</p>
<div class="drop" id="drop">
<label>Files of an export, or pictures <input type="file" id="files" multiple></label>
<p class="note">npx eqprop export &lt;run&gt; --out &lt;folder&gt; writes them: drop the folder, or choose all of its files. Nothing leaves this computer.</p>
<p class="buttons"><button type="button" id="last" hidden>The network that learnt last on this page</button></p>
</div>
<p id="said" role="status">No network is here yet.</p>
<p class="note" id="network"></p>
<div class="settle" id="asking" hidden>
<div>
<div id="drawing"><canvas id="pad" class="pad" role="img" aria-label="A pad to draw a digit on with a pointer"></canvas>
<p class="buttons"><button type="button" id="clear">Clear</button><button type="button" id="example">A digit of the test set</button></p></div>
<p id="answer" role="status"></p>
</div>
<div id="layers"></div>
<div id="why"><h2>Why</h2><p class="note">The units of the last hidden layer that add most to the answer’s output, or take most from it,
and what they look for.</p><div id="voices"></div></div>
</div>`;

export const room: Room = {
  open(place) {
    place.innerHTML = page.text;
    const room = new AskRoom(place);
    return () => room.close();
  },
};

class AskRoom {
  readonly #place: HTMLElement;
  readonly #pad: Pad;
  #asked: AskedNetwork | undefined;
  #layers: LayerView | undefined;
  #evidence: EvidenceView | undefined;
  #isClosed = false;
  #name = 'The drawing';
  #shown = -1;

  constructor(place: HTMLElement) {
    this.#place = place;
    this.#pad = new Pad(find(place, '#pad', HTMLCanvasElement), () =>
      this.#ask(this.#pad.image(), 'The drawing'),
    );
    const on = (selector: string, act: () => unknown) =>
      this.#of(selector).addEventListener('click', () => this.#try(async () => void (await act())));
    on('#clear', () => {
      this.#pad.clear();
      this.#ask(this.#pad.image(), 'The drawing');
    });
    on('#example', () => this.#showNext());
    on('#last', () => this.#takeLast());
    this.#of('#last').hidden = lastLearnt() === undefined;
    const files = find(place, '#files', HTMLInputElement);
    files.addEventListener('change', () => this.#try(() => this.#take([...(files.files ?? [])])));
    // Wherever it falls.
    document.addEventListener('drop', this.#drop);
  }

  close(): void {
    this.#isClosed = true;
    this.#asked?.close();
    document.removeEventListener('drop', this.#drop);
  }

  readonly #drop = ({ dataTransfer }: DragEvent): void => {
    if (dataTransfer) this.#try(async () => this.#take(await filesOf(dataTransfer)));
  };

  async #take(files: readonly File[]): Promise<void> {
    const { network, pictures } = sorted(files);
    if (network.length > 0) await this.#open(await networkOf(network));
    const asked = this.#asked;
    if (pictures.length > 0 && !asked)
      throw new UserError(`nobody is there to look at ${pictures[0].name}`, 'drop a network first');
    for (const file of pictures) if (asked) this.#ask(await greysOf(file, asked.network.picture), file.name);
  }

  async #takeLast(): Promise<void> {
    const learnt = lastLearnt();
    if (!learnt) return;
    const { recipe, digest, parameters } = learnt;
    const network = {
      recipe,
      digest,
      ...parameters,
      graph: graphOf(recipe),
      formats: formatsOf(recipe),
      step: 0,
    };
    await this.#open({ ...network, picture: pictureOf(network.graph.layers[0].shape) });
  }

  async #open(network: Asked): Promise<void> {
    this.#say('The network is laid out …');
    const asked = await AskedNetwork.open(network, (answer) => this.#hear(answer));
    if (this.#isClosed) return asked.close();
    this.#asked?.close();
    this.#asked = asked;
    const { graph, picture, digest } = network;
    this.#of('#layers').replaceChildren();
    this.#layers = new LayerView(
      this.#of('#layers'),
      graph.layers.slice(1).map(({ units }) => units),
    );
    this.#of('#why').hidden = !hasVoices(network);
    this.#evidence = hasVoices(network) ? new EvidenceView(this.#of('#voices'), network) : undefined;
    this.#of('#asking').hidden = false;
    const isDrawn = picture.rows === SIDE && picture.columns === SIDE;
    this.#of('#drawing').hidden = !isDrawn;
    this.#of('#network').textContent =
      `${network.recipe.network}, ${shapeName(picture)} pixels; digest ${digest}.`;
    this.#of('#answer').textContent = '';
    this.#say(isDrawn ? 'The network is there: draw a digit.' : 'The network is there: drop a picture.');
    if (isDrawn) await this.#showNext();
  }

  async #showNext(): Promise<void> {
    const { test, pixels } = await loadMnist();
    this.#shown = (this.#shown + 1) % test.count;
    const image = test.images.subarray(this.#shown * pixels, (this.#shown + 1) * pixels);
    this.#pad.show(image);
    this.#ask(image, `Digit ${this.#shown + 1} of the test set, a ${test.labels[this.#shown]}`);
  }

  #ask(image: Uint8Array, name: string): void {
    const asked = this.#asked;
    if (!asked) return;
    this.#name = name;
    const { rows, columns } = asked.network.picture;
    this.#layers?.showInput(image, columns, rows);
    asked.ask(image);
  }

  #hear({ class: answer, label, score, scores, states }: Answer): void {
    const units = this.#asked?.network.graph.layers.slice(1).map((layer) => layer.units) ?? [];
    let from = 0;
    units.forEach((count, layer) => {
      this.#layers?.show(layer, Float64Array.from(states.slice(from, from + count)));
      from += count;
    });
    this.#evidence?.show(states, label, answer);
    const [, second = 0] = [...scores].sort((a, b) => b - a);
    this.#of('#answer').textContent =
      `${this.#name}: the network says ${answer}. Its output is ${percent(score)}, the next one ${percent(second)}${
        score === 0 ? ': it says nothing' : ''
      }.`;
  }

  #try(work: () => Promise<void>): void {
    work().catch((error: Error) => this.#say(reasonOf(error)));
  }

  #say(text: string): void {
    this.#of('#said').textContent = text;
  }

  #of(selector: string): HTMLElement {
    return find(this.#place, selector, HTMLElement);
  }
}
