/** Whole tensors to and from the kernel, in requests of the wire's size. */
import type { Kernel } from '#host/kernel/kernel';
import type { Job } from '#host/kernel/twin-worker';
import { MAX_PAYLOAD, MAX_REPLY, Messages, type RequestOf } from '#host/wire/schema';

/** The part of a kernel that is used: whatever answers requests as one does may stand for it. */
export type Requests = Pick<Kernel, 'execute' | 'executeEncoded'>;

export interface TensorAddress {
  /** A `Tensor`. */
  readonly tensor: number;
  /** The number of a connection, a layer or a slot. */
  readonly index: number;
  /** Bytes of an element: 1, 2 or 4. */
  readonly width: number;
}

/** A request encoded once, to be run many times. */
export function encoded<N extends 'sample' | 'write' | 'read'>(name: N, values: RequestOf<N>): Job {
  const { code, request } = Messages[name];
  return { code, payload: (request.encode as (values: RequestOf<N>) => Uint8Array)(values) };
}

/** @throws `Error` where it is refused */
export function run(kernel: Requests, { code, payload }: Job): Uint8Array {
  const outcome = kernel.executeEncoded(code, payload);
  if (outcome.refused) throw new Error(`request ${code} was refused`);
  return outcome.payload;
}

/** Elements of any width end within these. */
const WIDEST = 4;
const whole = (bytes: number) => bytes - (bytes % WIDEST);
const MOST_WRITTEN = whole(MAX_PAYLOAD - Messages.write.request.size);
const MOST_READ = whole(MAX_REPLY - Messages.read.reply.size);

export function writeTensor(
  kernel: Requests,
  { tensor, index, width }: TensorAddress,
  bytes: Uint8Array,
): void {
  for (let at = 0; at < bytes.length; at += MOST_WRITTEN) {
    const data = bytes.subarray(at, at + MOST_WRITTEN);
    run(kernel, encoded('write', { offset: at / width, index, tensor, padding: 0, data }));
  }
}

/** Fills `bytes`. */
export function readTensor(
  kernel: Requests,
  { tensor, index, width }: TensorAddress,
  bytes: Uint8Array,
): void {
  for (let at = 0; at < bytes.length; at += MOST_READ) {
    const count = Math.min(MOST_READ, bytes.length - at) / width;
    bytes.set(run(kernel, encoded('read', { offset: at / width, index, count, tensor, padding: 0 })), at);
  }
}
