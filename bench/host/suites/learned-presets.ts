/** By which recipe ours learns each network of the paper in the suite `learning`. */
import type { Overrides } from '../task.js';

export interface LearnedPreset {
  readonly network: string;
  readonly preset: string;
  readonly overrides: Overrides;
  /** The peers': the authors' recipe for the network. */
  readonly paperPreset: string;
  /** True where a quick run can wait for it. */
  readonly quick: boolean;
}

export const learnedPresets: readonly LearnedPreset[] = [
  { network: '784-500-10', preset: 'fast-1', overrides: {}, paperPreset: 'paper-1', quick: true },
  { network: '784-500-500-10', preset: 'fast-2', overrides: {}, paperPreset: 'paper-2', quick: false },
  { network: '784-500-500-500-10', preset: 'fast-3', overrides: {}, paperPreset: 'paper-3', quick: false },
];
