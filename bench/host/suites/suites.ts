/** All suites, in the order they run in. */
import { growth } from './growth.js';
import { learning } from './learning.js';
import { native } from './native.js';
import { roofline } from './roofline.js';
import type { Suite } from './suite.js';
import { threads } from './threads.js';
import { throughput } from './throughput.js';
import { verification } from './verification.js';

export const suites: readonly Suite[] = [
  throughput,
  learning,
  growth,
  roofline,
  threads,
  verification,
  native,
];
