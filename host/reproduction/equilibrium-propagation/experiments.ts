import type { Experiment } from '../experiment.js';

export const equilibriumPropagationExperiments: readonly Experiment[] = [];
