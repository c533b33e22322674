/** A reproduction's folder: reproduction.json, an ordinary run's folder a network, tables, figures, report.html. */
import { join } from 'node:path';
import * as v from 'valibot';
import { ExperimentFolder, readPlan, requireFree } from '../../experiments/index.js';
import { UserError } from '../../ground/index.js';
import type { NetworkNumber } from './paper.js';
import { type PlannedNetwork, planNetworks, type ReproductionSettings } from './plan.js';

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

type ReproductionPlan = Readonly<v.InferOutput<typeof schema>>;

const reproduction = { name: 'reproduction', command: 'reproduce', file: 'reproduction.json', schema };

export class ReproductionFolder extends ExperimentFolder<ReproductionPlan> {
  /** @throws `UserError` where a reproduction is there already, or none can be made */
  static create(
    path: string,
    settings: ReproductionSettings,
    networks: readonly PlannedNetwork[],
  ): ReproductionFolder {
    requireFree(path, reproduction);
    const folder = new ReproductionFolder(path, { ...settings, networks: [...networks] }, reproduction);
    folder.begin();
    return folder;
  }

  /**
   * One that exists, with more networks where they are asked for.
   * @param numbers to be trained; all planned before if empty
   * @param epochs of those that are new to it
   * @throws `UserError` where there is none, or it was begun with other epochs
   */
  static open(path: string, numbers: readonly number[], epochs: number | undefined): ReproductionFolder {
    const { networks, ...settings } = readPlan(path, reproduction);
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
    const folder = new ReproductionFolder(path, { ...settings, networks: all }, reproduction);
    for (const planned of networks) folder.requirePlanned(folder.runOf(planned.number), planned);
    folder.begin();
    return folder;
  }

  get settings(): ReproductionSettings {
    const { networks: _, ...settings } = this.plan;
    return settings;
  }

  get networks(): readonly PlannedNetwork[] {
    return this.plan.networks;
  }

  runOf(number: NetworkNumber): string {
    return join(this.path, `network-${number}`);
  }

  yardstickOf(number: NetworkNumber): string {
    return join(this.path, `backpropagation-${number}`);
  }
}
