import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listPorts, openDevice } from '#host/devices/index';
import { explainOpening } from '#host/devices/serial';
import { UserError } from '#host/ground/index';
import { Link } from '#host/link/index';
import { hasPython, openPseudoTerminal } from './pseudo-terminal.js';

const open = (spec: string) => openDevice(spec, { baudRate: 115_200 });
const hint = expect.stringMatching(/^(the ports there are: |no serial port was found)/);
const folder = mkdtempSync(join(tmpdir(), 'ports-'));
const file = join(folder, 'file');

beforeAll(() => writeFileSync(file, 'not a port'));
afterAll(() => rmSync(folder, { recursive: true }));

test('ports are listed by path', async () => {
  const paths = (await listPorts()).map(({ path }) => path);
  expect(paths).toEqual([...paths].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })));
});

test('a port that is not there', async () => {
  const path = join(folder, 'missing');
  await expect(open(path)).rejects.toMatchObject({
    name: 'UserError',
    message: `there is no port ${path}`,
    hint,
  });
});

test.skipIf(process.platform === 'win32').each([file, folder, '/dev/null'])(
  '%s is not a port',
  async (path) => {
    await expect(open(path)).rejects.toMatchObject({
      name: 'UserError',
      message: `${path} is not a serial port`,
      hint,
    });
  },
);

describe('what the native binding says', () => {
  test.each([
    ['Error: No such file or directory, cannot open P', 'there is no port P'],
    ['Opening COM7: File not found', 'there is no port P'],
    ['Error: No such device or address, cannot open P', 'there is no device behind P'],
    ['Error: Inappropriate ioctl for device setting custom baud rate of 9600', 'P is not a serial port'],
    ['Error: Permission denied, cannot open P', 'you may not read and write P'],
    ['Error Resource temporarily unavailable Cannot lock port', 'P is in use'],
    ['Error: Device or resource busy, cannot open P', 'P is in use'],
    ['Opening COM7: Access denied', 'P is in use'],
    ['Error: Invalid argument setting custom baud rate of 31', 'P cannot run at 31 baud'],
    [
      'Error: Input/output error, cannot open P',
      'P could not be opened: Error: Input/output error, cannot open P',
    ],
  ])('%s', async (said, told) => {
    const cause = new Error(said);
    const error = await explainOpening('P', 31, cause);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe(told);
    expect(error.cause).toBe(cause);
  });

  test.skipIf(process.platform === 'win32')('of a port one may not open: the group is named', async () => {
    const cause = new Error('Error: Permission denied, cannot open it');
    expect((await explainOpening('not there', 9600, cause)).hint).toContain('group dialout');
    expect((await explainOpening(file, 9600, cause)).hint).toMatch(/group \S+: 'sudo usermod -aG/);
  });
});

describe.skipIf(!hasPython)('a real terminal', () => {
  test('is opened by one program at a time', async () => {
    const terminal = await openPseudoTerminal(1 << 16, 1024);
    const line = await open(terminal.path);
    await expect(open(terminal.path)).rejects.toMatchObject({
      name: 'UserError',
      message: `${terminal.path} is in use`,
    });
    await line.close();
    const again = await open(terminal.path);
    await again.close();
    await terminal.end();
  });

  // Several, since how a terminal tells depends on what its reader is just doing.
  test('that goes away is an error of the stream', async () => {
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        const terminal = await openPseudoTerminal(1 << 16, 1024);
        const line = await open(terminal.path);
        line.stream.resume();
        const failed = once(line.stream, 'error');
        await terminal.end();
        const [error] = await failed;
        expect(error).toBeInstanceOf(UserError);
        expect(error.message).toBe(`the port ${terminal.path} disconnected`);
        await line.close();
      }),
    );
  });

  test.skipIf(process.platform !== 'linux')('of one rate: it is found, and kept', async () => {
    const terminal = await openPseudoTerminal(1 << 16, 1024, [], 460_800);
    const line = await openDevice(terminal.path, {});
    const link = await Link.open(line.stream, line);
    expect(link.baud).toBe(460_800);
    expect(await link.request('statistics', {})).toMatchObject({ damaged: 0 });
    link.close();
    await line.close();
    await terminal.end();
  });

  test('that is closed while a read is pending: no error', async () => {
    const terminal = await openPseudoTerminal(1 << 16, 1024);
    const line = await open(terminal.path);
    line.stream.resume();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await line.close();
    await line.close();
    expect(line.stream.errored).toBe(null);
    await terminal.end();
  });
});
