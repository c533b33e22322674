import type { Experiment } from '../experiment.js';
import { untied } from './untied.js';

export const vectorFieldExperiments: readonly Experiment[] = [untied];
