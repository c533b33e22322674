/** The meaning of a frame for a session: none, where it is for another host, or an echo. */
import { ConnectionLost, DeviceError } from '../endpoint/index.js';
import { UserError } from '../ground/index.js';
import { Messages, MissingPayload, REPLY, type ReplyOf, Signal, type Values } from '../wire/index.js';
import type { Frame } from './frame.js';

export type Heard =
  | { readonly kind: 'error'; readonly error: DeviceError }
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'missing'; readonly missing: Values<typeof MissingPayload.layout> }
  | { readonly kind: 'poll'; readonly reply: ReplyOf<'poll'> }
  | { readonly kind: 'reply'; readonly type: number; readonly payload: Uint8Array };

/** Throws `ConnectionLost` where the device has lost the session, `UntrueError` where a payload cannot be read. */
export function understand({ type, session, payload }: Frame, own: number): Heard | undefined {
  const error = type === Signal.error ? DeviceError.decode(payload) : undefined;
  // A device that was reset has no session of which it could speak.
  if (error?.error === 'unknownSession' && error.value === own) throw lost(error);
  if (error?.error === 'fault') throw lost(error);
  // Another host on the line may be told of its own mistakes.
  const isForeign = session !== own || error?.error === 'unknownSession' || error?.request === 'hello';
  const isEcho = type < Signal.acknowledge;
  if (isForeign || isEcho || type === (Messages.hello.code | REPLY)) return undefined;
  if (error) return { kind: 'error', error };
  if (type === Signal.acknowledge) return { kind: 'acknowledge' };
  if (type === Signal.missing)
    return { kind: 'missing', missing: MissingPayload.decode(payload, 'missing: a signal') };
  if (type === (Messages.poll.code | REPLY))
    return { kind: 'poll', reply: Messages.poll.reply.decode(payload, 'poll: a reply') };
  return { kind: 'reply', type, payload };
}

/** The loss of a connection that an error comes to. */
export function lost(error: Error): ConnectionLost {
  return new ConnectionLost(error.message, error instanceof UserError ? error.hint : undefined, {
    cause: error,
  });
}
