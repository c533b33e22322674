/** The choice of what is trained: a preset, and what of it is to be otherwise. */
import type { Dataset } from '#host/data/index.js';
import { html } from '#host/drawing/index.js';
import { capital } from '#host/ground/index.js';
import { checkRecipe, describeKey, type Recipe, type RecipeKey, readPreset } from '#host/model/index.js';
import { find } from '../../page/elements.js';

/** Those that a tab trains in minutes. */
const PRESETS = ['tiny', 'small', 'demo', 'fast-1', 'fast-2', 'spiking', 'paper-1', 'conv-tiny'];
const FIRST = 'small';
const EPOCHS = 3;

/** Keys that the form has, and how their texts become values. */
const KEYS = {
  network: (text: string) => text.trim(),
  epochs: Number,
  minibatch: Number,
  beta: Number,
  rates: (text: string) =>
    text
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number),
  seed: Number,
} as const satisfies Partial<Record<RecipeKey, (text: string) => unknown>>;

type FormKey = keyof typeof KEYS;
const keys = Object.keys(KEYS) as FormKey[];
const NAMES: Readonly<Partial<Record<FormKey, string>>> = { beta: 'β' };

export const recipeForm = html`
<div class="choices">
<label>Preset <select name="preset">${PRESETS.map((name) => html`<option>${name}</option>`)}</select></label>
${keys.map((key) => html`<label title="${describeKey(key)}">${NAMES[key] ?? capital(key)} <input name="${key}" required autocomplete="off"></label>`)}
</div>
<p class="note" id="description"></p>
`;

export interface ChosenRecipe {
  readonly recipe: Recipe;
  /** The command that trains the same in Node, to the same bits. */
  readonly command: string;
}

/** The form, alive. */
export class RecipeForm {
  readonly #form: HTMLFormElement;
  readonly #preset: HTMLSelectElement;

  /** @param first the preset that it begins with */
  constructor(form: HTMLFormElement, first = FIRST) {
    this.#form = form;
    this.#preset = find(form, '[name=preset]', HTMLSelectElement);
    this.#preset.value = first;
    this.#preset.addEventListener('change', () => this.#fill());
    this.#fill();
  }

  /** Throws `UserError` where it cannot be trained, and why. */
  read({ training }: Dataset): ChosenRecipe {
    const { values, source } = readPreset(this.#preset.value);
    const all = { training: `0..${training.count}`, validation: 'none' };
    const original = checkRecipe({ ...values, ...all }, source);
    const own = Object.fromEntries(keys.map((key) => [key, KEYS[key](this.#input(key).value)]));
    const recipe = checkRecipe({ ...values, ...all, ...own }, 'the recipe');
    const changed = keys.filter((key) => String(recipe[key]) !== String(original[key]));
    const flags = [
      ['training', all.training],
      ...('validation' in values ? [['validation', 'none']] : []),
      ...changed.map((key) => [key, String(recipe[key])]),
    ].map(([key, value]) => `--${key} ${value}`);
    return { recipe, command: `npx eqprop train --preset ${this.#preset.value} ${flags.join(' ')}` };
  }

  #input(key: FormKey): HTMLInputElement {
    return find(this.#form, `[name=${key}]`, HTMLInputElement);
  }

  #fill(): void {
    const { values, source } = readPreset(this.#preset.value);
    const recipe = checkRecipe({ ...values, epochs: EPOCHS }, source);
    for (const key of keys) this.#input(key).value = [recipe[key]].flat().join(', ');
    find(this.#form, '#description', HTMLElement).textContent = recipe.description;
  }
}
