/** The work of the paper: what is measured, and when. */
import type { Overrides } from './task.js';

export interface Work {
  readonly network: string;
  readonly preset: string;
  readonly overrides: Overrides;
  /** Minibatches at the start in which all must learn alike. */
  readonly check: number;
  /** Epochs of training before ours is measured: its speed depends on what was learnt, the peers' does not. */
  readonly moments: readonly number[];
  /** Minibatches of ours that are repeated from there. */
  readonly span: number;
  /** Wall seconds of a measurement, at least; a third of them where it is quick. */
  readonly seconds: number;
}

export const works: readonly Work[] = [
  {
    network: '784-500-10',
    preset: 'paper-1',
    overrides: {},
    check: 1000,
    moments: [0, 1, 5, 20],
    span: 50,
    seconds: 3,
  },
  {
    network: '784-500-500-10',
    preset: 'paper-2',
    // Table 2 of the paper prints 100, its authors' program had 150.
    overrides: { 'free-iterations': 100 },
    check: 40,
    moments: [0, 1],
    span: 20,
    seconds: 4,
  },
  {
    network: '784-500-500-500-10',
    preset: 'paper-3',
    // Eight bits: 25.0 and 10.8 % training error in the first two epochs, where PyTorch's floats came to 20.9 and 10.1.
    overrides: { states: 'Q7.8' },
    check: 4,
    moments: [0, 1, 2],
    span: 4,
    seconds: 5,
  },
];

/** Moments that a quick run measures: those that take no minutes to reach. */
export function quickMoments({ network, moments }: Pick<Work, 'network' | 'moments'>): readonly number[] {
  return moments.slice(0, network === '784-500-10' ? 2 : 1);
}

export function momentName(epochs: number): string {
  if (epochs === 0) return 'the first minibatches';
  return `after ${epochs} epoch${epochs === 1 ? '' : 's'}`;
}
