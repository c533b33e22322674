import type { Experiment } from '../experiment.js';

export const stdpExperiments: readonly Experiment[] = [];
