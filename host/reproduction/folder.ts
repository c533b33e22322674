/** A reproduction's folder: reproduction.json, an ordinary run's folder a network, tables, figures, report.html. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { readJson, writeWhole } from '../files/index.js';
import { UserError } from '../ground/index.js';
import { RunFolder } from '../records/index.js';
import type { NetworkNumber } from './paper.js';
import { type PlannedNetwork, planNetworks, type ReproductionSettings } from './plan.js';

const DESCRIPTION = 'reproduction.json';

const natural = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const MOST_EPOCHS = 100_000;

const schema = v.object({
  form: v.picklist(['quick', 'full']),
  relaxation: v.picklist(['paper', 'fast']),
  seed: natural(0, 0xffff_ffff),
  images: natural(1, 0xffff_ffff),
  data: v.exactOptional(v.string()),
  networks: v.array(v.object({ number: v.picklist([1, 2, 3]), epochs: natural(1, MOST_EPOCHS) })),
});

export class ReproductionFolder {
  #networks: readonly PlannedNetwork[];

  private constructor(
    readonly path: string,
    readonly settings: ReproductionSettings,
    networks: readonly PlannedNetwork[],
  ) {
    this.#networks = networks;
  }

  /** @throws `UserError` where a reproduction is there already, or none can be made */
  static create(
    path: string,
    settings: ReproductionSettings,
    networks: readonly PlannedNetwork[],
  ): ReproductionFolder {
    if (existsSync(join(path, DESCRIPTION)))
      throw new UserError(
        `${path} holds a reproduction already`,
        `go on with --resume ${path}, or name another folder with --out`,
      );
    const folder = new ReproductionFolder(path, settings, networks);
    folder.#describe();
    return folder;
  }

  /**
   * One that exists, with more networks where they are asked for.
   * @param numbers to be trained; all planned before if empty
   * @param epochs of those that are new to it
   * @throws `UserError` where there is none, or it was begun with other epochs
   */
  static open(path: string, numbers: readonly number[], epochs: number | undefined): ReproductionFolder {
    const { networks, ...settings } = readDescription(path);
    const asked = numbers.length > 0 ? numbers : networks.map(({ number }) => number);
    const begun = networks.find((one) => asked.includes(one.number) && epochs && one.epochs !== epochs);
    if (begun)
      throw new UserError(
        `network ${begun.number} in ${path} was begun with ${begun.epochs} epochs`,
        'leave --epochs out, or start anew in another folder with --out',
      );
    const isNew = (number: number) => networks.every((one) => one.number !== number);
    const added = planNetworks(settings, asked.filter(isNew), epochs);
    const all = [...networks, ...added].sort((a, b) => a.number - b.number);
    const folder = new ReproductionFolder(path, settings, all);
    for (const one of networks)
      new RunFolder(folder.runOf(one.number)).requireEpochs(one.epochs, 'the reproduction');
    folder.#describe();
    return folder;
  }

  get networks(): readonly PlannedNetwork[] {
    return this.#networks;
  }

  runOf(number: NetworkNumber): string {
    return join(this.path, `network-${number}`);
  }

  yardstickOf(number: NetworkNumber): string {
    return join(this.path, `backpropagation-${number}`);
  }

  /** Returns the file's path. */
  write(name: string, content: string): string {
    return writeWhole(this.path, name, content);
  }

  #describe(): void {
    const description = { ...this.settings, networks: this.#networks };
    this.write(DESCRIPTION, `${JSON.stringify(description, undefined, 2)}\n`);
  }
}

function readDescription(path: string) {
  const file = join(path, DESCRIPTION);
  if (!existsSync(file))
    throw new UserError(
      `${path} holds no reproduction`,
      'start one: eqprop reproduce table-2 --out <folder>',
    );
  try {
    return v.parse(schema, readJson(file));
  } catch (error) {
    throw new UserError(
      `could not read ${file}: ${(error as Error).message}`,
      'start anew in another folder',
      {
        cause: error,
      },
    );
  }
}
