import type { EpochRecord, Facts, ReportData } from '#host/report/data';

export const facts: Facts = {
  network: '9-4-3',
  preset: 'tiny',
  dataset: 'crosses',
  device: 'simulated device',
  weightFormat: 'Q2.13',
  stateFormat: 'Q1.14',
  relaxation: 'exact sweeps',
  nudging: 'centered',
  beta: 0.25,
  rates: [0.5, 0.125],
  seed: 1,
  epochs: 2,
  written: '2025-03-01T14:05:11Z',
  duration: 120,
  samplesPerSecond: 1000,
  kernelHash: '0123456789abcdef',
  hostVersion: '0.1.0',
};

export function epoch(n: number): EpochRecord {
  return {
    epoch: n,
    trainingError: 0.1 / n,
    validationErrorZeroStart: 0.2 / n,
    cost: 0.5 / n,
    freeIterations: 8,
    nudgedIterations: 9,
    saturations: 0,
    unsettledShare: 0,
  };
}

/** The least a run can have. */
export const shortRun: ReportData = {
  facts,
  inputs: { rows: 1, columns: 9 },
  headline: { trainingError: { device: 0.1 } },
  checks: { repliesEqual: 5, replies: 5, referenceSteps: 0 },
  epochs: [epoch(1)],
  divergence: [],
  weights: [],
  mistakes: [],
};

/** A run with everything in it. */
export const fullRun: ReportData = {
  facts,
  classNames: ['cross', 'ring', 'dot'],
  learnt: {
    set: 'test',
    start: 'zero',
    samples: 1213,
    error: { device: 0.0951, reference: 0.0948 },
    chance: { label: 1, error: 0.3 },
    isBetterThanChance: true,
    linear: { error: 0.2, examples: 100, of: 100, network: 'better' },
  },
  headline: {
    trainingError: { device: 0.05, reference: 0.04 },
    validationErrorPersistent: { device: 0.08 },
    validationErrorZeroStart: { device: 0.1, reference: 0.11 },
    testErrorZeroStart: { device: 0.0951, reference: 0.0948 },
  },
  checks: { repliesEqual: 10, replies: 10, referenceSteps: 10 },
  inputs: { rows: 3, columns: 3 },
  epochs: [epoch(1), { ...epoch(2), saturations: 3, unsettledShare: 0.25, referenceTrainingError: 0.04 }],
  divergence: [0, 20, 40].map((step) => ({
    step,
    stateRms: 1e-4,
    stateWorst: step === 0 ? 0 : 1e-3,
    contrastCosines: [0.999, 1],
    predictionsAgree: 1,
    shadowStateRms: 2e-4,
  })),
  fields: {
    values: Int16Array.from({ length: 36 }, (_, i) => 100 * (i - 18)),
    fraction: 13,
    isOutput: false,
  },
  weights: [
    {
      name: 'Weights 0',
      format: 'Q2.13',
      values: Int16Array.from({ length: 36 }, (_, i) => 100 * (i - 18)),
      fraction: 13,
    },
    { name: 'Weights 1', format: 'Q2.13', values: Int16Array.of(-32768, 32767, 0, 1, 2, 3), fraction: 13 },
  ],
  biases: [{ name: 'Biases 1', format: 'Q4.27', values: Int32Array.of(0, 1 << 20, -5, 7), fraction: 27 }],
  mistakes: [
    { image: Uint8Array.of(0, 255, 0, 255, 255, 255, 0, 255, 0), label: 1, predicted: 2, index: 77 },
    { image: new Uint8Array(9), label: 0, predicted: 1, index: 80 },
  ],
  confusion: [
    [5, 1, 0],
    [0, 1200, 7],
    [0, 0, 0],
  ],
  drives: [
    { layer: 'hidden', bound: 4, range: 16 },
    { layer: 'output', bound: 17, range: 16 },
  ],
};
