/** Tells what of the host's module this browser can run. */
import { MAX_THREADS } from '#host/kernel/index.js';

/** A module that adds nothing but one SIMD instruction, and one with a shared memory. */
const SIMD = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98,
  11,
];
const SHARED = [0, 97, 115, 109, 1, 0, 0, 0, 5, 4, 1, 3, 1, 1];

/** Threads that a kernel can have here: one where the page is not isolated, since only isolated ones share memory. */
export function mostThreads(): number {
  const shares = crossOriginIsolated && missingAbilities().length === 0;
  return shares ? Math.min(navigator.hardwareConcurrency, MAX_THREADS) : 1;
}

/** Names what is missing and what becomes of it, a sentence each. */
export function missingAbilities(): readonly string[] {
  const has = (module: readonly number[]) => WebAssembly.validate(Uint8Array.from(module));
  return [
    ...(has(SIMD)
      ? []
      : [
          'This browser has no SIMD in WebAssembly: the portable kernel runs in its place, slower and to the same bits.',
        ]),
    ...(has(SHARED)
      ? []
      : [
          'This browser’s WebAssembly has no shared memory: the portable kernel runs, on one thread and to the same bits.',
        ]),
  ];
}
