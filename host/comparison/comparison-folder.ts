/** A comparison's folder: compare.json, cells/<id>/ (run folders), references/<id>/, and what was found. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { readJson, requireFolder, writeWhole } from '../files/index.js';
import { isDuration, SECONDS_RANGE, UserError } from '../ground/index.js';
import { checkGrid } from './grid.js';

/** The plan of a comparison, as compare.json holds it. */
const planSchema = v.object({
  hostVersion: v.string(),
  grid: v.object({
    preset: v.string(),
    recipe: v.record(v.string(), v.unknown()),
    alternatives: v.record(v.string(), v.array(v.unknown())),
  }),
  data: v.optional(v.string()),
  device: v.string(),
  deviceOptions: v.object({
    baudRate: v.number(),
    paced: v.exactOptional(v.boolean()),
    arena: v.exactOptional(v.number()),
    window: v.exactOptional(v.number()),
    threads: v.exactOptional(v.number()),
  }),
  /** Seconds of silence after which the device is given up. */
  patience: v.pipe(
    v.number(),
    v.check((seconds) => isDuration(1000 * seconds), `write ${SECONDS_RANGE}`),
  ),
  verification: v.string(),
  reference: v.boolean(),
  /** Points of test error above the best that the advice puts up with. */
  tolerance: v.number(),
});

export type ComparisonPlan = Readonly<v.InferOutput<typeof planSchema>>;

const PLAN = 'compare.json';

export class ComparisonFolder {
  private constructor(
    readonly path: string,
    readonly plan: ComparisonPlan,
  ) {}

  /** A new one, nothing written yet. Throws `UserError` where there is a comparison already, or none can be made. */
  static create(path: string, plan: ComparisonPlan): ComparisonFolder {
    if (existsSync(join(path, PLAN)))
      throw new UserError(
        `${path} holds a comparison already`,
        `continue it with --resume ${path}, or name another folder with --out`,
      );
    requireFolder(path);
    return new ComparisonFolder(path, plan);
  }

  /** Writes the plan: from then on the comparison can be resumed. */
  begin(): void {
    this.write(PLAN, `${JSON.stringify(this.plan, undefined, 2)}\n`);
  }

  /** Throws `UserError` where there is none. */
  static open(path: string): ComparisonFolder {
    const file = join(path, PLAN);
    if (!existsSync(file))
      throw new UserError(`there is no comparison in ${path}`, 'name a folder that eqprop compare has made');
    const result = v.safeParse(planSchema, parse(file));
    if (!result.success)
      throw new UserError(
        `${file}: ${v.getDotPath(result.issues[0])}: ${result.issues[0].message}`,
        'restore the file, or begin a new comparison',
      );
    checkGrid(result.output.grid, file);
    return new ComparisonFolder(path, result.output);
  }

  cell(id: string): string {
    return join(this.path, 'cells', id);
  }

  reference(id: string): string {
    return join(this.path, 'references', id);
  }

  /** Writes a file whole or not at all; returns its path. */
  write(name: string, content: string): string {
    return writeWhole(this.path, name, content);
  }
}

function parse(file: string): unknown {
  try {
    return readJson(file);
  } catch (error) {
    throw new UserError(
      `${file} cannot be read: ${(error as Error).message}`,
      'restore it, or begin a new comparison',
      { cause: error },
    );
  }
}
