import type { Experiment } from '../experiment.js';

export const earlyInferenceExperiments: readonly Experiment[] = [];
