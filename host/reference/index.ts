export { ActiveRates, PIXEL_RATE } from './active.js';
export {
  type CostGradient,
  gradientThroughTime,
  nudgedGradient,
  recurrentGradient,
  transposed,
} from './cost-gradient.js';
export { couplingNorm, safeStep } from './coupling.js';
export { descend } from './descent.js';
export { Drives } from './drives.js';
export { totalEnergy } from './energy.js';
export { LinearClassifier } from './linear-classifier.js';
export { type Batch, firstGreatest, type Nudging, type Relaxed, relaxMinibatch } from './minibatch.js';
export { ReferenceNetwork } from './network.js';
export { type Contrast, contrast, type LearningRates } from './plasticity.js';
export type { Quantisers } from './quantisers.js';
export { relativeUpdates } from './relative-update.js';
export { type Dynamics, type Noise, Relaxation } from './relaxation.js';
export { trainMinibatch } from './training.js';
export { weightUpdate } from './weight-update.js';
