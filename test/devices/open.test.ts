import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { type DeviceOptions, openDevice } from '#host/devices/index';
import { serveDevices } from './device-server.js';
import { hasPython, openPseudoTerminal } from './pseudo-terminal.js';

const baudRate = 115_200;

test.each([
  ['simulatd', "did you mean 'simulated'?"],
  ['Simulated', "did you mean 'simulated'?"],
  ['simulation', "did you mean 'simulated'?"],
  ['sim', "did you mean 'simulated'?"],
  ['localhost:5000', 'did you mean tcp://localhost:5000?'],
  ['http://localhost:5000', 'tcp://host:port'],
  ['', 'tcp://host:port'],
])("'%s' is no device", async (spec, hint) => {
  await expect(openDevice(spec, { baudRate })).rejects.toMatchObject({
    name: 'UserError',
    message: `there is no device '${spec}'`,
    hint: expect.stringContaining(hint),
  });
});

test.each<[Partial<DeviceOptions>, string]>([
  [{ baudRate: 0 }, 'the baud rate is 0'],
  [{ baudRate: 9600.5 }, 'the baud rate is 9600.5'],
  [{ baudRate: Number.NaN }, 'the baud rate is NaN'],
  [{ arena: 2 ** 32 }, 'the simulated arena is 4294967296'],
  [{ window: 0 }, 'the simulated window is 0'],
  [{ chunkSeed: -1 }, 'the chunk seed is -1'],
])('%o is refused', async (options, message) => {
  await expect(openDevice('simulated', { baudRate, ...options })).rejects.toMatchObject({
    name: 'UserError',
    message,
  });
});

test.each(['/dev/ttyACM0', 'tcp://localhost:5000'])('%s has a memory of its own', async (spec) => {
  await expect(openDevice(spec, { baudRate, arena: 65_536, window: 4096 })).rejects.toMatchObject({
    name: 'UserError',
    message: `arena and window cannot be chosen for ${spec}`,
    hint: expect.stringContaining('--arena and --window'),
  });
});

describe('nothing is left behind', () => {
  /** Opens, talks and closes in a process of its own, which ends by itself only when nothing keeps it. */
  async function closesIn(spec: string, options: object = {}): Promise<string> {
    const script = `
      import { openDevice } from '#host/devices/index';
      const line = await openDevice(${JSON.stringify(spec)}, ${JSON.stringify({ baudRate, ...options })});
      line.stream.resume();
      line.stream.write(Buffer.alloc(20_000));
      await new Promise((resolve) => setTimeout(resolve, 50));
      await line.close();
      console.log(JSON.stringify(process.getActiveResourcesInfo().filter((name) => !/^(TTY|Pipe)Wrap$/.test(name))));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' });
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      output += text;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    return `${output.trim()} ${code}`;
  }

  test.each([{}, { paced: true, baudRate: 1200 }, { chunkSeed: 1 }])('simulated %o', async (options) => {
    expect(await closesIn('simulated', options)).toBe('[] 0');
  });

  test('tcp', async () => {
    const server = await serveDevices(1 << 16, 1024);
    expect(await closesIn(server.spec)).toBe('[] 0');
    await server.end();
  });

  test.skipIf(!hasPython)('a terminal', async () => {
    const terminal = await openPseudoTerminal(1 << 16, 1024);
    expect(await closesIn(terminal.path)).toBe('[] 0');
    await terminal.end();
  });
});
