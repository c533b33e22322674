/** Devices behind TCP that run the kernel and change what it answers. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Kernel } from '#host/kernel/index';
import type { Frame } from '#host/link/frame';
import { decodeFrame, encodeFrame } from '#host/link/index';
import { ErrorPayload, Messages, REPLY, Signal } from '#host/wire/index';

/** Bytes that go onto the line instead of an answer; nothing if undefined. The line takes whatever else there is to say. */
export type Answering = (answer: Frame, line: Socket) => Frame | undefined;

export interface OddDevice {
  readonly spec: string;
  /** How often it was connected to. */
  readonly calls: () => number;
  end(): Promise<void>;
}

export async function serve(answering: Answering, arena = 1 << 20): Promise<OddDevice> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    const kernel = new Kernel(arena, 4096);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) =>
      kernel.feed(bytes, (encoded) => {
        // The zero that ends a frame is no part of it.
        const frame = decodeFrame(encoded.subarray(0, -1));
        const answer = frame && answering(frame, socket);
        if (answer) socket.write(encodeFrame(answer));
        // The answer to a probe of the line.
        else if (!frame) socket.write(encoded);
      }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    spec: `tcp://127.0.0.1:${port}`,
    calls: () => sockets.length,
    end: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export const honest: Answering = (answer) => answer;

export const silent: Answering = () => undefined;

const HELLO_REPLY = Messages.hello.code | REPLY;

/** Speaks another version of the wire. */
export const ofAnotherSchema: Answering = (answer) => ({
  ...answer,
  type: Signal.error,
  payload: ErrorPayload.encode({ value: 111, limit: 222, place: 0, code: 1, request: Messages.hello.code }),
});

/** Speaks the same wire, computes something else. */
export const ofAnotherKernel: Answering = (answer) => {
  if (answer.type !== HELLO_REPLY) return answer;
  const hello = Messages.hello.reply.decode(answer.payload);
  return { ...answer, payload: Messages.hello.reply.encode({ ...hello, kernel: 0xabcdn }) };
};

/** Flips one bit of the reply that says a minibatch was trained; the frame's check fits. */
export function lyingAfter(step: number): Answering {
  return (answer) => {
    if (answer.type !== (Messages.train.code | REPLY)) return answer;
    const reply = Messages.train.reply.decode(answer.payload);
    if (reply.step !== step) return answer;
    return { ...answer, payload: Messages.train.reply.encode({ ...reply, weights: reply.weights ^ 1n }) };
  };
}

/** Counts each saturation as so many, in 32 bits. */
export function saturatingTimes(times: number): Answering {
  return (answer) => {
    if (answer.type !== (Messages.train.code | REPLY)) return answer;
    const reply = Messages.train.reply.decode(answer.payload);
    const saturations = Math.imul(reply.saturations, times) >>> 0;
    return { ...answer, payload: Messages.train.reply.encode({ ...reply, saturations }) };
  };
}

/** Stops answering once it has trained on so many minibatches. */
export function silentAfter(step: number): Answering {
  let over = false;
  return (answer) => {
    if (answer.type === (Messages.train.code | REPLY))
      over ||= Messages.train.reply.decode(answer.payload).step > step;
    return over ? undefined : answer;
  };
}
