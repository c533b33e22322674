/** Folders of tasks that workers have: nobody else is to work in them, and whoever looks on sees that they are under way. */
import { holdLock } from '../files/index.js';

export class HeldFolders {
  readonly #held = new Map<string, () => void>();

  /** @throws `UserError` where another process trains there */
  async hold(path: string): Promise<void> {
    if (!this.#held.has(path)) this.#held.set(path, await holdLock(path));
  }

  release(path: string): void {
    this.#held.get(path)?.();
    this.#held.delete(path);
  }

  releaseAll(): void {
    for (const path of this.#held.keys()) this.release(path);
  }
}
