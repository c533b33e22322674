/** Shows tasks that others do, as they go. */
import type { CarrierEvents, Ending } from '../experiments/index.js';
import type { Cause } from './interruption.js';
import { type Mode, say, styled } from './output.js';
import { sayInterrupted } from './say-interrupted.js';
import { tellUnderWay } from './starter.js';
import { terminal } from './terminal.js';

export class QueueDisplay implements CarrierEvents {
  /** Of those under way, by their ids. */
  readonly #epochs = new Map<string, number>();
  #ended = 0;
  #undone = 0;
  /** Called when something is under way. */
  onStart: () => void = () => undefined;

  constructor(private readonly mode: Mode) {}

  /** Number of those that have come to no result. */
  get undone(): number {
    return this.#undone;
  }

  onBegin(id: string): void {
    this.onStart();
    tellUnderWay();
    this.onEpoch(id, 0);
  }

  onEpoch(id: string, epoch: number): void {
    this.#epochs.set(id, epoch);
    this.#show();
  }

  onEnd(id: string, ending: Ending): void {
    this.#epochs.delete(id);
    this.#ended++;
    this.#show();
    if (ending.kind === 'finished') {
      if (this.mode === 'normal') say(`finished  ${id}`);
      return;
    }
    this.#undone++;
    const reason = 'reason' in ending ? `: ${ending.reason}` : '';
    say(styled('yellow', `${ending.kind}  ${id}${reason}`));
  }

  interrupted(cause: Cause): void {
    this.stop();
    if (this.mode === 'json') return;
    sayInterrupted(
      'leaving what waits in the queue: workers go on with it, and --resume with --queue fetches what they have done',
      cause,
    );
  }

  stop(): void {
    terminal.clear();
  }

  #show(): void {
    if (this.mode !== 'normal') return;
    if (this.#epochs.size === 0) {
      terminal.clear();
      return;
    }
    const parts = [...this.#epochs].map(([id, epoch]) => (epoch > 0 ? `${id}, ${epoch} epochs` : id));
    const begun = this.#ended + this.#epochs.size;
    terminal.show({ title: `${this.#ended} done`, share: this.#ended / begun, parts });
  }
}
