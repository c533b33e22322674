import type { Experiment } from '../experiment.js';
import { feedforward } from './feedforward.js';

export const slidesExperiments: readonly Experiment[] = [feedforward];
