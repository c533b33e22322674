/** A page whose parts change: each knows since which version it is as it is, so that a reader catches up from any. */
import type { LiveChange, LivePage, LivePart } from '../report/index.js';

interface Versioned {
  readonly part: LivePart;
  /** To tell a change by. */
  readonly text: string;
  readonly version: number;
}

export class ChangingPage {
  #version = 0;
  #parts = new Map<string, Versioned>();
  /** All that is no part. */
  #frame: Omit<LiveChange, 'parts'> = { title: '', told: '', keys: [] };

  /** Counts changes; 0 before there is anything. */
  get version(): number {
    return this.#version;
  }

  /** @param next where the page goes on, once nothing more will change */
  update({ title, told, parts }: LivePage, next?: string): void {
    const version = this.#version + 1;
    const frame = { title, told, keys: [...parts.keys()], ...(next !== undefined && { next }) };
    let hasChanged = JSON.stringify(frame) !== JSON.stringify(this.#frame);
    const updated = new Map<string, Versioned>();
    for (const [key, part] of parts) {
      const before = this.#parts.get(key);
      const text = JSON.stringify(part);
      const isSame = before?.text === text;
      updated.set(key, isSame ? before : { part, text, version });
      hasChanged ||= !isSame;
    }
    if (!hasChanged) return;
    this.#version = version;
    this.#frame = frame;
    this.#parts = updated;
  }

  /** All that has changed since a version; nothing where nothing has. One that there never was is as good as none. */
  since(version: number): LiveChange | undefined {
    if (version === this.#version) return undefined;
    const seen = version < this.#version ? version : 0;
    const changed = [...this.#parts].filter(([, part]) => part.version > seen);
    return { ...this.#frame, parts: Object.fromEntries(changed.map(([key, { part }]) => [key, part])) };
  }
}
