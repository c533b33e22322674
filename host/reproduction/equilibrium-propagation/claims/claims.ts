/** All claims of a reproduction: their short runs, then what they come to. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Dataset, loadDataset } from '../../../data/index.js';
import { chartFigure, standalone } from '../../../drawing/index.js';
import { readJson } from '../../../files/index.js';
import { UserError } from '../../../ground/index.js';
import { type Claim, claimSchema } from '../../claim.js';
import type { ReproductionEvents, RunConditions } from '../../conditions.js';
import { type OneRun, runOnce } from '../../run-once.js';
import type { ReproductionFolder } from '../folder.js';
import type { NetworkNumber } from '../paper.js';
import { recipeOfNetwork } from '../plan.js';
import { energyClaim } from './energy-descent.js';
import { fastRelaxationClaim } from './fast-relaxation.js';
import { persistentStatesClaims } from './persistent-states.js';
import { relativeUpdateClaim } from './relative-updates.js';
import {
  initialSubject,
  type Subject,
  trainedSubject,
  type Variant,
  variantFolder,
  variantRecipe,
  variants,
} from './subjects.js';

const FILE = 'claims.json';

const schema = v.array(claimSchema);

/** With three hidden layers the paper's recipe takes hours to begin to learn: that pair of runs is left out. */
function variantsOf(number: NetworkNumber): readonly Variant[] {
  return number < 3 ? variants : ['euler', 'exact'];
}

/**
 * Trains what is not finished, measures, and writes claims.json and a figure a claim. Rejects with `UserError`.
 * @param numbers of the folder's networks to be trained, all of them if empty; those trained before are measured with them
 * @returns false if it was interrupted
 */
export async function measureClaims(
  folder: ReproductionFolder,
  numbers: readonly number[],
  conditions: RunConditions,
  events: ReproductionEvents,
  signal: AbortSignal,
): Promise<boolean> {
  for (const run of claimRuns(folder, numbers)) {
    await runOnce(folder, run, conditions, events, signal);
    if (signal.aborted) return false;
  }
  const claims = judge(folder, measuredNetworks(folder), await loadDataset(folder.settings.data));
  for (const { name, title, panels } of claims)
    if (panels.length > 0) folder.write(`${name}.svg`, standalone(chartFigure(title, panels)));
  folder.write(FILE, `${JSON.stringify(claims, undefined, 2)}\n`);
  return true;
}

/**
 * The short runs that claims are measured on.
 * @param numbers of the folder's networks; all of them if empty
 */
export function claimRuns(folder: ReproductionFolder, numbers: readonly number[]): readonly OneRun[] {
  const { data } = folder.settings;
  return folder.networks
    .map(({ number }) => number)
    .filter((number) => numbers.length === 0 || numbers.includes(number))
    .flatMap((number) =>
      variantsOf(number).map((variant) => {
        const recipe = variantRecipe(folder, number, variant);
        const title = `${recipe.network}, ${variant}`;
        const path = variantFolder(folder, number, variant);
        return { title, path, preset: `claims-${variant}`, recipe, shadow: false, data };
      }),
    );
}

/** Those whose runs have all finished, now or before. */
export function measuredNetworks(folder: ReproductionFolder): readonly NetworkNumber[] {
  const isMeasured = (number: NetworkNumber) =>
    variantsOf(number).every((variant) =>
      folder.isFinished(variantFolder(folder, number, variant), variantRecipe(folder, number, variant)),
    );
  return folder.networks.map(({ number }) => number).filter(isMeasured);
}

/** Reads the claims that were measured before; empty if none were. */
export function readClaims(folder: ReproductionFolder): readonly Claim[] {
  const path = join(folder.path, FILE);
  if (!existsSync(path)) return [];
  try {
    return v.parse(schema, readJson(path));
  } catch (error) {
    throw new UserError(
      `could not read ${path}: ${(error as Error).message}`,
      'take the file away and measure the claims again: eqprop reproduce claims',
      { cause: error },
    );
  }
}

function judge(
  folder: ReproductionFolder,
  chosen: readonly NetworkNumber[],
  dataset: Dataset,
): readonly Claim[] {
  const initial = folder.networks
    .filter(({ number }) => chosen.includes(number))
    .map((planned) => {
      const settings = { ...folder.settings, form: 'quick', relaxation: 'paper' } as const;
      return initialSubject(planned.number, recipeOfNetwork(settings, planned));
    });
  // At the paper's own number of iterations: its runs here went on for longer.
  const learnt = chosen.filter((number) => variantsOf(number).includes('persistent'));
  const papers = learnt.map((number): Subject => {
    const [{ recipe }] = initial.filter((one) => one.number === number);
    return { ...trainedSubject(folder, number, 'persistent'), recipe };
  });
  const halved = chosen.flatMap((number) => [
    initialSubject(number, variantRecipe(folder, number, 'exact')),
    trainedSubject(folder, number, 'exact'),
  ]);
  return [
    relativeUpdateClaim([...initial, ...papers], dataset),
    energyClaim([...initial, ...papers], dataset),
    ...persistentStatesClaims(folder, learnt),
    fastRelaxationClaim(folder, chosen, initial, halved, dataset),
  ];
}
