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

/** The features alone, and perhaps their classes. */
export interface FeatureTable {
  /** File or folder, in messages. */
  readonly file: string;
  readonly count: number;
  /** Values of an example. */
  readonly width: number;
  /** count · width. */
  readonly features: Features;
  /** Names of an example's values in messages, where the file tells. */
  readonly columns?: readonly string[];
  /** True where the data name these themselves: by their names a model knows them again. */
  readonly named?: boolean;
  /** Shape that the file tells itself. */
  readonly picture?: Picture;
  /** Order of the file's values, where it is known. */
  readonly order?: Order;
  readonly labels?: Categories;
  /** Notes for the user on how it was read. */
  readonly notes?: readonly string[];
  /** An example in messages: `line 17`. */
  nameOf(example: number): string;
}

export interface Table extends FeatureTable {
  readonly labels: Categories;
  readonly groups?: Categories;
}

/** Where a value stands, in messages. */
export function placeOf(table: FeatureTable, example: number, value: number): string {
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
