/**
 * The part of TensorFlow.js that the peer uses, in our own words: its packages are installed when the benchmark first runs, and
 * the benchmark must compile before.
 */
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { source } from '../folders.js';

export interface Tensor {
  dataSync(): Float32Array;
  dispose(): void;
}

export interface Variable extends Tensor {
  assign(value: Tensor): void;
}

export interface TensorFlow {
  readonly version_core: string;
  env(): { set(flag: string, value: boolean): void };
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tidy<T>(work: () => T): T;
  keep<T extends Tensor>(tensor: T): T;
  variable(initial: Tensor): Variable;
  zeros(shape: readonly number[]): Tensor;
  tensor2d(values: Float32Array, shape: readonly [number, number]): Tensor;
  matMul(a: Tensor, b: Tensor): Tensor;
  transpose(a: Tensor): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  sub(a: Tensor, b: Tensor): Tensor;
  mul(a: Tensor, b: Tensor | number): Tensor;
  sum(a: Tensor, axis: number): Tensor;
  clipByValue(a: Tensor, least: number, most: number): Tensor;
}

interface WasmBackend {
  setWasmPaths(folder: string): void;
  setThreadsCount(threads: number): void;
}

/** TensorFlow.js on its WebAssembly backend, with SIMD, on one thread. */
export async function loadTensorFlow(): Promise<TensorFlow> {
  const require = createRequire(join(source, 'package.json'));
  const tf = require('@tensorflow/tfjs-core') as TensorFlow;
  const name = '@tensorflow/tfjs-backend-wasm';
  const backend = require(name) as WasmBackend;
  backend.setWasmPaths(dirname(require.resolve(name)) + sep);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  backend.setThreadsCount(1);
  if (!(await tf.setBackend('wasm'))) throw new Error('TensorFlow.js has no WebAssembly backend here');
  await tf.ready();
  return tf;
}
