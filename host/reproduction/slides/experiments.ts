import type { Experiment } from '../experiment.js';
import { autoEncoders } from './auto-encoders.js';
import { feedbackAlignment } from './feedback-alignment.js';
import { feedforward } from './feedforward.js';
import { feedforwardStart } from './feedforward-start.js';
import { fromData } from './from-data.js';
import { reverseStdp } from './reverse-stdp.js';
import { spiking } from './spiking.js';
import { walkback } from './walkback.js';

export const slidesExperiments: readonly Experiment[] = [
  spiking,
  feedforward,
  feedforwardStart,
  autoEncoders,
  feedbackAlignment,
  walkback,
  reverseStdp,
  fromData,
];
