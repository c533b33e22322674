/** Table 2: what was printed, what made the figures, what was used here; and what it came to. */
import { decimals, NOTHING, significant } from '../../ground/index.js';
import { evaluationIterations, type Recipe } from '../../model/index.js';
import type { Table } from '../tables.js';
import { type EpochError, evaluationOf, type NetworkOutcome, type Reproduction } from './outcome.js';
import { paperResults } from './paper.js';

export function hyperparameterTable({ networks }: Reproduction): Table {
  return {
    title: 'Hyperparameters',
    head: ['network', 'whose', 'free', 'nudged', 'ε', 'β', 'sign of β', 'rates', 'epochs', 'images'],
    rows: networks.flatMap(({ paper, recipe }) => {
      const { epsilon, nudgedIterations, printed, program } = paper;
      const rates = paper.rates.join(', ');
      const nudged = String(nudgedIterations);
      return [
        [
          paper.network,
          'printed',
          String(printed.freeIterations),
          nudged,
          String(epsilon),
          significant(printed.beta),
          '+',
          rates,
          NOTHING,
          NOTHING,
        ],
        [
          '',
          'their program',
          String(program.freeIterations),
          nudged,
          String(epsilon),
          significant(program.beta),
          'random',
          rates,
          String(program.epochs),
          '0..50000',
        ],
        ['', 'here', ...used(recipe)],
      ];
    }),
  };
}

/** β is written for the cost without the ½, as the paper and its program have it. */
function used(recipe: Recipe): readonly string[] {
  const signs = { positive: '+', 'random-sign': 'random', centered: 'both', clamped: '–' } as const;
  return [
    String(recipe['free-iterations']),
    String(recipe['nudged-iterations']),
    recipe.relaxation === 'exact' ? 'exact' : String(recipe.epsilon),
    String(recipe.cost === 'full' ? recipe.beta : recipe.beta / 2),
    signs[recipe.nudging],
    recipe.rates.join(', '),
    String(recipe.epochs),
    recipe.training,
  ];
}

function isPersistent({ start }: Recipe): boolean {
  return start === 'persistent';
}

function withEpoch(least?: EpochError): string | undefined {
  return least && `${decimals(least.error)} (${least.epoch})`;
}

/** A column a network, errors in percent. */
export function resultTable({ networks }: Reproduction): Table {
  const row = (name: string, of: (outcome: NetworkOutcome) => string | undefined) => [
    name,
    ...networks.map((outcome) => of(outcome) ?? NOTHING),
  ];
  const rows = [
    row('paper: training', () => paperResults.training),
    row('paper: generalisation', () => paperResults.generalisation),
    row('training, last epoch', ({ epochs }) => decimals(epochs.at(-1)?.trainingError)),
    row('training, best (epoch)', ({ bestTraining }) => withEpoch(bestTraining)),
    row('validation, persistent states, last epoch', ({ epochs, recipe }) =>
      isPersistent(recipe) ? decimals(epochs.at(-1)?.validation?.error) : undefined,
    ),
    row('validation, best (epoch)', ({ bestValidation }) => withEpoch(bestValidation)),
    row('validation, zero start', (outcome) => decimals(evaluationOf(outcome, 'validation', 'zero')?.error)),
    row('test, zero start', (outcome) => decimals(evaluationOf(outcome, 'test', 'zero')?.error)),
    row('float64: training, last epoch', ({ epochs }) => decimals(epochs.at(-1)?.referenceTrainingError)),
    row('float64: validation, persistent states, last epoch', ({ epochs, recipe }) =>
      isPersistent(recipe) ? decimals(epochs.at(-1)?.validation?.referenceError) : undefined,
    ),
    row('float64: validation, zero start', (outcome) =>
      decimals(evaluationOf(outcome, 'validation', 'zero')?.referenceError),
    ),
    row('float64: test, zero start', (outcome) =>
      decimals(evaluationOf(outcome, 'test', 'zero')?.referenceError),
    ),
    row('backpropagation: training, last epoch', ({ backpropagation }) =>
      decimals(backpropagation.epochs.at(-1)?.trainingError),
    ),
    row('backpropagation: validation', ({ backpropagation }) =>
      decimals(backpropagation.epochs.at(-1)?.validationError),
    ),
    row('backpropagation: test', ({ backpropagation }) => decimals(backpropagation.epochs.at(-1)?.testError)),
    row('backpropagation: epochs', ({ backpropagation }) => String(backpropagation.epochs.length)),
    row('free iterations, first and last epoch', ({ epochs }) =>
      [epochs[0], epochs[epochs.length - 1]].map((one) => decimals(one.freeIterations, 1)).join(', '),
    ),
    row('free iterations at most, from a zero start', ({ recipe }) => String(evaluationIterations(recipe))),
    row('epochs', ({ epochs, recipe }) => `${epochs.length} of ${recipe.epochs}`),
    row('minutes', ({ seconds }) => decimals(seconds / 60, 1)),
  ];
  return {
    title: 'Errors in percent',
    head: ['', ...networks.map(({ paper }) => paper.network)],
    rows: rows.filter(([, ...cells]) => cells.some((cell) => cell !== NOTHING)),
  };
}
