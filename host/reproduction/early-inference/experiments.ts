import type { Experiment } from '../experiment.js';
import { updates } from './updates.js';

export const earlyInferenceExperiments: readonly Experiment[] = [updates];
