/** Claim: states kept from epoch to epoch shorten the free phase (section 5.2). */
import { decimals } from '../../../ground/index.js';
import type { EpochMetrics } from '../../../records/index.js';
import type { Claim } from '../../claim.js';
import type { ReproductionFolder } from '../folder.js';
import type { NetworkNumber } from '../paper.js';
import { variantEpochs, variantRecipe } from './subjects.js';

interface Pair {
  readonly network: string;
  readonly persistent: readonly EpochMetrics[];
  readonly zero: readonly EpochMetrics[];
}

/** The first epoch starts at zero either way: of networks trained for no more there is nothing to say. */
export function persistentStatesClaims(
  folder: ReproductionFolder,
  numbers: readonly NetworkNumber[],
): readonly Claim[] {
  const pairs = numbers.map(
    (number): Pair => ({
      network: variantRecipe(folder, number, 'zero').network,
      persistent: variantEpochs(folder, number, 'persistent'),
      zero: variantEpochs(folder, number, 'zero'),
    }),
  );
  const telling = pairs.filter(({ persistent, zero }) => Math.min(persistent.length, zero.length) > 1);
  return telling.length > 0 ? [claimOf(telling)] : [];
}

function claimOf(pairs: readonly Pair[]): Claim {
  const found = pairs.map(({ network, persistent, zero }) => {
    const [kept, fresh] = [persistent, zero].map((epochs) => decimals(last(epochs), 1));
    return `${kept} iterations in place of ${fresh} for ${network}`;
  });
  return {
    name: 'persistent-states',
    title: 'Persistent states shorten the relaxation',
    statement:
      'Starting the free phase of an example where it settled an epoch ago speeds the simulation up.',
    verdict: `In the last epoch, until nothing changes in the device’s integers: ${found.join('; ')}.`,
    holds: pairs.every(({ persistent, zero }) => last(persistent) < last(zero)),
    panels: pairs.map(({ network, persistent, zero }) => ({
      title: network,
      xLabel: 'epoch',
      yLabel: 'free iterations a sample, mean',
      whole: true,
      curves: [
        { label: 'zero start', colour: 'orange', marked: true, points: points(zero) },
        { label: 'persistent states', colour: 'blue', marked: true, points: points(persistent) },
      ],
    })),
    tables: pairs.map(({ network, persistent, zero }) => ({
      title: network,
      head: ['epoch', 'iterations, persistent', 'iterations, zero', 'training error (%), persistent', 'zero'],
      rows: persistent.map((kept, n) => [
        String(kept.epoch),
        decimals(kept.freeIterations, 1),
        decimals(zero[n].freeIterations, 1),
        decimals(kept.trainingError),
        decimals(zero[n].trainingError),
      ]),
    })),
  };
}

function last(epochs: readonly EpochMetrics[]): number {
  return epochs[epochs.length - 1].freeIterations;
}

function points(epochs: readonly EpochMetrics[]) {
  return epochs.map(({ epoch, freeIterations }) => [epoch, freeIterations] as const);
}
