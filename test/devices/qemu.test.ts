/** QEMU as a child: reached, lost, and never left behind. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openQemu, type QemuMachine, startQemu } from '#host/devices/qemu';
import { UserError } from '#host/ground/index';
import { expectBack } from './echo.js';

const hasQemu = spawnSync('qemu-system-riscv32', ['--version']).status === 0;

/** Sends back every byte that comes. */
const echo = [
  0x100002b7, // lui t0, 0x10000
  0x0052c303, // lbu t1, 5(t0)
  0x00137313, // andi t1, t1, 1
  0xfe030ce3, // beqz t1, -8
  0x0002c383, // lbu t2, 0(t0)
  0x00728023, // sb t2, 0(t0)
  0xfedff06f, // j -20
];
const folder = mkdtempSync(join(tmpdir(), 'qemu-'));
const image = join(folder, 'echo');
const pidFile = join(folder, 'pid');
/** A QEMU connects to it and says nothing; that the connection ends tells that the QEMU has. */
let lives: Server;
let machine: QemuMachine;

beforeAll(async () => {
  const bytes = Buffer.alloc(4 * echo.length);
  for (const [i, word] of echo.entries()) bytes.writeUInt32LE(word, 4 * i);
  writeFileSync(image, bytes);
  lives = createServer();
  lives.listen({ host: '127.0.0.1', port: 0 });
  await once(lives, 'listening');
  const { port } = lives.address() as AddressInfo;
  const life = ['-chardev', `socket,id=life,host=127.0.0.1,port=${port}`, '-pidfile', pidFile];
  const options = ['-cpu', 'rv32', '-bios', 'none', ...life];
  machine = { name: 'echo', system: 'riscv32', machine: 'virt', options, image };
});
afterAll(() => {
  lives.close();
  rmSync(folder, { recursive: true });
});

/** Resolves when the QEMU that is started next is up, with a promise that resolves when it is gone. */
async function nextLife(): Promise<{ over: Promise<unknown> }> {
  const [socket]: Socket[] = await once(lives, 'connection');
  socket.on('error', () => undefined);
  return { over: once(socket.resume(), 'close') };
}

/** A process that starts a QEMU, says so, and goes on with `then`. */
function host(then: string): ChildProcess {
  const script = `
    import { startQemu } from '#host/devices/qemu';
    const qemu = await startQemu(${JSON.stringify(machine)});
    process.on('SIGINT', () => console.log('interrupted'));
    console.log('up');
    ${then}`;
  const parameters = ['--input-type=module', '-e', script];
  return spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
}

describe.skipIf(!hasQemu)('QEMU (skipped where qemu-system-riscv32 is not installed)', () => {
  test('carries bytes both ways, also while nobody reads', async () => {
    const line = await openQemu(machine, 115_200);
    const sent = Buffer.from(Array.from({ length: 10_000 }, (_, i) => (i * i) >> 3));
    line.stream.write(sent);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await expectBack(line, sent);
    await line.close();
  });

  test('ends with its line', async () => {
    const life = nextLife();
    const line = await openQemu(machine, 115_200);
    const { over } = await life;
    await line.close();
    await line.close();
    await over;
  });

  test('that is killed ends the line, with an error that says so', async () => {
    const line = await openQemu(machine, 115_200);
    const error = once(line.stream, 'error');
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
    const [thrown] = await error;
    expect(thrown).toBeInstanceOf(UserError);
    expect(thrown).toMatchObject({
      message: expect.stringMatching(/^echo: QEMU ended/),
      hint: expect.stringContaining('last checkpoint'),
    });
    await line.close();
  });

  test.each([
    ['leaves', 'process.exit()'],
    ['crashes', 'setTimeout(() => { throw new Error() })'],
    ['stops it', 'await qemu.stop()'],
    ['is told to end', 'process.kill(process.pid, "SIGTERM")'],
    ['is killed', 'process.kill(process.pid, "SIGKILL")'],
  ])('is not left behind by a host that %s', async (_, then) => {
    const life = nextLife();
    const child = host(then);
    const left = once(child, 'exit');
    await (await life).over;
    await left;
  });

  test('does not hear of Ctrl-C, which is for its host', async () => {
    const life = nextLife();
    const child = host('setInterval(() => qemu.terminal, 1000)');
    const said = once(child.stdout as NodeJS.ReadableStream, 'data');
    const { over } = await life;
    await said;
    const interrupted = once(child.stdout as NodeJS.ReadableStream, 'data');
    // As a terminal does: to the host and whatever else is in its group.
    process.kill(-(child.pid as number), 'SIGINT');
    await interrupted;
    const first = await Promise.race([
      over.then(() => 'gone'),
      once(child, 'exit').then(() => 'left'),
      settled(),
    ]);
    expect(first).toBe('running');
    child.kill('SIGKILL');
    await over;
  });

  test('says what is wrong with a machine that it has not', async () => {
    const start = startQemu({ ...machine, machine: 'virtual' });
    await expect(start).rejects.toBeInstanceOf(UserError);
    await expect(start).rejects.toThrow(/^echo: QEMU does not start: .*unsupported machine type/);
  });

  test('says what is wrong with an image that is not there', async () => {
    const thrown = await openQemu({ ...machine, image: join(folder, 'none') }, 115_200).then(
      (line) => once(line.stream, 'error').then(([error]) => error),
      (error) => error,
    );
    expect(thrown).toBeInstanceOf(UserError);
    expect(thrown).toMatchObject({ message: expect.stringMatching(/^echo: QEMU ended: .*could not load/is) });
  });
});

async function settled(): Promise<'running'> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  return 'running';
}

describe.skipIf(process.platform === 'win32')('a QEMU that is not installed', () => {
  test.each([
    ['arm', 'apt install qemu-system-arm', 'dnf install qemu-system-arm-core'],
    ['riscv32', 'apt install qemu-system-misc', 'dnf install qemu-system-riscv-core'],
  ] as const)('qemu-system-%s: which package has it', async (system, ...packages) => {
    const { PATH } = process.env;
    process.env.PATH = folder;
    try {
      const start = startQemu({ ...machine, system });
      await expect(start).rejects.toMatchObject({
        name: 'UserError',
        message: `qemu-system-${system} is not installed`,
        hint: expect.stringContaining('brew install qemu'),
      });
      for (const name of packages)
        await expect(start).rejects.toMatchObject({ hint: expect.stringContaining(name) });
    } finally {
      process.env.PATH = PATH;
    }
  });
});
