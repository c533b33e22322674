/** Keys of the queue's store, found by how they begin. */
import * as v from 'valibot';
import type { Redis } from './engine.js';

/** Keys that are looked at at a time. */
const SCANNED = 1000;
const scanSchema = v.tuple([v.string(), v.array(v.string())]);

/** Some at a time; one may come twice. */
export async function* keysBeginning(
  beginning: string,
  redis: Redis,
): AsyncGenerator<readonly [string, ...string[]]> {
  const pattern = `${beginning.replace(/[*?[\]\\]/g, '\\$&')}*`;
  let cursor = '0';
  do {
    const [next, [first, ...others]] = v.parse(
      scanSchema,
      await redis.call('SCAN', cursor, 'MATCH', pattern, 'COUNT', SCANNED),
    );
    if (first !== undefined) yield [first, ...others];
    cursor = next;
  } while (cursor !== '0');
}
