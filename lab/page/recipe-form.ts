/** The choice of what is trained: a preset or what the data suggest, and what of it is to be otherwise. */
import type { Dataset } from '#host/data/index.js';
import { type Html, html } from '#host/drawing/index.js';
import { capital } from '#host/ground/index.js';
import { checkRecipe, describeKey, type Recipe, type RecipeKey, readPreset } from '#host/model/index.js';
import { fittedRecipe } from '#host/training/index.js';
import { find } from './elements.js';

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
  rates: numbersOf,
  // Presets have these two for as many connections as theirs.
  'initial-scale': (text: string) => {
    const scales = numbersOf(text);
    return scales.length === 1 ? scales[0] : scales;
  },
  'weight-decay': numbersOf,
  seed: Number,
} as const satisfies Partial<Record<RecipeKey, (text: string) => unknown>>;

type FormKey = keyof typeof KEYS;
type Own = Readonly<Partial<Record<FormKey, unknown>>>;
const keys = Object.keys(KEYS) as FormKey[];
const NAMES: Readonly<Partial<Record<FormKey, string>>> = {
  beta: 'β',
  'initial-scale': 'Initial scale',
  'weight-decay': 'Weight decay',
};

function numbersOf(text: string): readonly number[] {
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number);
}

/** @param more choices of a room's own */
export const recipeForm = (more?: Html) => html`
<div class="choices">
<label>Preset <select name="preset">${PRESETS.map((name) => html`<option>${name}</option>`)}</select></label>
${keys.map((key) => html`<label title="${describeKey(key)}">${NAMES[key] ?? capital(key)} <input name="${key}" autocomplete="off"></label>`)}
${more}
</div>
<p class="note" id="description"></p>
`;

/** Data of the user's own. */
export interface OwnData {
  readonly dataset: Dataset;
  /** The command line's words for the same data. */
  readonly flags: readonly string[];
}

export interface ChosenRecipe {
  readonly recipe: Recipe;
  /** The command that trains the same in Node, to the same bits. */
  readonly command: string;
}

/** A recipe that is shown, and what it becomes where some of it is otherwise. */
interface Base {
  readonly shown: Recipe;
  readonly description: string;
  choose(own: Own, dataset: Dataset): ChosenRecipe;
}

/** The form, alive. */
export class RecipeForm {
  readonly #form: HTMLFormElement;
  readonly #preset: HTMLSelectElement;
  #base: Base;

  /** @param first the preset that it begins with */
  constructor(form: HTMLFormElement, first = FIRST) {
    this.#form = form;
    this.#preset = find(form, '[name=preset]', HTMLSelectElement);
    this.#preset.value = first;
    this.#base = ofPreset(first);
    this.#preset.addEventListener('change', () => this.#show(ofPreset(this.#preset.value)));
    this.#show(this.#base);
  }

  /** Shows what the data suggest, or presets again. Throws `UserError` where no network learns them. */
  use(own: OwnData | undefined): void {
    this.#preset.disabled = own !== undefined;
    this.#show(own ? ofData(own) : ofPreset(this.#preset.value));
  }

  /** Throws `UserError` where it cannot be trained, and why. */
  read(dataset: Dataset): ChosenRecipe {
    const { shown } = this.#base;
    const values = keys.map((key) => [key, KEYS[key](this.#input(key).value)] as const);
    const changed = values.filter(([key, value]) => String(value) !== String(shown[key]));
    return this.#base.choose(Object.fromEntries(changed), dataset);
  }

  #input(key: FormKey): HTMLInputElement {
    return find(this.#form, `[name=${key}]`, HTMLInputElement);
  }

  #show(base: Base): void {
    this.#base = base;
    for (const key of keys) {
      const input = this.#input(key);
      input.value = [base.shown[key]].flat().join(', ');
      // An empty list needs none.
      input.required = input.value !== '';
    }
    find(this.#form, '#description', HTMLElement).textContent = base.description;
  }
}

/** A preset, for fewer epochs. */
function ofPreset(name: string): Base {
  const { values: all, source } = readPreset(name);
  const values = { ...all, epochs: EPOCHS };
  const shown = checkRecipe(values, source);
  return {
    shown,
    description: shown.description,
    choose(own, { training }) {
      const sets = { training: `0..${training.count}`, ...('validation' in all && { validation: 'none' }) };
      return {
        recipe: checkRecipe({ ...values, ...sets, ...own }, 'the recipe'),
        command: commandOf(['--preset', name], { ...sets, epochs: EPOCHS, ...own }),
      };
    },
  };
}

/** The recipe that comes from the data. */
function ofData({ dataset, flags }: OwnData): Base {
  return {
    shown: fittedRecipe(dataset),
    description: 'a recipe that comes from the data: rates by what the first minibatches would change',
    choose: (own) => ({ recipe: fittedRecipe(dataset, own), command: commandOf(flags, own) }),
  };
}

function commandOf(flags: readonly string[], own: Readonly<Record<string, unknown>>): string {
  const words = [...flags, ...Object.entries(own).flatMap(([key, value]) => [`--${key}`, String(value)])];
  return ['npx eqprop train', ...words.map(quoted)].join(' ');
}

/** A word as a shell reads it. */
function quoted(word: string): string {
  return /^[\w.,=/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
