/** All that a comparison's folder tells, in groups. */

import { DeviceError } from '../endpoint/index.js';
import type { Ending } from '../experiments/index.js';
import { hostVersion, NOTHING, type Spread, spread } from '../ground/index.js';
import type { Recipe } from '../model/index.js';
import { RunFolder } from '../records/index.js';
import type { CellOutcome, ComparisonData, Group } from '../report/index.js';
import { judge, paretoFront } from './advice.js';
import { measuredIn } from './cell-outcome.js';
import type { Cell } from './cells.js';
import { formatNames } from './formats.js';
import { memoryOf } from './memory.js';
import type { PreparedComparison } from './prepare.js';
import { readReference } from './reference-run.js';
import type { Endings } from './run-comparison.js';
import { pairedDifference } from './statistics.js';

export type SourcesOfGroups = ReadonlyMap<string, NonNullable<Group['sources']>>;

export function summarise(
  { folder, cells, references, dataset }: PreparedComparison,
  endings: Endings,
  sources: SourcesOfGroups,
): ComparisonData {
  const { grid, device, margin, heldOut } = folder.plan;
  const referenceData = references.map(({ id, cells: members }) => {
    const metrics = readReference(folder.reference(id));
    const epochs = metrics.filter((entry) => entry.kind === 'epoch');
    const final = metrics.find((entry) => entry.kind === 'final');
    const ending = endings.references.get(id);
    return {
      id,
      cells: members,
      epochs: epochs.map(({ epoch, trainingError }) => ({ epoch, trainingError })),
      ...(final && { testError: final.testError }),
      ...(ending && 'reason' in ending && { reason: ending.reason }),
    };
  });
  const outcomes = cells.map((cell) => {
    const beside = referenceData.find((reference) => reference.cells.includes(cell.id));
    return { cell, outcome: outcomeOf(cell, folder.cell(cell.id), endings.cells.get(cell.id), beside) };
  });
  const groups = [...new Set(cells.map(({ group }) => group))].map((id) => {
    const members = outcomes.filter(({ cell }) => cell.group === id);
    return groupOf(
      id,
      members[0].cell,
      grid.recipe,
      members.map(({ outcome }) => outcome),
      sources,
    );
  });
  const measure = groups.some(({ validationError }) => validationError) ? 'validationError' : 'testError';
  const front = paretoFront(groups, measure);
  const { advice, aboveBest } = judge(groups, margin);
  const marked = groups.map((group) => ({
    ...group,
    ...present({ aboveBest: aboveBest.get(group.id) }),
    onFront: front.has(group.id),
  }));
  const networks = [...new Set(groups.map(({ network }) => network))];
  const epochs = [...new Set(cells.flatMap(({ recipe }) => recipe?.epochs ?? []))];
  return {
    title: networks.length === 1 ? networks[0] : `${networks.length} networks`,
    preset: grid.preset,
    dataset: dataset.name,
    device,
    epochs: `${epochs.join(', ')} ${epochs.length === 1 && epochs[0] === 1 ? 'epoch' : 'epochs'}`,
    ...(heldOut !== undefined && { heldOut }),
    measure,
    written: new Date().toISOString(),
    hostVersion,
    complete:
      outcomes.every(({ outcome }) => outcome.state !== 'open') &&
      referenceData.every(({ testError, reason }) => testError !== undefined || reason !== undefined),
    ...(advice && { advice }),
    keys: Object.keys(cells[0].settings),
    groups: marked,
    references: referenceData,
  };
}

type ReferenceOutcome = Pick<ComparisonData['references'][number], 'testError' | 'epochs'>;

function outcomeOf(
  { id, seed, recipe, impossible }: Cell,
  folder: string,
  ending: Ending | undefined,
  reference: ReferenceOutcome | undefined,
): CellOutcome {
  if (!recipe || impossible !== undefined)
    return { id, seed, state: 'impossible', reason: impossible ?? 'no such recipe', epochs: [] };
  const measured = measuredIn(folder);
  const ended = ending && 'reason' in ending ? ending : undefined;
  const isFinished = measured.testError !== undefined;
  const reason = ended?.reason ?? (isFinished ? new RunFolder(folder).lossOf(recipe.epochs) : undefined);
  const referenceTrainingError = reference?.epochs.at(-1)?.trainingError;
  return {
    id,
    seed,
    state: isFinished ? 'finished' : (ended?.kind ?? 'open'),
    ...(reason !== undefined && { reason }),
    ...measured,
    ...(reference?.testError !== undefined && {
      referenceTestError: reference.testError,
      ...(referenceTrainingError !== undefined && { referenceTrainingError }),
    }),
  };
}

function groupOf(
  id: string,
  { settings, recipe }: Cell,
  common: Readonly<Record<string, unknown>>,
  cells: readonly CellOutcome[],
  sources: SourcesOfGroups,
): Group {
  const values: Readonly<Record<string, unknown>> = recipe ?? { ...common, ...settings };
  const text = (key: string) => (values[key] === undefined ? NOTHING : written(values[key]));
  const finished = cells.filter(({ state }) => state === 'finished');
  const over = (of: (cell: CellOutcome) => number | null | undefined): Spread | undefined =>
    spread(finished.flatMap((cell) => of(cell) ?? []));
  const bySeed = (of: (cell: CellOutcome) => number | undefined) =>
    new Map(
      finished.flatMap((cell): [number, number][] => {
        const value = of(cell);
        return value === undefined ? [] : [[cell.seed, value]];
      }),
    );
  const found = sources.get(id);
  return {
    id,
    settings: Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, written(value)])),
    network: text('network'),
    weights: text('weights'),
    states: text('states'),
    rounding: text('rounding'),
    relaxation: text('relaxation'),
    ...(recipe && { ...formatNames(recipe), ...memory(recipe) }),
    cells,
    ...present({
      trainingError: over(({ trainingError }) => trainingError),
      testError: over(({ testError }) => testError),
      validationError: over(({ validationError }) => validationError),
      gap: pairedDifference(
        bySeed(({ testError }) => testError),
        bySeed(({ referenceTestError }) => referenceTestError),
      ),
      contrastCosine: over(({ contrastCosine }) => contrastCosine),
      signalToNoise: over(({ signalToNoise }) => signalToNoise),
      saturations: over(({ saturations }) => saturations),
      lostUpdates: over(({ lostUpdates }) => lostUpdates),
      products: over(({ products }) => products),
    }),
    ...(found && { sources: found }),
    onFront: false,
  };
}

function written(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** Without what is undefined. */
function present<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

function memory(recipe: Recipe): Pick<Group, 'bytes' | 'board'> {
  try {
    return memoryOf(recipe);
  } catch (error) {
    // The reason why no kernel can lay it out has been told already.
    if (error instanceof DeviceError) return {};
    throw error;
  }
}
