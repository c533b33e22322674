/** Shows tasks that others do, as they go. */
import type { CarrierEvents, Ending } from '../experiments/index.js';
import { several } from '../ground/index.js';
import type { Cause } from './interruption.js';
import { type Mode, say, styled } from './output.js';
import { sayInterrupted } from './say-interrupted.js';
import { tellUnderWay } from './starter.js';
import { terminal } from './terminal.js';

export class QueueDisplay implements CarrierEvents {
  /** How those under way are told, by their ids. */
  readonly #begun = new Map<string, string>();
  #ended = 0;
  #differs = false;
  /** Called when something is under way. */
  onStart: () => void = () => undefined;

  /** @param total number of tasks */
  constructor(
    private readonly mode: Mode,
    private readonly total: number,
  ) {}

  /** True when a reply was not the twin's. */
  get differs(): boolean {
    return this.#differs;
  }

  onBegin(id: string, worker?: string): void {
    this.onStart();
    tellUnderWay();
    this.#tell(id, worker);
  }

  onEpoch(id: string, epoch: number, worker: string): void {
    this.#tell(`${id}, ${several(epoch, 'epoch')}`, worker, id);
  }

  onNotice(sentence: string): void {
    if (this.mode !== 'quiet') say(styled('yellow', sentence));
  }

  onEnd(id: string, ending: Ending): void {
    this.#begun.delete(id);
    this.#ended++;
    this.#show();
    if (ending.kind === 'finished') {
      if (this.mode === 'normal') say(`finished  ${id}`);
      return;
    }
    if (ending.kind === 'failed' && ending.differs) this.#differs = true;
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

  #tell(text: string, worker: string | undefined, id = text): void {
    this.#begun.set(id, worker === undefined ? text : `${text} on ${worker}`);
    this.#show();
  }

  #show(): void {
    if (this.mode !== 'normal') return;
    if (this.#begun.size === 0) {
      terminal.clear();
      return;
    }
    const title = `${this.#ended}/${this.total}`;
    terminal.show({ title, share: this.#ended / this.total, parts: [...this.#begun.values()] });
  }
}
