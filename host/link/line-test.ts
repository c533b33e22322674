/**
 * Tests whether a line passes every byte. Damage is another each time; what several probes suffer alike, the line does. So a good
 * line is found with one probe, and one that is only bad with the first two that have nothing in common.
 */

import { probeBytes } from '../wire/index.js';
import { type Changes, changesBetween, common } from './changes.js';
import { diagnose, type LineKind } from './diagnosis.js';
import { ProbeAnswers } from './probe-answer.js';

/** Answers that must agree. */
const WITNESSES = 5;

/** 'good': no byte was changed each time. 'doubtful': one may be, a probe should be sent again. 'unknown': no answer yet. */
export type Finding = 'good' | 'doubtful' | 'unknown';

export class LineTest {
  readonly #kind: LineKind | undefined;
  readonly #answers = [new ProbeAnswers(), new ProbeAnswers(0xff)];
  #count = 0;
  /** Changes that all answers have in common. */
  #toDevice: Changes | undefined;
  #fromDevice: Changes | undefined;

  constructor(kind: LineKind | undefined) {
    this.#kind = kind;
  }

  /** Reads what comes. Throws `UserError` where the line is certain to change bytes, and which. */
  hear(bytes: Uint8Array): Finding {
    const findings = this.#answers.map((answers) => this.#judge(answers, bytes));
    return findings.find((finding) => finding !== 'unknown') ?? 'unknown';
  }

  #judge(answers: ProbeAnswers, bytes: Uint8Array): Finding {
    const answer = answers.hear(bytes);
    if (!answer) return 'unknown';
    if (answer === 'spoilt') return 'doubtful';
    this.#toDevice = agree(this.#toDevice, changesBetween(probeBytes, answer.heard));
    this.#fromDevice = agree(this.#fromDevice, changesBetween(probeBytes, answer.came));
    const found = diagnose(this.#toDevice, this.#fromDevice, this.#kind);
    if (!found) return 'good';
    if (++this.#count >= WITNESSES) throw found;
    return 'doubtful';
  }
}

const agree = (before: Changes | undefined, now: Changes) => (before ? common(before, now) : now);
