import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { DeviceStream } from '#host/devices/device-stream';
import { type DeviceLine, openDevice } from '#host/devices/index';
import { simulatedBinding } from '#host/devices/simulated-binding';
import { WorkerPort } from '#host/devices/worker-port';
import { UserError } from '#host/ground/index';
import { Client } from './client.js';
import { ARENA, network } from './exchanges.js';

const baudRate = 115_200;
const openOptions = { path: 'simulated', baudRate, arena: ARENA };
const pending = Symbol('pending');
const within = <T>(milliseconds: number, promise: Promise<T>) =>
  Promise.race([promise, new Promise((resolve) => setTimeout(resolve, milliseconds, pending))]);

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function openPort(): Promise<WorkerPort> {
  const port = await simulatedBinding.open(openOptions);
  closers.push(async () => port.isOpen && port.close());
  return port;
}

async function openLine(options: object = {}): Promise<DeviceLine> {
  const line = await openDevice('simulated', { baudRate, arena: ARENA, ...options });
  closers.push(() => line.close());
  return line;
}

/** A machine that is not the kernel: `receive` is the body of what it does with `bytes`. */
async function openMachine(receive: string): Promise<{ worker: Worker; port: WorkerPort }> {
  const source = `
    const { parentPort } = require('node:worker_threads');
    let taken = 0;
    parentPort.on('message', (bytes) => { ${receive} });
    parentPort.postMessage({ taken: 0 });`;
  const worker = new Worker(source, { eval: true });
  await once(worker, 'message');
  const port = new WorkerPort(worker, openOptions);
  closers.push(async () => port.isOpen && port.close());
  return { worker, port };
}

/** The stream over a port that is already open. */
async function streamOver(port: WorkerPort) {
  const binding = { list: simulatedBinding.list, open: async () => port };
  const stream = new DeviceStream(
    { binding, path: 'machine', baudRate },
    (cause) => new UserError(cause.message),
  );
  await stream.opened();
  return stream;
}

/** (module (func (export "f") unreachable)) */
const TRAP = '0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,5,1,1,102,0,0,10,5,1,3,0,0,11';
const trapping = `new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.of(${TRAP}))).exports.f()`;

describe('speed', () => {
  test('a paced line takes the time its bytes need', async () => {
    const line = await openLine({ paced: true, baudRate: 400_000 });
    const client = new Client(line.stream);
    const start = performance.now();
    await client.hello();
    await client.request('configure', network);
    const data = new Uint8Array(1000).fill(9);
    const write = client.next('write', { offset: 0, index: 0, tensor: 0, padding: 0, data });
    client.sendBytes(write);
    await client.request('read', { offset: 0, index: 0, count: 250, tensor: 0, padding: 0 });
    const seconds = (performance.now() - start) / 1000;
    expect(client.sent + client.received).toBeGreaterThan(1500);
    // Every answer is waited for, so that the two directions never overlap.
    expect(seconds).toBeGreaterThanOrEqual(((client.sent + client.received) * 10) / 400_000);
  });

  test('chunks have many sizes, 97 at most', async () => {
    const line = await openLine({ chunkSeed: 4 });
    const client = new Client(line.stream);
    await client.hello();
    await client.request('configure', network);
    for (let i = 0; i < 10; i++)
      await client.request('read', { offset: 0, index: 0, count: 250, tensor: 0, padding: 0 });
    expect(Math.max(...client.chunks)).toBeLessThanOrEqual(97);
    expect(new Set(client.chunks).size).toBeGreaterThan(30);
  });
});

describe('the binding', () => {
  test('lists itself', async () => {
    expect(await simulatedBinding.list()).toMatchObject([{ path: 'simulated' }]);
  });

  test('tells its options and state', async () => {
    const port = await openPort();
    expect(port.openOptions).toMatchObject({ path: 'simulated', baudRate, dataBits: 8, parity: 'none' });
    expect(await port.get()).toEqual({ cts: true, dsr: true, dcd: true });
    await port.set();
    await port.update({ baudRate: 9600 });
    expect(await port.getBaudRate()).toEqual({ baudRate: 9600 });
  });

  test('closing cancels a pending read', async () => {
    const port = await openPort();
    const reading = port.read(Buffer.alloc(10), 0, 10);
    const refused = expect(reading).rejects.toMatchObject({ canceled: true });
    await port.close();
    await refused;
    expect(port.isOpen).toBe(false);
    await expect(port.close()).rejects.toThrow('not open');
    await expect(port.write(Buffer.alloc(1))).rejects.toMatchObject({ canceled: true });
    await expect(port.read(Buffer.alloc(1), 0, 1)).rejects.toMatchObject({ canceled: true });
  });

  test('reads no more than asked for, where asked for', async () => {
    const { port } = await openMachine(
      'parentPort.postMessage({ taken: bytes.length, answers: Uint8Array.of(1, 2, 3, 4, 5) })',
    );
    const buffer = Buffer.alloc(6);
    await port.write(Buffer.from([0]));
    expect((await port.read(buffer, 2, 3)).bytesRead).toBe(3);
    expect([...buffer]).toEqual([0, 0, 1, 2, 3, 0]);
    expect((await port.read(buffer, 0, 6)).bytesRead).toBe(2);
    await expect(port.read(buffer, 4, 3)).rejects.toThrow('too small');
  });

  test('leaves the writer its bytes', async () => {
    const port = await openPort();
    const bytes = Buffer.from(new Uint8Array(100).buffer);
    await port.write(bytes);
    await port.drain();
    expect(bytes).toHaveLength(100);
  });

  test('a write waits while too much is under way; drain waits for all', async () => {
    const { worker, port } = await openMachine(`
      taken += bytes.length;
      if (bytes[0] === 255) parentPort.postMessage({ taken: taken - 1 });`);
    await port.write(Buffer.alloc(40_000));
    const writing = port.write(Buffer.alloc(40_000));
    const draining = port.drain();
    expect(await within(50, Promise.race([writing, draining]))).toBe(pending);
    worker.postMessage(Uint8Array.of(255));
    await writing;
    await draining;
  });

  test('a write waits while too much is unread', async () => {
    const { port } = await openMachine(
      'parentPort.postMessage({ taken: bytes.length, answers: new Uint8Array(100000) })',
    );
    await port.write(Buffer.alloc(1));
    await port.drain();
    const writing = port.write(Buffer.alloc(1));
    expect(await within(50, writing)).toBe(pending);
    await port.flush();
    const drained = within(50, port.drain());
    expect(await drained).toBe(undefined);
    const buffer = Buffer.alloc(200_000);
    while (await within(20, port.read(buffer, 0, buffer.length)).then((read) => read !== pending));
    await writing;
  });
});

describe('a device that stops', () => {
  test('its trap is an error of the stream', async () => {
    const { port } = await openMachine(trapping);
    const stream = await streamOver(port);
    stream.resume();
    stream.write(Buffer.from([1]));
    const [error] = await once(stream, 'error');
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe('the simulated device stopped: unreachable');
    expect(error.hint).toContain('checkpoint');
    if (!stream.closed) await once(stream, 'close');
    expect(port.isOpen).toBe(false);
  });

  test('a waiting write and drain fail too, and later ones', async () => {
    const { worker, port } = await openMachine(`if (bytes[0] === 255) ${trapping}`);
    await port.write(Buffer.alloc(40_000));
    const waiting = [port.write(Buffer.alloc(40_000)), port.drain(), port.read(Buffer.alloc(1), 0, 1)];
    worker.postMessage(Uint8Array.of(255));
    for (const result of await Promise.allSettled(waiting))
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'UserError' } });
    await expect(port.write(Buffer.alloc(1))).rejects.toThrow('unreachable');
  });

  test('so is its end without one', async () => {
    const { port } = await openMachine('process.exit(3)');
    const stream = await streamOver(port);
    stream.write(Buffer.from([1]));
    stream.resume();
    const [error] = await once(stream, 'error');
    expect(error.message).toContain('its worker ended');
  });

  test('one that cannot start rejects', async () => {
    await expect(openLine({ arena: 0xffff_ffff })).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('an arena of 4294967295 bytes was asked for'),
    });
  });
});

describe('closing a line', () => {
  test('is silent with reads and writes pending, and may be repeated', async () => {
    const line = await openLine({ paced: true, baudRate: 1200 });
    const errors: Error[] = [];
    line.stream.on('error', (error) => errors.push(error));
    line.stream.resume();
    for (let i = 0; i < 3; i++) line.stream.write(Buffer.alloc(50_000));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all([line.close(), line.close()]);
    await line.close();
    expect(line.stream.destroyed).toBe(true);
    expect(errors).toEqual([]);
  });

  test('interrupts a device that computes', async () => {
    const { worker, port } = await openMachine('for (;;);');
    const stream = await streamOver(port);
    stream.write(Buffer.from([1]));
    await new Promise((resolve) => setTimeout(resolve, 20));
    stream.destroy();
    await once(stream, 'close');
    expect(worker.threadId).toBe(-1);
  });
});
