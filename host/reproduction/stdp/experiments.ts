import type { Experiment } from '../experiment.js';
import { energy } from './energy.js';
import { figure3 } from './figure-3.js';
import { figure4 } from './figure-4.js';
import { figure5 } from './figure-5.js';

export const stdpExperiments: readonly Experiment[] = [figure3, figure4, figure5, energy];
