/** A folder of findings: experiments.json, result.json, a figure and the tables of each experiment, report.html. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { chartFigure, standalone } from '../drawing/index.js';
import { ExperimentFolder, readPlan, requireFree } from '../experiments/index.js';
import { makeFolder, readJson, removeEmpty, rename } from '../files/index.js';
import { duration, faultIn, UserError } from '../ground/index.js';
import { type Claim, claimSchema } from './claim.js';
import type { Form } from './experiment.js';
import { claimSection, renderPage } from './page.js';
import { type PaperName, paperNames, papers } from './papers.js';
import { markdownTable } from './tables.js';

const planSchema = v.object({
  paper: v.picklist(paperNames),
  form: v.picklist(['quick', 'full']),
  seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff)),
  data: v.exactOptional(v.string()),
  experiments: v.array(v.string()),
});

/** Settings that decide the findings; `experiments` by their names. */
export type FindingsPlan = Readonly<v.InferOutput<typeof planSchema>>;

export const PLAN = 'experiments.json';

const kind = {
  name: 'reproduction',
  command: 'reproduce <paper>',
  file: PLAN,
  schema: planSchema,
};

const RESULT = 'result.json';

/** The folder of experiments that others do. */
const APART = 'apart';

const measuredSchema = v.object({
  ...claimSchema.entries,
  /** Version of the program that measured it. */
  version: v.string(),
  seconds: v.number(),
});

/** A claim as it was measured, and when. */
export type Measured = Readonly<v.InferOutput<typeof measuredSchema>>;

const resultSchema = v.object({ findings: v.array(measuredSchema) });

export class FindingsFolder extends ExperimentFolder<FindingsPlan> {
  /** @throws `UserError` where findings are there already, or none can be put */
  static create(path: string, plan: FindingsPlan): FindingsFolder {
    requireFree(path, kind);
    const folder = new FindingsFolder(path, plan, kind);
    folder.begin();
    return folder;
  }

  /**
   * One that exists, with more experiments where they are named.
   * @throws `UserError` where there is none, or it is another paper's
   */
  static open(path: string, paper: PaperName, names: readonly string[]): FindingsFolder {
    const plan = readPlan(path, kind);
    if (plan.paper !== paper)
      throw new UserError(
        `${path} holds experiments of ${plan.paper}, not of ${paper}`,
        'name that paper, or begin another folder with --out',
      );
    const all = [...new Set([...plan.experiments, ...names])];
    const folder = new FindingsFolder(path, { ...plan, experiments: all }, kind);
    folder.begin();
    return folder;
  }

  /** One by its plan, whatever plan stood there before: on another computer data lie elsewhere. */
  static under(path: string, plan: FindingsPlan): FindingsFolder {
    const folder = new FindingsFolder(path, plan, kind);
    folder.begin();
    return folder;
  }

  /** @throws `UserError` where they cannot be read */
  findings(): readonly Measured[] {
    const path = join(this.path, RESULT);
    if (!existsSync(path)) return [];
    const hint = 'take the file away: the experiments are run again';
    let read: unknown;
    try {
      read = readJson(path);
    } catch (error) {
      throw new UserError(`${path} cannot be read: ${(error as Error).message}`, hint, { cause: error });
    }
    const result = v.safeParse(resultSchema, read);
    if (result.success) return result.output.findings;
    throw new UserError(`${path}: ${faultIn(result.issues)}`, hint);
  }

  /** Adds a finding to those before, in the plan's order: its figure, its tables, result.json and the report. */
  add(measured: Measured): void {
    const place = (one: Measured) => this.plan.experiments.indexOf(one.name);
    const findings = [...this.findings(), measured].sort((a, b) => place(a) - place(b));
    const { name, title, panels } = measured;
    if (panels.length > 0) this.write(`${name}.svg`, standalone(chartFigure(title, panels)));
    this.write(`${name}.md`, `${markdown(measured, describe(this.plan))}\n`);
    this.write('report.html', page(this.plan, findings));
    // Last: what it names is there.
    this.write(RESULT, `${JSON.stringify({ ...this.plan, findings }, undefined, 2)}\n`);
  }

  /**
   * Sets apart an experiment that others do, with what was begun of it here.
   * @returns path of a folder of findings of its own, which may not be there yet
   */
  setApart(name: string): string {
    const path = join(this.path, APART, name);
    const begun = join(this.path, name);
    if (!existsSync(path) && existsSync(begun)) {
      makeFolder(path);
      rename(begun, join(path, name));
    }
    return path;
  }

  /** Takes an experiment back that was set apart: its finding, where it has come to one, and its runs. */
  takeBack(name: string): void {
    const path = join(this.path, APART, name);
    if (!existsSync(path)) return;
    const apart = new FindingsFolder(path, { ...this.plan, experiments: [name] }, kind);
    const found = apart.findings().find((one) => one.name === name);
    if (found && !this.has(name)) this.add(found);
    const runs = join(path, name);
    if (existsSync(runs) && !existsSync(join(this.path, name))) rename(runs, join(this.path, name));
    rmSync(path, { recursive: true, force: true });
    removeEmpty([join(this.path, APART)]);
  }

  has(name: string): boolean {
    return this.findings().some((one) => one.name === name);
  }

  get report(): string {
    return join(this.path, 'report.html');
  }
}

/** One sentence that says how much of the experiments this is. */
export function describe({ form, seed }: { readonly form: Form; readonly seed: number }): string {
  return form === 'quick'
    ? `Quick form, seed ${seed}: few samples and small networks; it shows that everything runs, not how well the claims hold.`
    : `Full form, seed ${seed}.`;
}

function provenance({ version, seconds }: Measured): string {
  return `Version ${version}, ${duration(Math.round(seconds))}.`;
}

function markdown(measured: Measured, form: string): string {
  const { title, statement, verdict, tables } = measured;
  const parts = [
    `# ${title}`,
    `${form} ${provenance(measured)}`,
    statement,
    `**${holding(measured)}** ${verdict}`,
  ];
  return [...parts, ...tables.flatMap((one) => [`**${one.title}**`, markdownTable(one)])].join('\n\n');
}

function holding({ holds }: Claim): string {
  return holds ? 'Holds here.' : 'Does not hold here.';
}

function page(plan: FindingsPlan, findings: readonly Measured[]): string {
  const { authors, title } = papers[plan.paper];
  const sections = findings.map((measured) =>
    claimSection({ ...measured, verdict: `${measured.verdict} ${provenance(measured)}` }),
  );
  return renderPage(`${authors}: ${title}`, describe(plan), sections);
}
