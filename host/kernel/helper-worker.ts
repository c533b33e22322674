/** A thread that helps a kernel: the same module over the same memory. It ends when it is terminated. */
import { workerData } from 'node:worker_threads';
import { instantiateSync } from '@assemblyscript/loader';
import type { SharedKernel } from './kernel.js';

const { module, memory } = workerData as SharedKernel;
instantiateSync<{ help(): void } & Record<string, unknown>>(module, { env: { memory } }).exports.help();
