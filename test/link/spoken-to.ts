/** The device's end, spoken to frame by frame. */
import { beforeEach, expect } from 'vitest';
import { DeviceError } from '#host/endpoint/index';
import { Kernel, portableModule } from '#host/kernel/index';
import { decodeFrame, encodeFrame, type Frame } from '#host/link/frame';
import { type MessageName, Messages, PROTOCOL, type RequestOf, Signal, schemaHash } from '#host/wire/index';
import { network, sampleAt } from './workload.js';

export const SESSION = 77;
export const WINDOW = 4096;

export function blank(arena = 1 << 16): Kernel {
  return new Kernel(arena, WINDOW, portableModule());
}

/** It, and the sequence that the next request has. */
export const device = { kernel: blank(), next: 0 };

/** @param hasMore given how many answers there were */
export function feed(bytes: Uint8Array, hasMore = (_: number) => false): Frame[] {
  const frames: Frame[] = [];
  const hear = (answer: Uint8Array) => {
    expect(answer.indexOf(0)).toBe(answer.length - 1);
    const frame = decodeFrame(answer.subarray(0, -1));
    if (!frame) throw new Error('the device sent a damaged frame');
    frames.push(frame);
  };
  device.kernel.feed(bytes, hear, () => hasMore(frames.length));
  return frames;
}

export function frameOf<N extends MessageName>(
  name: N,
  values: RequestOf<N>,
  sequence: number,
  session = SESSION,
) {
  const { code, request } = Messages[name];
  const payload = (request.encode as (values: RequestOf<N>) => Uint8Array)(values);
  return encodeFrame({ type: code, session, sequence, payload });
}

export function send<N extends MessageName>(
  name: N,
  values: RequestOf<N>,
  sequence = device.next++,
): Frame[] {
  return feed(frameOf(name, values, sequence));
}

export function hello(session = SESSION, schema = schemaHash): Frame[] {
  return feed(frameOf('hello', { schema, protocol: PROTOCOL, session }, 0, session));
}

export function ask<N extends MessageName>(name: N, values: RequestOf<N>): Frame {
  const frames = send(name, values);
  expect(frames).toHaveLength(1);
  return frames[0];
}

export const refusal = ({ type, payload }: Frame) => {
  expect(type).toBe(Signal.error);
  return DeviceError.decode(payload);
};
export const statistics = () => Messages.statistics.reply.decode(ask('statistics', {}).payload);
export const poll = (id = 5) => feed(frameOf('poll', { id }, 0));

export function stage(step = 0): void {
  for (let slot = 0; slot < network.batch; slot++) send('sample', sampleAt(1, step, slot));
}

/** Has each of a file's tests speak to a new device. */
export function speaksToNewDevices(): void {
  beforeEach(() => {
    device.kernel = blank();
    device.next = 0;
  });
}
