/** Tells whoever submitted when nobody is there to do the tasks, or nobody whom they fit. */
import type { Redis } from './engine.js';
import { misfit, type Offer } from './offer.js';
import { type Presence, workersThere } from './presence.js';

/** Milliseconds between two looks, at least. */
const INTERVAL = 2000;
/** Workers that are named for one reason. */
const NAMED = 3;

const NOBODY = 'no worker is there: start one, eqprop work, with the same EQPROP_QUEUE';

export class Attendance {
  /** As last told, by the reason. */
  #told: ReadonlyMap<string, string> = new Map();
  #looked = Number.NEGATIVE_INFINITY;

  /** @param tell is given each reason once, and again where it comes back */
  constructor(
    private readonly redis: Redis,
    private readonly tell: (sentence: string) => void,
  ) {}

  /** @param offers of queues with tasks that have not ended */
  async look(offers: readonly Offer[]): Promise<void> {
    const now = performance.now();
    if (now - this.#looked < INTERVAL) return;
    this.#looked = now;
    const found = hindrances(offers, await workersThere(this.redis));
    for (const [reason, sentence] of found) if (!this.#told.has(reason)) this.tell(sentence);
    this.#told = found;
  }
}

/** Sentences for people, by their reasons. */
export function hindrances(
  offers: readonly Offer[],
  workers: readonly Presence[],
): ReadonlyMap<string, string> {
  if (offers.length === 0) return new Map();
  if (workers.length === 0) return new Map([[NOBODY, NOBODY]]);
  const told = new Map<string, string>();
  for (const offer of offers) {
    const reasons = workers.map((worker) => misfit(offer, worker));
    if (reasons.includes(undefined)) continue;
    for (const reason of new Set(reasons)) {
      const who = namesOf(workers.filter((_, n) => reasons[n] === reason));
      told.set(reason ?? '', `some of it fits no worker that is there: ${who}: ${reason}`);
    }
  }
  return told;
}

function namesOf(workers: readonly Presence[]): string {
  const names = workers.slice(0, NAMED).map(({ name, device }) => `${name} (${device})`);
  const others = workers.length - names.length;
  return [...names, ...(others > 0 ? [`${others} more`] : [])].join(', ');
}
