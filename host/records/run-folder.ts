/** A run's folder: config.json, metrics.jsonl, checkpoints, report.html. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { appendJsonLine, readJson, readJsonLines, writeJsonLines, writeWhole } from '../files/index.js';
import { UserError } from '../ground/index.js';
import type { Recipe } from '../model/index.js';
import { CHECKPOINT, CONFIG, hasCheckpoint, PREVIOUS } from './checkpoint.js';
import type { Metrics } from './metrics.js';
import { metricsSchema } from './metrics-schema.js';
import type { Position } from './progress.js';
import { savedRecipe } from './saved-state.js';

export const REPORT = 'report.html';
export const METRICS = 'metrics.jsonl';

const configSchema = v.looseObject({ recipe: v.record(v.string(), v.unknown()) });

function configIn(path: string): v.InferOutput<typeof configSchema> {
  try {
    const config = readJson(path);
    v.assert(configSchema, config);
    return config;
  } catch (error) {
    throw new UserError(
      `${path} cannot be read: ${(error as Error).message}`,
      'restore it, or delete it: the checkpoint knows the recipe too',
      { cause: error },
    );
  }
}

/** True of a folder in which a run was begun. A comparison's reference trainings have checkpoints too, and no config.json. */
export function isRunFolder(path: string): boolean {
  const has = (name: string) => existsSync(join(path, name));
  return has(CONFIG) && [METRICS, CHECKPOINT, PREVIOUS].some(has);
}

export class RunFolder {
  constructor(readonly path: string) {}

  /**
   * A fresh folder; throws `UserError` where none can be made, or a run is there already. One that ended before its
   * first checkpoint is not.
   */
  static create(path: string, config: unknown): RunFolder {
    const folder = new RunFolder(path);
    if (hasCheckpoint(path))
      throw new UserError(
        `${path} holds a run already`,
        `continue it with --resume ${path}, or name another folder with --out`,
      );
    folder.#writeConfig(config);
    folder.#write(METRICS, '');
    return folder;
  }

  /**
   * Refuses a checkpoint whose recipe is not the folder's: one of the two is another run's, or was changed. A folder
   * that has lost its config.json is taken at the checkpoint's word.
   * @returns the epochs that the folder names: all that may differ, where the checkpoint is of before they were changed
   */
  requireRecipe(recipe: Recipe): number {
    const path = this.#at(CONFIG);
    if (!existsSync(path)) return recipe.epochs;
    const told = savedRecipe(configIn(path).recipe, path);
    const keys = Object.keys({ ...told, ...recipe }) as (keyof Recipe)[];
    const differs = (one: keyof Recipe) => JSON.stringify(told[one]) !== JSON.stringify(recipe[one]);
    const key = keys.find((one) => one !== 'epochs' && differs(one));
    if (key === undefined) return told.epochs;
    const [said, saved] = [told[key], recipe[key]].map((value) => JSON.stringify(value) ?? 'nothing');
    throw new UserError(
      `${path} says ${key} ${said}, the checkpoint beside it ${saved}`,
      'a run keeps its recipe: restore whichever was changed or is of another run, or start a new run',
    );
  }

  /** The device that the run was begun with, by its name; nothing where the folder does not tell. */
  get device(): string | undefined {
    const path = this.#at(CONFIG);
    const device = existsSync(path) ? configIn(path).device : undefined;
    return typeof device === 'string' ? device : undefined;
  }

  /** From now on the run is one of so many epochs. Of a folder without a config.json the next checkpoint says so. */
  setEpochs(epochs: number): void {
    const path = this.#at(CONFIG);
    if (!existsSync(path)) return;
    const config = configIn(path);
    if (config.recipe.epochs === epochs) return;
    this.#writeConfig({ ...config, recipe: { ...config.recipe, epochs } });
  }

  /** Refuses a run that has since been trained to other epochs than those of what it is a part of. */
  requireEpochs(epochs: number, whole: string): void {
    const path = this.#at(CONFIG);
    const told = existsSync(path) ? configIn(path).recipe.epochs : epochs;
    if (told === epochs) return;
    throw new UserError(
      `${this.path} is a run of ${told} epochs now, ${whole} has ${epochs}`,
      'restore it from a copy, or delete it: it is trained anew then',
    );
  }

  log(metrics: Metrics): void {
    appendJsonLine(this.#at(METRICS), metrics);
  }

  /**
   * All metrics so far; a last line cut short by a crash is left out. Throws `UserError` where anything else is not
   * metrics.
   */
  metrics(): readonly Metrics[] {
    return [...this.entries()];
  }

  /** The same one by one, for logs longer than memory. */
  *entries(isWanted: (entry: Metrics) => boolean = () => true): Generator<Metrics> {
    for (const entry of readJsonLines(this.#at(METRICS), metricsSchema)) if (isWanted(entry)) yield entry;
  }

  /** True where all of the run was trained and measured. */
  isFinished(): boolean {
    for (const { kind } of this.entries()) if (kind === 'final') return true;
    return false;
  }

  /** Says how many of so many epochs have no line, if some have none: nothing but a hand takes them out. */
  lossOf(epochs: number): string | undefined {
    let told = 0;
    for (const entry of this.entries()) if (entry.kind === 'epoch' && entry.epoch <= epochs) told++;
    return told < epochs ? `${this.#at(METRICS)} has lost ${epochs - told} of ${epochs} epochs` : undefined;
  }

  /** Forgets what was logged after a checkpoint: it is about to be measured again. */
  rewind({ step, tally }: Pick<Position, 'step' | 'tally'>): void {
    // At an epoch's last step a checkpoint stands before or after the epoch's line: its tally is open or empty.
    const isOpen = tally.samples > 0;
    const isKept = (entry: Metrics) =>
      entry.kind !== 'final' &&
      entry.step <= step &&
      !(isOpen && entry.kind === 'epoch' && entry.step === step);
    writeJsonLines(this.#at(METRICS), this.entries(isKept));
  }

  /** Returns its path. */
  writeReport(html: string): string {
    return this.#write(REPORT, html);
  }

  #writeConfig(config: unknown): void {
    this.#write(CONFIG, `${JSON.stringify(config, undefined, 2)}\n`);
  }

  #write(name: string, content: string): string {
    return writeWhole(this.path, name, content);
  }

  #at(name: string): string {
    return join(this.path, name);
  }
}
