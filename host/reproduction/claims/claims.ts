/** All claims of a reproduction: their short runs, then what they come to. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dataset, loadDataset } from '../../data/dataset.js';
import { renderFigure } from '../figures.js';
import type { ReproductionFolder } from '../folder.js';
import type { NetworkNumber } from '../paper.js';
import { recipeOfNetwork } from '../plan.js';
import { isRunFinished, type RunConditions, runOnce } from '../run-once.js';
import type { ReproductionEvents } from '../runs.js';
import type { Claim } from './claim.js';
import { energyClaim } from './energy-descent.js';
import { fastRelaxationClaim } from './fast-relaxation.js';
import { persistentStatesClaim } from './persistent-states.js';
import { relativeUpdateClaim } from './relative-updates.js';
import {
  initialSubject,
  type Subject,
  trainedSubject,
  variantFolder,
  variantRecipe,
  variants,
} from './subjects.js';

const FILE = 'claims.json';

/** Three hidden layers take Euler's steps minutes for what the others show in seconds: they are not trained. */
function isTrained(number: NetworkNumber): boolean {
  return number < 3;
}

/**
 * Trains what is not finished, measures, and writes claims.json and a figure a claim. Rejects with `UserError`.
 * @param numbers of the folder's networks; all of them if empty
 * @returns false if it was interrupted
 */
export async function measureClaims(
  folder: ReproductionFolder,
  numbers: readonly number[],
  conditions: RunConditions,
  events: ReproductionEvents,
  signal: AbortSignal,
): Promise<boolean> {
  const chosen = folder.networks
    .map(({ number }) => number)
    .filter((number) => numbers.length === 0 || numbers.includes(number));
  const trained = chosen.filter(isTrained);
  for (const number of trained)
    for (const variant of variants) {
      const path = variantFolder(folder, number, variant);
      const recipe = variantRecipe(folder, number, variant);
      events.onRun(`${recipe.network}, ${variant}, ${recipe.epochs} epochs`, isRunFinished(path));
      const run = { path, preset: `claims-${variant}`, recipe, data: folder.settings.data, shadow: false };
      await runOnce(run, conditions, events, signal);
      if (signal.aborted) return false;
    }
  const claims = judge(folder, chosen, trained, await loadDataset(folder.settings.data));
  for (const { name, panels } of claims)
    if (panels.length > 0) folder.write(`${name}.svg`, renderFigure(panels));
  folder.write(FILE, `${JSON.stringify(claims, undefined, 2)}\n`);
  return true;
}

/** What was measured before; nothing if nothing was. */
export function readClaims(folder: ReproductionFolder): readonly Claim[] {
  const path = join(folder.path, FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as readonly Claim[]) : [];
}

function judge(
  folder: ReproductionFolder,
  chosen: readonly NetworkNumber[],
  trained: readonly NetworkNumber[],
  dataset: Dataset,
): readonly Claim[] {
  const initial = folder.networks
    .filter(({ number }) => chosen.includes(number))
    .map((planned) => {
      const settings = { ...folder.settings, form: 'quick', relaxation: 'paper' } as const;
      return initialSubject(planned.number, recipeOfNetwork(settings, planned));
    });
  // At the paper's own number of iterations: its runs here went on for longer.
  const papers = trained.map((number): Subject => {
    const [{ recipe }] = initial.filter((one) => one.number === number);
    return { ...trainedSubject(folder, number, 'persistent'), recipe };
  });
  const halved = trained.flatMap((number) => [
    initialSubject(number, variantRecipe(folder, number, 'exact')),
    trainedSubject(folder, number, 'exact'),
  ]);
  const claims = [
    relativeUpdateClaim([...initial, ...papers], dataset),
    energyClaim([...initial, ...papers], dataset),
  ];
  if (trained.length === 0) return claims;
  const saturated = initial.filter(({ number }) => isTrained(number));
  return [
    ...claims,
    persistentStatesClaim(folder, trained),
    fastRelaxationClaim(folder, trained, saturated, halved, dataset),
  ];
}
