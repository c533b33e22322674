import { DEFAULT_STORAGE, hexadecimal, type Storage } from '../ground/index.js';
import { decodeFrame, encodeFrame } from '../link/index.js';
import { Messages, PROTOCOL, schemaHash } from '../wire/index.js';
import { hostModule, Kernel } from './kernel.js';

/** Those asked for: a kernel is made to find one. */
const identities = new Map<Storage, bigint>();

/** The 64 bits that name the source and the storage of the host's own kernel, as its HELLO tells them. */
export function kernelIdentity(storage: Storage = DEFAULT_STORAGE): bigint {
  const known = identities.get(storage) ?? foundIdentity(storage);
  identities.set(storage, known);
  return known;
}

function foundIdentity(storage: Storage): bigint {
  const session = 1;
  const payload = Messages.hello.request.encode({ schema: schemaHash, protocol: PROTOCOL, session });
  let identity: bigint | undefined;
  const kernel = new Kernel(0, undefined, hostModule(storage));
  kernel.feed(encodeFrame({ type: Messages.hello.code, session, sequence: 0, payload }), (answer) => {
    // The zero that ends a frame is no part of it.
    const frame = decodeFrame(answer.subarray(0, -1));
    if (frame) identity = Messages.hello.reply.decode(frame.payload).kernel;
  });
  if (identity === undefined) throw new Error('the kernel does not answer');
  return identity;
}

/** A kernel's identity as text: 16 hexadecimal digits. */
export function kernelName(kernel: bigint): string {
  return hexadecimal(kernel);
}
