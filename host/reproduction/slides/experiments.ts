import type { Experiment } from '../experiment.js';
import { autoEncoders } from './auto-encoders.js';
import { feedbackAlignment } from './feedback-alignment.js';
import { feedforward } from './feedforward.js';
import { fromData } from './from-data.js';
import { reverseStdp } from './reverse-stdp.js';

export const slidesExperiments: readonly Experiment[] = [
  feedforward,
  autoEncoders,
  feedbackAlignment,
  reverseStdp,
  fromData,
];
