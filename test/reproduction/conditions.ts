/** Conditions of experiments in which nothing is told, on a simulated device. */
import type { Conditions } from '#host/reproduction/conditions';
import { conditions as runs } from './equilibrium-propagation/quick-runs.js';

const nothing = () => undefined;

export const atRest: Omit<Conditions, 'folder' | 'data'> = {
  seed: 1,
  runs,
  finishedRuns: { resultOf: () => undefined },
  events: { onRun: nothing, onStart: nothing, onProgress: nothing, onMetrics: nothing, onLost: nothing },
  signal: new AbortController().signal,
  step: () => Promise.resolve(),
};
