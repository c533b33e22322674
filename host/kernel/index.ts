export { Helpers, MAX_THREADS } from './helpers.js';
export { kernelIdentity, kernelName } from './identity.js';
export {
  type Cores,
  exportsOf,
  hostModule,
  Kernel,
  type KernelExports,
  type Outcome,
  portableModule,
  type SharedKernel,
  vectorModule,
} from './kernel.js';
export { type Trap, trapOf } from './trap.js';
export { DEFAULT_ARENA, Twin, type TwinOptions } from './twin.js';
