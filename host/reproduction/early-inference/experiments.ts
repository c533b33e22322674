import type { Experiment } from '../experiment.js';
import { noise } from './noise.js';
import { rateRule } from './rate-rule.js';
import { symmetric } from './symmetric.js';
import { thresholds } from './thresholds.js';
import { updates } from './updates.js';

export const earlyInferenceExperiments: readonly Experiment[] = [
  updates,
  rateRule,
  thresholds,
  noise,
  symmetric,
];
