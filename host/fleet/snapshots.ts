/** A run's folder is put into the store whenever it has a new checkpoint, and at the end. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { checkpointMark, runFiles } from '../records/index.js';
import type { FolderStore } from './folder-store.js';

/** Milliseconds between two looks whether there is a new checkpoint. */
const INTERVAL = 250;

export class Snapshots {
  readonly #timer: NodeJS.Timeout;
  #saved: string | undefined;
  #saving: Promise<boolean> | undefined;

  /** @param onTrouble is told why it could not be saved; it is tried again */
  constructor(
    private readonly store: FolderStore,
    private readonly key: string,
    private readonly path: string,
    private readonly onTrouble: (error: unknown) => void,
  ) {
    this.#saved = checkpointMark(path);
    this.#timer = setInterval(() => {
      this.#saving ??= this.#save().finally(() => {
        this.#saving = undefined;
      });
    }, INTERVAL);
  }

  /** Saves no more: the run is another's. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#saving;
  }

  /** Puts it there as the run has left it; gives up once `signal` is aborted and it could not be done. */
  async finish(signal: AbortSignal): Promise<void> {
    await this.stop();
    this.#saved = undefined;
    while (!(await this.#save()) && !signal.aborted)
      await pause(INTERVAL, undefined, { signal }).catch(() => undefined);
  }

  /** Returns whether the newest checkpoint is there. */
  async #save(): Promise<boolean> {
    const mark = checkpointMark(this.path);
    if (mark === this.#saved) return true;
    const isSame = () => checkpointMark(this.path) === mark;
    try {
      const files = runFiles(this.path).map((name) => ({ name, path: join(this.path, name) }));
      // Replaced while it was read, it is read again the next time.
      if (!(await this.store.save(this.key, files, isSame))) return false;
      this.#saved = mark;
      return true;
    } catch (error) {
      // Files that went meanwhile need no word.
      if (isSame()) this.onTrouble(error);
      return false;
    }
  }
}
