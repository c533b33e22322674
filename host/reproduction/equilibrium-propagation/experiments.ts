import type { Experiment } from '../experiment.js';
import { gradient } from './gradient.js';

export const equilibriumPropagationExperiments: readonly Experiment[] = [gradient];
