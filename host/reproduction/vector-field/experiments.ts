import type { Experiment } from '../experiment.js';

export const vectorFieldExperiments: readonly Experiment[] = [];
