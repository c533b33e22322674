/** Watches a run's minibatches for symptoms. What it tells depends on them alone, and is the same of a run taken up. */
import type { StateArray } from '../model/index.js';
import { type Evidence, noEvidence, type SymptomMetrics } from '../records/index.js';
import type { ReplyOf } from '../wire/index.js';
import type { LearningSubject } from './learning-subject.js';
import { isSaturated, type LayerLook, symptoms, together } from './symptoms.js';

/** Minibatches from one look at states to the next; before, at powers of two. */
const LOOK_INTERVAL = 512;
const FIRST_LOOK = 16;
/** Examples by which a unit that is stuck is told from one that this minibatch does not move. */
const LEAST_EXAMPLES = 4;

/** Returns whether the states of the n-th minibatch, from 1 on, are looked at. */
export function isLookedAt(n: number): boolean {
  if (n % LOOK_INTERVAL === 0) return true;
  return n >= FIRST_LOOK && n < LOOK_INTERVAL && Number.isInteger(Math.log2(n));
}

/** A minibatch that was applied. */
export interface AppliedMinibatch {
  readonly reply: Pick<ReplyOf<'train'>, 'step' | 'predictions' | 'cost'>;
  readonly labels: Uint8Array;
  /** True where contrasts or decays changed a parameter. */
  readonly hasChanged: boolean;
  /** True where weights decayed: their change is no sign of contrasts. */
  readonly decays: boolean;
  /** Its free states, samples · units; they count where the minibatch is one that is looked at. */
  readonly free: StateArray | undefined;
}

export class SymptomWatch {
  #evidence: Evidence;

  /** @param stateFraction fractional bits of states */
  constructor(
    private readonly subject: LearningSubject,
    private readonly stateFraction: number,
    evidence?: Evidence,
  ) {
    this.#evidence = evidence ?? noEvidence(subject.graph.layers.length - 2, subject.graph.outputs);
  }

  get evidence(): Evidence {
    return this.#evidence;
  }

  /** Returns the symptoms that it shows for the first time in the run. */
  hear(minibatch: AppliedMinibatch): readonly SymptomMetrics[] {
    const looks = this.#lookAt(minibatch);
    this.#gather(minibatch, looks);
    const { step } = minibatch.reply;
    return symptoms.flatMap((seen): readonly SymptomMetrics[] => {
      const symptom = seen(this.subject, this.#evidence, looks);
      const { told } = this.#evidence;
      if (!symptom || told.includes(symptom.symptom)) return [];
      this.#evidence = { ...this.#evidence, told: [...told, symptom.symptom] };
      return [{ kind: 'symptom', step, ...symptom }];
    });
  }

  #gather({ reply, labels, hasChanged, decays }: AppliedMinibatch, looks: readonly LayerLook[]): void {
    const { samples, whole, current, streak, dead, missed, still, saturated, told } = this.#evidence;
    let { answer, samples: answered, wrong: wrongly } = streak;
    const unheard = Array.from({ length: this.subject.graph.outputs }, (_, k) => missed[k] ?? 0);
    let wrong = 0;
    labels.forEach((label, n) => {
      const prediction = reply.predictions[n];
      if (prediction !== answer) [answer, answered, wrongly] = [prediction, 0, 0];
      answered++;
      unheard[label]++;
      unheard[prediction] = 0;
      if (prediction === label) return;
      wrong++;
      wrongly++;
    });
    const answers = together(current, { samples: labels.length, wrong });
    const isWhole = answers.samples >= this.subject.window;
    this.#evidence = {
      samples: samples + labels.length,
      whole: isWhole ? answers : whole,
      current: isWhole ? { samples: 0, wrong: 0 } : answers,
      streak: { answer, samples: answered, wrong: wrongly },
      dead: this.#hasDeadOutputs(reply, labels.length) ? dead + labels.length : 0,
      missed: unheard,
      still: decays
        ? still
        : hasChanged
          ? { minibatches: 0, wrong: 0 }
          : { minibatches: still.minibatches + 1, wrong: still.wrong + wrong },
      saturated:
        looks.length > 0
          ? looks.map((look, k) => (isSaturated(look) ? (saturated[k] ?? 0) + 1 : 0))
          : saturated,
      told,
    };
  }

  /** An output of zeros is 1 from its target, squared. */
  #hasDeadOutputs({ cost, predictions }: AppliedMinibatch['reply'], samples: number): boolean {
    return (
      cost === BigInt(samples) << BigInt(2 * this.stateFraction) && predictions.every((one) => one === 0)
    );
  }

  /** One a hidden layer; none where the minibatch is not looked at, or its examples tell nothing apart. */
  #lookAt({ reply: { step }, free, labels }: AppliedMinibatch): readonly LayerLook[] {
    const { layers, units: all } = this.subject.graph;
    if (!free || !isLookedAt(step) || labels.length < LEAST_EXAMPLES) return [];
    if (labels.every((label) => label === labels[0])) return [];
    const one = 2 ** this.stateFraction;
    return layers.slice(1, -1).map(({ firstUnit, units }, k) => {
      let stuck = 0;
      for (let u = firstUnit; u < firstUnit + units; u++) {
        const state = free[u];
        if (state !== 0 && state !== one) continue;
        let at = u + all;
        while (at < free.length && free[at] === state) at += all;
        if (at >= free.length) stuck++;
      }
      return { layer: k + 1, units, stuck };
    });
  }
}
