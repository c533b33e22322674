/** Whole tensors to and from the kernel, in requests of the wire's size. */
import type { Kernel } from '#host/kernel/kernel';
import { MAX_PAYLOAD, MAX_REPLY, Messages } from '#host/link/schema';

export interface TensorAddress {
  /** A `Tensor`. */
  readonly tensor: number;
  /** Of a connection, a layer or a slot. */
  readonly index: number;
  /** Bytes of an element: 2 or 4. */
  readonly width: number;
}

/** Elements of any width end within these. */
const WIDEST = 4;
const whole = (bytes: number) => bytes - (bytes % WIDEST);
const MOST_WRITTEN = whole(MAX_PAYLOAD - Messages.write.request.size);
const MOST_READ = whole(MAX_REPLY - Messages.read.reply.size);

export function writeTensor(
  kernel: Kernel,
  { tensor, index, width }: TensorAddress,
  bytes: Uint8Array,
): void {
  for (let at = 0; at < bytes.length; at += MOST_WRITTEN) {
    const data = bytes.subarray(at, at + MOST_WRITTEN);
    kernel.execute('write', { offset: at / width, index, tensor, padding: 0, data });
  }
}

/** Fills `bytes`. */
export function readTensor(kernel: Kernel, { tensor, index, width }: TensorAddress, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += MOST_READ) {
    const count = Math.min(MOST_READ, bytes.length - at) / width;
    const { data } = kernel.execute('read', { offset: at / width, index, count, tensor, padding: 0 });
    bytes.set(data, at);
  }
}
