/** Schemas that a metrics.jsonl or a checkpoint must fit to be taken for this program's. */
import * as v from 'valibot';
import type { Evaluation, Metrics, Tally } from './metrics.js';
import type { Position } from './progress.js';
import { type Answers, type Evidence, SYMPTOMS } from './symptoms.js';

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** A minibatch's number, as the wire carries it. */
const step = v.pipe(natural, v.maxValue(0xffff_ffff));
/** A parameter digest, hexadecimal. */
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{1,16}$/));

const tally: v.GenericSchema<unknown, Tally> = v.object({
  samples: natural,
  wrong: natural,
  cost: v.number(),
  freeIterations: v.number(),
  nudgedIterations: v.number(),
  unsettled: v.number(),
  // None in a checkpoint made before there were margins.
  spared: v.optional(natural, 0),
  referenceWrong: v.number(),
  products: v.number(),
});

const evaluation: v.GenericSchema<unknown, Evaluation> = v.object({
  set: v.picklist(['validation', 'test']),
  start: v.picklist(['zero', 'persistent']),
  samples: natural,
  error: v.number(),
  referenceError: v.exactOptional(v.number()),
});

const answers: v.GenericSchema<unknown, Answers> = v.object({ samples: natural, wrong: natural });
const symptom = v.picklist(SYMPTOMS);

const evidence: v.GenericSchema<unknown, Evidence> = v.object({
  samples: natural,
  whole: answers,
  current: answers,
  streak: v.object({ samples: natural, wrong: natural, answer: natural }),
  dead: natural,
  // None in a checkpoint made before they were counted.
  missed: v.optional(v.array(natural), []),
  still: v.object({ minibatches: natural, wrong: natural }),
  saturated: v.array(natural),
  told: v.array(symptom),
});

export const positionSchema: v.GenericSchema<unknown, Position> = v.object({
  step,
  digest,
  saturations: natural,
  checked: natural,
  seconds: v.pipe(v.number(), v.minValue(0)),
  tally,
  validation: v.exactOptional(evaluation),
  evidence: v.exactOptional(evidence),
});

export const metricsSchema: v.GenericSchema<unknown, Metrics> = v.variant('kind', [
  v.object({
    kind: v.literal('epoch'),
    epoch: v.number(),
    step,
    trainingError: v.number(),
    referenceTrainingError: v.exactOptional(v.number()),
    cost: v.number(),
    freeIterations: v.number(),
    nudgedIterations: v.number(),
    unsettled: v.number(),
    nudged: v.exactOptional(v.number()),
    products: v.number(),
    saturations: natural,
    alignments: v.exactOptional(v.array(v.nullable(v.number()))),
    validation: v.exactOptional(evaluation),
    digest: v.string(),
    checked: natural,
    seconds: v.number(),
  }),
  v.object({
    kind: v.literal('divergence'),
    step,
    samples: natural,
    stateRms: v.number(),
    stateWorst: v.number(),
    stateSignal: v.number(),
    nudgedRms: v.number(),
    nudgedWorst: v.number(),
    elsewhere: v.number(),
    contrastCosines: v.array(v.nullable(v.number())),
    predictionsAgree: v.number(),
    updatesDue: v.exactOptional(v.number()),
    updatesLost: v.exactOptional(v.number()),
  }),
  v.object({
    kind: v.literal('symptom'),
    step,
    symptom,
    seen: v.string(),
    cause: v.string(),
    remedy: v.string(),
  }),
  v.object({
    kind: v.literal('final'),
    step,
    evaluations: v.array(evaluation),
    seconds: v.number(),
    samplesPerSecond: v.exactOptional(v.number()),
  }),
]);
