/** Not the paper's: exact layer-wise relaxation ends where Euler's ends, in far fewer iterations. */
import type { Dataset } from '../../../data/index.js';
import { decimals, inPercent, powerOfTwo } from '../../../ground/index.js';
import { roundedDynamics } from '../../../model/index.js';
import { type EpochMetrics, isWithinChance } from '../../../records/index.js';
import { relaxMinibatch } from '../../../reference/index.js';
import { SAME_FIXED_POINT } from '../../../verification/index.js';
import type { Claim } from '../../claim.js';
import type { ReproductionFolder } from '../folder.js';
import type { NetworkNumber } from '../paper.js';
import { firstMinibatches, nameOf, type Subject, variantEpochs, variantRecipe } from './subjects.js';

/** Far beyond what either needs where the dynamics contract. */
const ITERATIONS = 1000;
/** Share of samples that may settle in another fixed point. */
const ELSEWHERE = 0.05;

interface Distance {
  readonly subject: Subject;
  readonly samples: number;
  readonly rms: number;
  readonly worst: number;
  readonly elsewhere: number;
}

/**
 * @param saturated initial weights of the paper's recipe, for contrast
 * @param halved weights of the fast recipe, initial and trained
 */
export function fastRelaxationClaim(
  folder: ReproductionFolder,
  numbers: readonly NetworkNumber[],
  saturated: readonly Subject[],
  halved: readonly Subject[],
  dataset: Dataset,
): Claim {
  const runs = numbers.map((number) => ({
    network: variantRecipe(folder, number, 'exact').network,
    euler: variantEpochs(folder, number, 'euler'),
    exact: variantEpochs(folder, number, 'exact'),
  }));
  const near = halved.map((subject) => fixedPointDistance(subject, dataset));
  const far = saturated.map((subject) => fixedPointDistance(subject, dataset));
  const [samples, elsewhere] = [total(near, 'samples'), total(near, 'elsewhere')];
  const ends = runs.map(({ network, euler, exact }) => {
    const [a, b] = [euler[euler.length - 1], exact[exact.length - 1]];
    return {
      alike: isWithinChance(a.validation, b.validation),
      text: `${network}: validation error ${inPercent(b.validation?.error)} against ${inPercent(a.validation?.error)}, ${decimals(b.freeIterations, 1)} iterations against ${decimals(a.freeIterations, 1)}`,
    };
  });
  const row = (scale: string) => (one: Distance) => [
    `${nameOf(one.subject)}, ${scale}`,
    powerOfTwo(one.rms),
    powerOfTwo(one.worst),
    `${one.elsewhere} of ${one.samples}`,
  ];
  return {
    name: 'fast-relaxation',
    title: 'Exact layer-wise relaxation ends in the same place',
    statement:
      'Not in the paper: minimising the energy layer by layer should settle where Euler steps do, sooner, and so train as well. Where there are several fixed points it need not: judged with halved initial weights, Glorot’s for contrast, and by validation errors no further apart than chance lets them be.',
    verdict: `The fast recipe against itself with Euler’s steps to the end of each phase, after as many epochs: ${ends.map(({ text }) => text).join('; ')}. From the same weights ${elsewhere} of ${samples} samples settled elsewhere with halved initial weights, ${total(far, 'elsewhere')} of ${total(far, 'samples')} with Glorot’s.`,
    holds: elsewhere <= ELSEWHERE * samples && ends.every(({ alike }) => alike),
    panels: runs.map(({ network, euler, exact }) => ({
      title: network,
      xLabel: 'epoch',
      yLabel: 'error (%)',
      whole: true,
      curves: [
        { label: 'training, exact', colour: 'blue', points: errors(exact, 'training') },
        { label: 'validation, exact', colour: 'orange', points: errors(exact, 'validation') },
        { label: 'training, Euler', colour: 'blue', stroke: 'dashed', points: errors(euler, 'training') },
        {
          label: 'validation, Euler',
          colour: 'orange',
          stroke: 'dashed',
          points: errors(euler, 'validation'),
        },
      ],
    })),
    tables: [
      {
        title: 'Distance of the free fixed points from the same weights, float64',
        head: ['network, weights', 'RMS', 'worst', 'settled elsewhere'],
        rows: [...near.map(row('halved')), ...far.map(row('Glorot'))],
      },
    ],
  };
}

function fixedPointDistance(subject: Subject, dataset: Dataset): Distance {
  const { recipe, network } = subject;
  const [batch] = firstMinibatches(recipe, dataset, 1);
  const settle = (relaxation: 'euler' | 'exact') => {
    const dynamics = { ...roundedDynamics(recipe), relaxation, freeIterations: ITERATIONS };
    return relaxMinibatch(network, dynamics, batch, undefined).free;
  };
  const [euler, exact] = [settle('euler'), settle('exact')];
  const samples = batch.labels.length;
  const worst = new Float64Array(samples);
  let squares = 0;
  exact.forEach((state, i) => {
    const d = Math.abs(state - euler[i]);
    const sample = Math.floor(i / network.units);
    worst[sample] = Math.max(worst[sample], d);
    squares += d * d;
  });
  return {
    subject,
    samples,
    rms: Math.sqrt(squares / exact.length),
    worst: Math.max(...worst),
    elsewhere: worst.filter((d) => d > SAME_FIXED_POINT).length,
  };
}

function total(distances: readonly Distance[], part: 'samples' | 'elsewhere'): number {
  return distances.reduce((sum, one) => sum + one[part], 0);
}

function errors(epochs: readonly EpochMetrics[], which: 'training' | 'validation') {
  return epochs.flatMap((one) => {
    const error = which === 'training' ? one.trainingError : one.validation?.error;
    return error === undefined ? [] : [[one.epoch, error] as const];
  });
}
