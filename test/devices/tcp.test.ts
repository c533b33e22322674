import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { openDevice } from '#host/devices/index';
import { openTcp } from '#host/devices/tcp';
import { UserError } from '#host/ground/index';
import { serveDevices } from './device-server.js';
import { hasPython } from './pseudo-terminal.js';

const open = (spec: string) => openDevice(spec, { baudRate: 115_200 });

test.each([
  'tcp://localhost',
  'tcp://:5000',
  'tcp:localhost:5000',
  'tcp://::1:5000',
  'tcp://[::1]',
  'tcp://user@host:5000',
  'tcp://host:5000/path',
  'tcp://host:5e3',
  'tcp://ho st:5000',
])('%s is no address', async (spec) => {
  await expect(open(spec)).rejects.toMatchObject({
    name: 'UserError',
    message: `'${spec}' is not an address`,
    hint: expect.stringContaining('tcp://host:port'),
  });
});

test.each(['0', '65536', '123456789'])('port %s is refused', async (port) => {
  await expect(open(`tcp://localhost:${port}`)).rejects.toThrow(`port ${port} is not in 1 … 65535`);
});

test('a closed port', async () => {
  const server = await serveDevices(1 << 16, 1024);
  await server.end();
  await expect(open(server.spec)).rejects.toMatchObject({
    name: 'UserError',
    message: `${server.spec} refused the connection`,
    hint: expect.stringContaining('emulator'),
  });
});

test('a host that does not exist', async () => {
  await expect(open('tcp://nowhere.invalid:5000')).rejects.toThrow('could not be resolved');
});

test.skipIf(!hasPython || process.platform !== 'linux')('a host that does not answer', async () => {
  // With its queue of connections full, Linux lets further ones wait.
  const script = `
import socket, sys
listener = socket.socket()
listener.bind(('127.0.0.1', 0))
listener.listen(0)
print(listener.getsockname()[1], flush=True)
sys.stdin.read()`;
  const listener = spawn('python3', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [printed] = await once(listener.stdout, 'data');
  const port = Number(String(printed));
  const fillers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await once(fillers[0], 'connect');
  const spec = `tcp://127.0.0.1:${port}`;
  await expect(openTcp(spec, 300)).rejects.toMatchObject({
    name: 'UserError',
    message: `${spec} did not answer within 0.3 s`,
  });
  for (const filler of fillers) filler.destroy();
  listener.stdin.end();
  await once(listener, 'close');
});

describe('a connection that ends', () => {
  test.each([
    ['closed', 'closed the connection'],
    ['reset', 'broke the connection'],
  ])('%s by the other side', async (how, message) => {
    const server = await serveDevices(1 << 16, 1024);
    const { stream, close } = await open(server.spec);
    stream.resume();
    stream.write(Buffer.from([0]));
    const failed = once(stream, 'error');
    while (server.connections.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    if (how === 'closed') server.connections[0].end();
    else server.connections[0].resetAndDestroy();
    const [error] = await failed;
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe(`${server.spec} ${message}`);
    await close();
    await server.end();
  });

  test('closed by this side: no error', async () => {
    const server = await serveDevices(1 << 16, 1024);
    const line = await open(server.spec);
    line.stream.resume();
    await line.close();
    await line.close();
    expect(line.stream.errored).toBe(null);
    await server.end();
  });
});
