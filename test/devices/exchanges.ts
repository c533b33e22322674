/** Exchanges that any line to a device must carry. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DeviceLine } from '#host/devices/index';
import { ErrorPayload, Messages, PROTOCOL, REPLY, Signal, schemaHash, Tensor } from '#host/wire/index';
import { chainRecords, configuring } from '../kernel/configure.js';
import { Client, frame } from './client.js';

export const ARENA = 1 << 20;
export const WINDOW = 0x10000;

export const network = configuring(chainRecords([96, 128, 10]), {
  seed: 5,
  freeIterations: 4,
  nudgedIterations: 2,
});

const weights = { index: 0, tensor: Tensor.weights, padding: 0 } as const;

/** Bytes with every value in them, zeros in runs. */
function pattern(seed: number): Uint8Array {
  return Uint8Array.from({ length: 500 }, (_, i) => (i % 7 === seed % 7 ? 0 : Math.imul(i + 1, seed + 3)));
}

export function carriesExchanges(open: () => Promise<DeviceLine>): void {
  let line: DeviceLine;
  let client: Client;

  beforeEach(async () => {
    line = await open();
    client = new Client(line.stream);
  });
  afterEach(() => line.close());

  test('HELLO', async () => {
    const hello = await client.hello();
    expect(hello).toMatchObject({ schema: schemaHash, protocol: PROTOCOL, arena: ARENA, window: WINDOW });
    expect(hello.configured).toBe(0);
  });

  test('a network is laid out, initialised and asked about', async () => {
    await client.hello();
    const layout = await client.request('configure', network);
    expect(layout).toMatchObject({ weights: 96 * 128 + 128 * 10, biases: 138, arena: ARENA });
    const { digest } = await client.request('initialise', { limits: [1 << 20, 1 << 20] });
    const statistics = await client.request('statistics', {});
    expect(statistics).toMatchObject({ digest, step: 0, frames: 4, damaged: 0, early: 0, repeats: 0 });
  });

  test('many bytes at once, both ways', async () => {
    await client.hello();
    await client.request('configure', network);
    const count = 40;
    const posts = Array.from({ length: count }, (_, i) =>
      client.next('write', { ...weights, offset: 250 * i, data: pattern(i) }),
    );
    client.sendBytes(Buffer.concat(posts));
    const asked = Array.from({ length: count }, (_, i) =>
      client.next('read', { ...weights, offset: 250 * i, count: 250 }),
    );
    client.sendBytes(Buffer.concat(asked));
    for (let i = 0; i < count; i++) {
      const { payload } = await client.answer();
      expect(Messages.read.reply.decode(payload).data).toEqual(pattern(i));
    }
  });

  test('a damaged frame is asked for again, and runs then', async () => {
    await client.hello();
    const request = client.next('configure', network);
    const damaged = request.slice();
    damaged[9] ^= 1;
    client.sendBytes(damaged);
    expect(await client.answer()).toMatchObject({ type: Signal.missing, sequence: 0 });
    client.sendBytes(request);
    expect(await client.answer()).toMatchObject({ type: Messages.configure.code | REPLY, sequence: 0 });
  });

  test('refusals', async () => {
    client.sendBytes(frame(Messages.reset.code, 1234, 0, new Uint8Array(0)));
    const stranger = await client.answer();
    expect(stranger.type).toBe(Signal.error);
    expect(ErrorPayload.decode(stranger.payload)).toMatchObject({ value: 1234, code: 2 });
    await client.hello();
    client.sendBytes(client.next('initialise', { limits: [1] }));
    const unconfigured = await client.answer();
    expect(ErrorPayload.decode(unconfigured.payload)).toMatchObject({ code: 5 });
  });
}
