/** Lies that a device can tell, for `serve`. */
import type { Socket } from 'node:net';
import type { Frame } from '#host/link/frame';
import { type MessageName, Messages, REPLY, type ReplyOf } from '#host/wire/index';
import type { Answering } from './odd-devices.js';

type Changes<N extends MessageName> = (reply: ReplyOf<N>) => Partial<ReplyOf<N>>;

/** Changes fields of every reply to a message. */
export function lyingIn<N extends MessageName>(name: N, changes: Changes<N>): Answering {
  const { code, reply } = Messages[name];
  const encode = reply.encode as (values: ReplyOf<N>) => Uint8Array;
  return (answer) => {
    if (answer.type !== (code | REPLY)) return answer;
    const values = reply.decode(answer.payload) as ReplyOf<N>;
    return { ...answer, payload: encode({ ...values, ...changes(values) }) };
  };
}

/** Cuts every reply to a message to so many bytes, or fills it up with zeros. */
export function resized(name: MessageName, length: number): Answering {
  return (answer) => {
    if (answer.type !== (Messages[name].code | REPLY)) return answer;
    const payload = new Uint8Array(length);
    payload.set(answer.payload.subarray(0, length));
    return { ...answer, payload };
  };
}

/** Answers nothing any more once it has answered HELLO and what `until` lets pass, and says `words` for ever. */
export function babbling(
  words: (session: number) => Uint8Array,
  until: (answer: Frame) => boolean,
): Answering {
  const babblers = new WeakSet<Socket>();
  return (answer, line) => {
    if (babblers.has(line)) return undefined;
    if (until(answer)) return answer;
    babblers.add(line);
    babble(line, words(answer.session));
    return undefined;
  };
}

/** Milliseconds: without them it would keep a processor busy, and the host from what it has to do beside. */
const BREATH = 5;

/** As much as the line takes, whenever what it took before was read. */
function babble(line: Socket, bytes: Uint8Array): void {
  const more = () => {
    if (line.destroyed) return;
    while (line.write(bytes));
    line.once('drain', () => setTimeout(more, BREATH));
  };
  more();
}

/** Says something beside every answer. */
export function adding(words: (answer: Frame) => Uint8Array): Answering {
  return (answer, line) => {
    line.write(words(answer));
    return answer;
  };
}
