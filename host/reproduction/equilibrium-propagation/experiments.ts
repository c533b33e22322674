import type { Experiment } from '../experiment.js';
import { architectures } from './architectures.js';
import { clamped } from './clamped.js';
import { gradient } from './gradient.js';
import { penalties } from './penalties.js';
import { smallNudge } from './small-nudge.js';
import { softInputs } from './soft-inputs.js';
import { stochastic } from './stochastic.js';

export const equilibriumPropagationExperiments: readonly Experiment[] = [
  gradient,
  smallNudge,
  stochastic,
  clamped,
  architectures,
  softInputs,
  penalties,
];
