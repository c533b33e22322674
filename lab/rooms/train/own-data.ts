/** Data of the user's own: a file that is chosen or dropped, and never leaves the page. */
import { dataSetOf, type Reading } from '#host/data/index.js';
import { html } from '#host/drawing/index.js';
import { count } from '#host/ground/index.js';
import { find } from '../../page/elements.js';
import type { OwnData } from '../../page/recipe-form.js';

export const ownDataForm = html`
<details>
<summary>Your own data</summary>
<p class="note">A .csv file with a row an example, or an .npz file; choose it or drop it on the page. It stays in this page. Network and
rates then come from the data.</p>
<div class="choices">
<label>File <small>--data</small> <input type="file" name="file" accept=".csv,.tsv,.txt,.npz"></label>
<label>Class column <small>--label-column</small> <input name="label-column" placeholder="found" autocomplete="off"></label>
<label>Left out <small>--ignore</small> <input name="ignore" placeholder="none" autocomplete="off"></label>
</div>
<p class="buttons"><button type="button" id="digits" hidden>Digits again</button></p>
<p class="note" id="data"></p>
</details>`;

/** The file and the columns, alive. */
export class OwnDataForm {
  readonly #place: HTMLElement;
  readonly #tell: (own: OwnData | undefined) => void;
  readonly #fail: (error: Error) => void;
  #file: File | undefined;

  /**
   * @param left aborts when the room is left: until then a file may be dropped anywhere on the page
   * @param tell told the data when they are others; nothing where it is the digits
   * @param fail told why a file is no data set
   */
  constructor(
    place: HTMLElement,
    left: AbortSignal,
    tell: (own: OwnData | undefined) => void,
    fail: (error: Error) => void,
  ) {
    this.#place = place;
    this.#tell = tell;
    this.#fail = fail;
    const input = find(place, '[name=file]', HTMLInputElement);
    input.addEventListener('change', () => this.#take(input.files?.[0]));
    for (const name of ['label-column', 'ignore'])
      this.#field(name).addEventListener('change', () => this.#take(this.#file));
    find(place, '#digits', HTMLButtonElement).addEventListener('click', () => {
      input.value = '';
      this.#take(undefined);
    });
    const drop = ({ dataTransfer }: DragEvent) => {
      const file = dataTransfer?.files[0];
      if (!file) return;
      find(place, 'details', HTMLDetailsElement).open = true;
      this.#take(file);
    };
    document.addEventListener('drop', drop, { signal: left });
  }

  #field(name: string): HTMLInputElement {
    return find(this.#place, `[name=${name}]`, HTMLInputElement);
  }

  #say(text: string): void {
    find(this.#place, '#data', HTMLElement).textContent = text;
  }

  #take(file: File | undefined): void {
    this.#file = file;
    find(this.#place, '#digits', HTMLButtonElement).hidden = !file;
    this.#say(file ? `Reading ${file.name} …` : '');
    if (!file) {
      this.#tell(undefined);
      return;
    }
    this.#read(file).catch((error: Error) => {
      if (file !== this.#file) return;
      this.#say('');
      // Those of an earlier file would be trained under this one's name.
      this.#tell(undefined);
      this.#fail(error);
    });
  }

  async #read(file: File): Promise<void> {
    const labelColumn = this.#field('label-column').value.trim();
    const ignore = this.#field('ignore')
      .value.split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    const reading: Reading = {
      ...(labelColumn !== '' && { labelColumn }),
      ...(ignore.length > 0 && { ignore }),
    };
    const dataset = await dataSetOf(file.name, new Uint8Array(await file.arrayBuffer()), reading);
    // Another may have been chosen meanwhile.
    if (file !== this.#file) return;
    const { name, training, test, pixels, classes, notes = [] } = dataset;
    const told = [
      `${name}: ${count(training.count)} examples to learn from, ${count(test.count)} kept for the test; ${count(pixels)} inputs, ${classes} classes.`,
      ...notes.map((note) => `Note: ${note}.`),
    ];
    this.#say(told.join(' '));
    const flags = [
      ...['--data', file.name],
      ...(labelColumn !== '' ? ['--label-column', labelColumn] : []),
      ...(ignore.length > 0 ? ['--ignore', ignore.join(',')] : []),
    ];
    this.#tell({ dataset, flags });
  }
}
