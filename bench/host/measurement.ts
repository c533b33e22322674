/** A contender's answer: one line of JSON, the last it prints. */
import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const amount = v.pipe(v.number(), v.minValue(0));

const checkSchema = v.object({
  minibatches: count,
  /** Fraction of the samples predicted wrongly after the free phase, before the update. */
  trainingError: amount,
  /** Mean of ‖y − t‖² after the free phase. */
  cost: amount,
});

const pointSchema = v.object({
  samples: count,
  /** Fraction, over the samples since the point before. */
  trainingError: amount,
  /** Seconds of training so far. */
  cpuSeconds: amount,
});

const measurementSchema = v.object({
  contender: v.string(),
  network: v.string(),
  samples: count,
  /** Wall and CPU (user and system, all threads of the process) around the measured work alone. */
  seconds: amount,
  cpuSeconds: amount,
  samplesPerSecond: amount,
  samplesPerCpuSecond: amount,
  /** Means a sample. */
  freeIterations: amount,
  nudgedIterations: amount,
  /** Errors of the first minibatches, where asked for. */
  check: v.optional(checkSchema),
  /** Errors of all that was trained, where asked for. */
  curve: v.optional(v.array(pointSchema)),
  /** Samples and CPU seconds when the training error came below the one asked for; null where it did not. */
  reached: v.optional(v.nullable(pointSchema)),
  /** Ours alone: the parameters' after the measured minibatches, 16 hexadecimal digits. */
  digest: v.optional(v.string()),
  /** The version of the library measured, where there is one. */
  version: v.optional(v.string()),
});

export type Check = v.InferOutput<typeof checkSchema>;
export type CurvePoint = v.InferOutput<typeof pointSchema>;
export type Measurement = v.InferOutput<typeof measurementSchema>;

export function parseMeasurement(line: string): Measurement {
  return v.parse(measurementSchema, JSON.parse(line));
}

/** How fast `samples` samples were. */
export function speedOf(samples: number, { seconds, cpuSeconds }: { seconds: number; cpuSeconds: number }) {
  const over = (time: number) => (time > 0 ? samples / time : 0);
  return {
    samples,
    seconds,
    cpuSeconds,
    samplesPerSecond: over(seconds),
    samplesPerCpuSecond: over(cpuSeconds),
  };
}
