import type { Experiment } from '../experiment.js';
import { cnn } from './cnn.js';
import { cycles } from './cycles.js';
import { deadOutputs } from './dead-outputs.js';
import { degree } from './degree.js';
import { feedback } from './feedback.js';
import { integers } from './integers.js';
import { processes } from './processes.js';
import { rectified } from './rectified.js';
import { twoHidden, untied } from './untied.js';

export const vectorFieldExperiments: readonly Experiment[] = [
  untied,
  twoHidden,
  feedback,
  integers,
  degree,
  processes,
  deadOutputs,
  cycles,
  cnn,
  rectified,
];
