/** *Train here*: a network learns in this page, and a twin beside it does all of it again. */
import { type Html, html } from '#host/drawing/index.js';
import { reasonOf, type UserError } from '#host/ground/index.js';
import { missingAbilities, mostThreads } from '../../browser/abilities.js';
import { loadMnist } from '../../data/mnist.js';
import { type Engine, startEngine } from '../../engine/engine.js';
import { find } from '../../page/elements.js';
import { type OwnData, RecipeForm, recipeForm } from '../../page/recipe-form.js';
import { RunView, runView } from '../../page/run-view.js';
import type { Room } from '../room.js';
import { OwnDataForm, ownDataForm } from './own-data.js';

/** Nothing where there is one. */
function threadsChoice(most: number): Html | undefined {
  if (most === 1) return undefined;
  const counts = Array.from({ length: most }, (_, index) => html`<option>${index + 1}</option>`);
  return html`<label title="threads of the device: any number of them ends with the same bits">Threads <select name="threads">${counts}</select></label>`;
}

const page = () => html`
<h1>Train here</h1>
<p class="lead">A network learns 10,000 digits in this page. The kernel that boards run is the device, in a worker of its own; a twin
beside it does all of the work again, and every reply must be equal to the last bit. What it ends with has the same digest as in Node,
or on a board.</p>
${missingAbilities().map((sentence) => html`<p class="note">${sentence}</p>`)}
<form aria-label="What is trained">
${recipeForm(threadsChoice(mostThreads()))}
${ownDataForm}
<p class="buttons"><button type="submit">Train</button> <button type="button" id="stop" disabled>Stop</button></p>
</form>
<p id="said" role="status"></p>
${runView}`;

export const room: Room = {
  open(place) {
    place.innerHTML = page().text;
    const form = find(place, 'form', HTMLFormElement);
    const [start, stop] = ['[type=submit]', '#stop'].map((name) => find(place, name, HTMLButtonElement));
    const said = find(place, '#said', HTMLElement);
    const recipes = new RecipeForm(form);
    const view = new RunView(place, (text) => {
      said.textContent = text;
    });
    let engine: Engine | undefined;
    let own: OwnData | undefined;
    const leaving = new AbortController();

    const end = () => {
      start.disabled = false;
      stop.disabled = true;
    };
    const fail = (error: Error | Pick<UserError, 'message' | 'hint'>) => {
      said.textContent = reasonOf(error);
      end();
    };
    new OwnDataForm(
      place,
      leaving.signal,
      (data) => {
        own = data;
        recipes.use(data);
        said.textContent = '';
      },
      fail,
    );

    async function train(): Promise<void> {
      start.disabled = true;
      if (!own) said.textContent = 'Loading the digits …';
      const dataset = own?.dataset ?? (await loadMnist());
      if (leaving.signal.aborted) return;
      const chosen = recipes.read(dataset);
      const threads = Number(new FormData(form).get('threads') ?? 1);
      engine = startEngine(
        { recipe: chosen.recipe, dataset, device: { kind: 'simulated', threads } },
        (news) => {
          view.hear(news);
          if (news.kind === 'failed') fail(news);
          if (news.kind === 'finished') end();
        },
      );
      view.begin(chosen, dataset, engine);
      stop.disabled = false;
    }

    form.addEventListener('submit', (event) => {
      event.preventDefault();
      train().catch(fail);
    });
    stop.addEventListener('click', () => view.stop());
    return () => {
      leaving.abort();
      view.close();
      void engine?.close();
    };
  },
};
