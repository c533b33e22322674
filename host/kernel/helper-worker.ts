/** A thread that helps a kernel: the same module over the same memory. It ends when it is terminated. */
import { workerData } from 'node:worker_threads';
import { instantiateSync } from '@assemblyscript/loader';
import type { SharedKernel } from './kernel.js';

interface HelperExports extends Record<string, unknown> {
  help(): void;
  lose(): void;
}

const { module, memory } = workerData as SharedKernel;
const helper = instantiateSync<HelperExports>(module, { env: { memory } }).exports;
try {
  helper.help();
} catch (error) {
  // Whoever waits for this thread's part must not wait for ever.
  helper.lose();
  throw error;
}
