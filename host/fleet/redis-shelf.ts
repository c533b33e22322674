/** Savings of folders in Redis, a list each. */
import { UserError } from '../ground/index.js';
import type { Redis } from './engine.js';
import { keysBeginning } from './keys.js';
import type { Shelf } from './shelf.js';

/** Seconds after which chunks go whose writer did not come to the end. */
const UNFINISHED = 3600;

export class RedisShelf implements Shelf {
  readonly most = 256 * 1024 * 1024;

  constructor(private readonly redis: Redis) {}

  async put(saving: string, chunks: Iterable<Uint8Array>): Promise<void> {
    let count = 0;
    for (const chunk of chunks) {
      // One that was lost with the end of the store's file, or sent twice where a line was lost, makes another number.
      if (Number(await this.redis.call('RPUSH', saving, chunk)) !== ++count) throw lost();
      if (count === 1) await this.redis.call('EXPIRE', saving, UNFINISHED);
    }
    if (count > 0 && Number(await this.redis.call('PERSIST', saving)) !== 1) throw lost();
  }

  async has(saving: string): Promise<boolean> {
    return Number(await this.redis.call('EXISTS', saving)) === 1;
  }

  async read(saving: string, use: (chunk: Uint8Array) => void): Promise<boolean> {
    const count = Number(await this.redis.call('LLEN', saving));
    for (let n = 0; n < count; n++) {
      const chunk = await this.redis.callBuffer('LINDEX', saving, n);
      if (!(chunk instanceof Uint8Array)) return false;
      use(chunk);
    }
    return count > 0;
  }

  async remove(saving: string): Promise<void> {
    await this.redis.call('UNLINK', saving);
  }

  async removeAll(beginning: string): Promise<void> {
    for await (const keys of keysBeginning(beginning, this.redis)) await this.redis.call('UNLINK', ...keys);
  }
}

function lost(): UserError {
  return new UserError('the store has lost what was just written to it', 'is it restarted again and again?');
}
