/** A folder of findings: experiments.json, result.json, a figure and the tables of each experiment, report.html. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { chartFigure, standalone } from '../drawing/index.js';
import { ExperimentFolder, readPlan, requireFree } from '../experiments/index.js';
import { readJson } from '../files/index.js';
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

const kind = {
  name: 'reproduction',
  command: 'reproduce <paper>',
  file: 'experiments.json',
  schema: planSchema,
};

const RESULT = 'result.json';

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

  /** Adds a finding to those before: its figure, its tables, result.json and the report. */
  add(measured: Measured): void {
    const findings = [...this.findings(), measured];
    const { name, title, panels } = measured;
    if (panels.length > 0) this.write(`${name}.svg`, standalone(chartFigure(title, panels)));
    this.write(`${name}.md`, `${markdown(measured, describe(this.plan))}\n`);
    this.write('report.html', page(this.plan, findings));
    // Last: what it names is there.
    this.write(RESULT, `${JSON.stringify({ ...this.plan, findings }, undefined, 2)}\n`);
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
