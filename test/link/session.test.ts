/** How a link begins, and what ends it or does not. */
import { describe, expect, test, vi } from 'vitest';
import { ConnectionLost } from '#host/endpoint/index';
import { UserError } from '#host/ground/index';
import { cobsDecode } from '#host/link/cobs';
import { encodeFrame } from '#host/link/frame';
import { Link } from '#host/link/link';
import { ErrorPayload, Errors, Fault, Messages, PROTOCOL, REPLY, Signal, schemaHash } from '#host/wire/index';
import { FaultyLine } from './faulty-line.js';
import { closesItsLinks, open, outcome, turn } from './opened-link.js';
import { limits, network, prepare } from './workload.js';

closesItsLinks();

describe('a session', () => {
  test('opens with what the device says of itself', async () => {
    const { link } = await open({ window: 2000, arena: 5000 });
    expect(link.device).toMatchObject({ schema: schemaHash, protocol: PROTOCOL, window: 2000, arena: 5000 });
  });

  test('opens although the first HELLOs are lost', async () => {
    const line = new FaultyLine();
    line.isCut = true;
    setTimeout(() => {
      line.isCut = false;
    }, 300);
    const link = await Link.open(line);
    expect(link.device.configured).toBe(0);
    link.close();
  });

  test('does not open with a device of another version', async () => {
    const line = new FaultyLine();
    line.isCut = true;
    const opening = outcome(Link.open(line));
    const error = { value: 1, limit: schemaHash, place: 0, code: 1, request: Messages.hello.code };
    line.inject(
      encodeFrame({ type: Signal.error, session: 0, sequence: 0, payload: ErrorPayload.encode(error) }),
    );
    expect(await opening).toMatchObject({ name: 'DeviceError', error: 'schemaMismatch', value: 1 });
  });

  test('does not open on a line that is closed, or closes', async () => {
    const closed = new FaultyLine();
    closed.destroy();
    await expect(Link.open(closed)).rejects.toThrow('the line to the device was closed');
    const closing = new FaultyLine();
    closing.isCut = true;
    const opening = outcome(Link.open(closing));
    closing.destroy(new UserError('unplugged'));
    expect(await opening).toMatchObject({ message: 'unplugged' });
  });

  test('takes up where a device that knows its number stands', async () => {
    const line = new FaultyLine();
    line.isCut = true;
    let greeting: Uint8Array = new Uint8Array(0);
    vi.spyOn(line, 'write').mockImplementationOnce(((bytes: Uint8Array) => {
      greeting = bytes;
      return true;
    }) as typeof line.write);
    const opening = Link.open(line);
    const session = Buffer.from(cobsDecode(greeting.subarray(1, -1)) ?? []).readUInt16LE(1);
    line.isCut = false;
    line.disturb(greeting);
    const payload = Messages.statistics.request.encode({});
    line.disturb(encodeFrame({ type: Messages.statistics.code, session, sequence: 0, payload }));
    line.disturb(greeting);
    const link = await opening;
    expect(await link.request('statistics', {})).toMatchObject({ early: 0 });
    link.close();
  });

  test('is not rewound by a HELLO that was late', async () => {
    const { link, line, greeting } = await open();
    await prepare(link);
    line.disturb(greeting);
    expect(await link.request('statistics', {})).toMatchObject({ step: 0, early: 0, repeats: 0 });
    expect(link.counters).toMatchObject({ resent: 0, damaged: 0 });
  });

  test.each([
    ['statistics', Errors.unknownSession],
    ['hello', Errors.schemaMismatch],
  ] as const)("goes on when another host's %s is refused", async (name, [code]) => {
    const { link, line, session } = await open();
    await prepare(link);
    // Behind CONFIGURE and INITIALISE.
    const sequence = 2;
    const answer = link.request('statistics', {});
    const numbers = { value: session ^ 1, limit: session, place: 0 };
    const payload = ErrorPayload.encode({ ...numbers, code, request: Messages[name].code });
    line.inject(encodeFrame({ type: Signal.error, session, sequence, payload }));
    expect(await answer).toMatchObject({ step: 0 });
  });

  test('ends when the device was reset, which every later request is told', async () => {
    const { link, line } = await open();
    await prepare(link);
    line.reset();
    const [first, second] = [link.request('statistics', {}), link.request('statistics', {})].map(outcome);
    const error = await first;
    expect(error).toBeInstanceOf(ConnectionLost);
    expect(error).toMatchObject({ cause: { error: 'unknownSession', limit: 0 } });
    expect(await second).toBe(error);
    await expect(link.request('statistics', {})).rejects.toBe(error);
    await expect(link.post('sample', { slot: 0, label: 0, image: new Uint8Array(0) })).rejects.toBe(error);
  });

  test('ends when the device was reset while it computed', async () => {
    const busy = (type: number) => (type === Messages.initialise.code ? 50 : 0);
    const { link, line } = await open({ busy });
    await link.request('configure', network);
    const answer = outcome(link.request('initialise', { limits }));
    await turn();
    line.reset();
    expect(await answer).toMatchObject({ name: 'ConnectionLost', cause: { error: 'unknownSession' } });
  });

  test('ends when the device was reset and a late HELLO opened it again', async () => {
    const { link, line, greeting } = await open();
    await prepare(link);
    line.reset();
    line.disturb(greeting);
    await expect(link.request('statistics', {})).rejects.toThrow(/it was reset/);
  });

  test('ends when the device says that it gave up', async () => {
    const { link, line } = await open();
    await prepare(link);
    const answer = outcome(link.request('statistics', {}));
    const payload = ErrorPayload.encode({
      value: Fault.exception,
      limit: 0,
      place: 64,
      code: 22,
      request: 0,
    });
    line.push(Buffer.from(encodeFrame({ type: Signal.error, session: 0, sequence: 0, payload })));
    const cause = { error: 'fault', value: Fault.exception, place: 64 };
    expect(await answer).toMatchObject({ name: 'ConnectionLost', cause });
  });

  test('hears nothing of earlier ones', async () => {
    const { link, line, session } = await open();
    const other = (session % 0xffff) + 1;
    const payload = Messages.statistics.reply.encode({
      digest: 0n,
      samples: 0n,
      products: 0n,
      step: 7,
      needed: 0,
      arena: 0,
      saturations: 0,
      frames: 0,
      damaged: 0,
      early: 0,
      repeats: 0,
      stackUsed: 0,
      stackSize: 0,
    });
    line.isCut = true;
    const answer = link.request('statistics', {});
    const unknown = { value: other, limit: 0, place: 0, code: 2, request: Messages.train.code };
    const late = [
      { type: Messages.statistics.code | REPLY, payload },
      { type: Signal.acknowledge, payload: new Uint8Array(0) },
      { type: Signal.missing, payload: new Uint8Array(0) },
      { type: Signal.error, payload: ErrorPayload.encode(unknown) },
      { type: Signal.error, payload: ErrorPayload.encode({ ...unknown, code: 5 }) },
      { type: Messages.poll.code | REPLY, payload: Messages.poll.reply.encode({ id: 0, held: 0n }) },
    ];
    for (const frame of late) line.inject(encodeFrame({ session: other, sequence: 0, ...frame }));
    await turn();
    line.isCut = false;
    expect((await answer).step).not.toBe(7);
  });

  test('ends where the device says what the host cannot read', async () => {
    const { link, line, session } = await open();
    line.isCut = true;
    const answer = outcome(link.request('statistics', {}));
    const payload = new Uint8Array(3);
    line.inject(encodeFrame({ type: Messages.poll.code | REPLY, session, sequence: 0, payload }));
    expect(await answer).toMatchObject({ name: 'UserError', message: expect.stringContaining('3 bytes') });
  });
});
