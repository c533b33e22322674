/** The fastest that this machine multiplies and accumulates 16-bit integers from WebAssembly, on one thread. */
import { readFileSync } from 'node:fs';
import { instantiateSync } from '@assemblyscript/loader';
import { Stopwatch } from '../stopwatch.js';
import { peakModule } from './build.js';

/** Bytes that are gone over again and again: some fit every level-1 cache, the others none. */
export const peakSizes = { cached: 2 ** 14, streamed: 2 ** 20 } as const;

/** Billions of multiply-accumulates a CPU-second. */
export interface Peak {
  readonly cached: number;
  readonly streamed: number;
}

export interface Peaks {
  /** Without vectors. */
  readonly portable: Peak;
  /** With SIMD. */
  readonly host: Peak;
}

type Multiply = (bytes: number, times: number, factor: number) => number;

interface PeakExports extends Record<string, unknown> {
  readonly multiplyScalars: Multiply;
  readonly multiplyVectors: Multiply;
}

const ATTEMPTS = 8;
const SECONDS = 0.15;

export function measurePeaks(): Peaks {
  const { exports } = instantiateSync<PeakExports>(readFileSync(peakModule), {});
  const peakOf = (multiply: Multiply): Peak => ({
    cached: fastest(multiply, peakSizes.cached),
    streamed: fastest(multiply, peakSizes.streamed),
  });
  return { portable: peakOf(exports.multiplyScalars), host: peakOf(exports.multiplyVectors) };
}

/** The fastest of several attempts: whatever disturbs only makes it slower. */
function fastest(multiply: Multiply, bytes: number): number {
  let times = 64;
  let best = 0;
  for (let attempt = 0; attempt < ATTEMPTS; ) {
    const watch = new Stopwatch();
    watch.start();
    multiply(bytes, times, 3);
    watch.stop();
    // A short attempt is also before the runtime has optimised.
    if (watch.seconds < SECONDS) times *= 2;
    else {
      best = Math.max(best, ((bytes / 2) * times) / watch.cpuSeconds / 1e9);
      attempt++;
    }
  }
  return best;
}
