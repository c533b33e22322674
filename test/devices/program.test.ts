/** A program as a device: its streams are the line, and it is never left behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { openProgram } from '#host/devices/program';
import { UserError } from '#host/ground/index';
import { expectBack } from './echo.js';

const shell = (script: string) => openProgram('device', '/bin/sh', ['-c', script]);

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(process.platform === 'win32')('a program (skipped on Windows)', () => {
  test('carries bytes both ways, also while nobody reads', async () => {
    const line = await shell('exec cat');
    const sent = Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => (i * i) >> 3));
    line.stream.write(sent);
    await expectBack(line, sent);
    await line.close();
    await line.close();
  });

  test.each([
    ['echo "no memory" >&2; exit 3', "device: the device's program ended with status 3: no memory"],
    ['kill -KILL $$', "device: the device's program ended by SIGKILL"],
  ])('that ends breaks the line, and says how: %s', async (script, message) => {
    const { stream } = await shell(script);
    const [error] = await once(stream.resume(), 'error');
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe(message);
  });

  test('ends with its line', async () => {
    const line = await shell('echo $$; exec sleep 1000000');
    const [said] = await once(line.stream, 'data');
    const pid = Number(said);
    expect(isRunning(pid)).toBe(true);
    await line.close();
    expect(isRunning(pid)).toBe(false);
  });

  test('ends with the process that started it, however that ends', async () => {
    const script = `
      import { openProgram } from '#host/devices/program';
      const { stream } = await openProgram('device', '/bin/sh', ['-c', 'echo $$; exec cat']);
      stream.on('data', (bytes) => console.log(String(bytes)));`;
    const host = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = await once(host.stdout, 'data');
    host.kill('SIGKILL');
    await expect.poll(() => isRunning(Number(said))).toBe(false);
  });

  test('that is not there', async () => {
    await expect(openProgram('device', '/no/program', [])).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/^device: \/no\/program does not start: .*ENOENT/),
    });
  });
});
