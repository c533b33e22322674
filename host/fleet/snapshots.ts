/** A task's folder is put into the store whenever something new is saved there, and at the end. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Task } from '../experiments/index.js';
import type { FolderStore } from './folder-store.js';
import type { Lock } from './lock.js';

/** Milliseconds between two looks whether something new is saved. */
const INTERVAL = 250;

export class Snapshots {
  readonly #timer: NodeJS.Timeout;
  #saved: string | undefined;
  #saving: Promise<boolean> | undefined;

  /**
   * @param lock without it nothing is put there any more: another worker's may be further, or whole
   * @param onTrouble is told why it could not be saved; it is tried again
   */
  constructor(
    private readonly store: FolderStore,
    private readonly key: string,
    private readonly path: string,
    private readonly task: Task,
    private readonly lock: Pick<Lock, 'renew' | 'isLost'>,
    private readonly onTrouble: (error: unknown) => void,
  ) {
    this.#saved = this.#mark();
    this.#timer = setInterval(() => {
      this.#saving ??= this.#save().finally(() => {
        this.#saving = undefined;
      });
    }, INTERVAL);
  }

  /** Puts it there as the task has left it; gives up once the lock is lost, or `signal` aborted and it could not be done. */
  async finish(signal: AbortSignal): Promise<void> {
    clearInterval(this.#timer);
    await this.#saving;
    this.#saved = undefined;
    while (!this.lock.isLost && !(await this.#save()) && !signal.aborted)
      await pause(INTERVAL, undefined, { signal }).catch(() => undefined);
  }

  /** Returns whether what is newest is there. */
  async #save(): Promise<boolean> {
    const mark = this.#mark();
    if (mark === this.#saved) return true;
    const isSame = () => this.#mark() === mark;
    try {
      const files = this.task.files(this.path).map((name) => ({ name, path: join(this.path, name) }));
      // Replaced while it was read, it is read again the next time. The line may have been lost for long meanwhile.
      const isWhole = async () => isSame() && (await this.lock.renew());
      if (!(await this.store.save(this.key, files, isWhole))) return false;
      this.#saved = mark;
      return true;
    } catch (error) {
      // Files that went meanwhile need no word.
      if (isSame()) this.onTrouble(error);
      return false;
    }
  }

  /** A folder that goes while it is looked at has none. */
  #mark(): string | undefined {
    try {
      return this.task.mark(this.path);
    } catch {
      return undefined;
    }
  }
}
