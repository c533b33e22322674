/** An experiment: a plan of runs in a folder. One file there holds the plan; the runs stand in folders below. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { readJson, requireFolder, writeWhole } from '../files/index.js';
import { faultIn, UserError } from '../ground/index.js';
import type { Recipe } from '../model/index.js';
import { loadResult, RunFolder, type SavedRun } from '../records/index.js';

/** A kind of experiment, as its folders and their errors have it. */
export interface ExperimentKind<Plan> {
  /** `comparison` */
  readonly name: string;
  /** The command that makes one. */
  readonly command: string;
  /** The plan's file. */
  readonly file: string;
  readonly schema: v.GenericSchema<unknown, Plan>;
}

export class ExperimentFolder<Plan> {
  protected constructor(
    readonly path: string,
    readonly plan: Plan,
    private readonly kind: ExperimentKind<Plan>,
  ) {}

  /** Writes the plan: from then on the experiment can be taken up. */
  begin(): void {
    this.write(this.kind.file, `${JSON.stringify(this.plan, undefined, 2)}\n`);
  }

  /**
   * Throws `UserError` where somebody has trained a run to other epochs than the plan's.
   * @param path the run's folder
   */
  requirePlanned(path: string, { epochs }: Pick<Recipe, 'epochs'>): void {
    new RunFolder(path).requireEpochs(epochs, `the ${this.kind.name}`);
  }

  /** Returns whether a run's log says that all of it was trained and measured. Throws as `requirePlanned`. */
  isFinished(path: string, recipe: Pick<Recipe, 'epochs'>): boolean {
    this.requirePlanned(path, recipe);
    return new RunFolder(path).isFinished();
  }

  /**
   * The result of a finished run. Undefined if it must be begun, resumed, or retrained since its last checkpoint is not
   * whole. Throws as `requirePlanned`.
   */
  resultOf(path: string, recipe: Pick<Recipe, 'epochs'>): SavedRun | undefined {
    if (!this.isFinished(path, recipe)) return undefined;
    try {
      return loadResult(path);
    } catch (error) {
      if (error instanceof UserError) return undefined;
      throw error;
    }
  }

  /** Writes a file whole or not at all; returns its path. */
  write(name: string, content: string): string {
    return writeWhole(this.path, name, content);
  }
}

/** Refuses a folder that holds such an experiment, or in which none can be made. */
export function requireFree(path: string, { name, file }: ExperimentKind<unknown>): void {
  if (existsSync(join(path, file)))
    throw new UserError(
      `${path} holds a ${name} already`,
      `continue it with --resume ${path}, or name another folder with --out`,
    );
  requireFolder(path);
}

/** The plan in a folder. Throws `UserError` where there is none, or it is not what the schema says. */
export function readPlan<Plan>(path: string, { name, command, file, schema }: ExperimentKind<Plan>): Plan {
  const at = join(path, file);
  if (!existsSync(at))
    throw new UserError(`there is no ${name} in ${path}`, `name a folder that eqprop ${command} has made`);
  const hint = `restore it, or begin a new ${name}`;
  let read: unknown;
  try {
    read = readJson(at);
  } catch (error) {
    throw new UserError(`${at} cannot be read: ${(error as Error).message}`, hint, { cause: error });
  }
  const result = v.safeParse(schema, read);
  if (result.success) return result.output;
  throw new UserError(`${at}: ${faultIn(result.issues)}`, hint);
}
