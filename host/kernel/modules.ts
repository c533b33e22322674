/** The kernel's builds, as files beside the program. */
import { readFileSync } from 'node:fs';
import { DEFAULT_STORAGE, type Storage } from '../ground/index.js';

/** Portable; for two cores; with SIMD and threads; with SIMD. */
export type Build = '' | '.pair' | '.host' | '.simd';

/** A module's bytes. */
export function readModule(storage: Storage, build: Build): Uint8Array {
  const width = storage === DEFAULT_STORAGE ? '' : `-${storage}`;
  return readFileSync(new URL(`../../kernel${width}${build}.wasm`, import.meta.url));
}
