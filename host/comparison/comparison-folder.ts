/** A comparison's folder: compare.json, cells/<id>/ (run folders), references/<id>/, and what was found. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { readingSchema } from '../data/index.js';
import { ExperimentFolder, readPlan, requireFree } from '../experiments/index.js';
import { isDuration, SECONDS_RANGE } from '../ground/index.js';
import { DEFAULT_MARGIN } from './advice.js';
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
  reading: v.exactOptional(readingSchema),
  device: v.string(),
  deviceOptions: v.object({
    /** Absent: a port's is found. */
    baudRate: v.exactOptional(v.number()),
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
  /** Points of validation error above the best that the advice puts up with; plans made before there were any have none. */
  margin: v.optional(v.number(), DEFAULT_MARGIN),
  /** Validation images that were split off the training images. */
  heldOut: v.exactOptional(v.string()),
});

export type ComparisonPlan = Readonly<v.InferOutput<typeof planSchema>>;

const comparison = { name: 'comparison', command: 'compare', file: 'compare.json', schema: planSchema };

export class ComparisonFolder extends ExperimentFolder<ComparisonPlan> {
  /** A new one, nothing written yet. Throws `UserError` where there is a comparison already, or none can be made. */
  static create(path: string, plan: ComparisonPlan): ComparisonFolder {
    requireFree(path, comparison);
    return new ComparisonFolder(path, plan, comparison);
  }

  /** Throws `UserError` where there is none. */
  static open(path: string): ComparisonFolder {
    const plan = readPlan(path, comparison);
    checkGrid(plan.grid, join(path, comparison.file));
    return new ComparisonFolder(path, plan, comparison);
  }

  /** True where a comparison was begun in a folder. */
  static isAt(path: string): boolean {
    return existsSync(join(path, comparison.file));
  }

  cell(id: string): string {
    return join(this.path, 'cells', id);
  }

  reference(id: string): string {
    return join(this.path, 'references', id);
  }
}
