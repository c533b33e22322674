/** Examples as a file holds them, before anything is scaled. */
import type { Picture } from '../model/index.js';
import type { Order } from './reading.js';

export type Features = Uint8Array | Uint16Array | Float32Array | Float64Array;

/** A column of words: a number for each row, and what it stands for. */
export interface Categories {
  readonly codes: Uint32Array;
  /** One a code. */
  readonly names: readonly string[];
}

export interface Table {
  /** File or folder, in messages. */
  readonly file: string;
  readonly count: number;
  /** Values of an example. */
  readonly width: number;
  /** count · width. */
  readonly features: Features;
  /** Names of an example's values, where the file has any. */
  readonly columns?: readonly string[];
  /** Shape that the file tells itself. */
  readonly picture?: Picture;
  /** Order of the file's values, where it is known. */
  readonly order?: Order;
  readonly labels: Categories;
  readonly groups?: Categories;
  /** An example in messages: `line 17`. */
  nameOf(example: number): string;
}

/** Where a value stands, in messages. */
export function placeOf(table: Table, example: number, value: number): string {
  const column = table.columns?.[value] ?? `${value + 1}`;
  return `${table.file}, ${table.nameOf(example)}, column ${column}`;
}

/** Collects a column of words. */
export class CategoryBuilder {
  readonly #codes = new Map<string, number>();
  #values = new Uint32Array(1024);
  #count = 0;

  add(word: string): void {
    let code = this.#codes.get(word);
    if (code === undefined) {
      code = this.#codes.size;
      this.#codes.set(word, code);
    }
    if (this.#count === this.#values.length) this.#values = grown(this.#values);
    this.#values[this.#count++] = code;
  }

  build(): Categories {
    return { codes: this.#values.slice(0, this.#count), names: [...this.#codes.keys()] };
  }
}

export function categoriesOf(words: Iterable<string>): Categories {
  const builder = new CategoryBuilder();
  for (const word of words) builder.add(word);
  return builder.build();
}

/** The same values with room for half as many more. */
export function grown<T extends Uint32Array | Float64Array>(values: T): T {
  const larger = new (values.constructor as new (length: number) => T)(Math.ceil(values.length * 1.5));
  larger.set(values);
  return larger;
}
