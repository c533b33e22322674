/** The device as a program for Linux: every processor's, on each of its lines. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import { lineOver } from '#host/devices/line';
import { openProgram } from '#host/devices/program';
import { type Emulation, serve } from '#host/firmware/emulate';
import { buildLinuxDevice, isLinuxTarget, type LinuxTarget, linuxTargets } from '#host/firmware/linux-device';
import { openDevice } from '#host/firmware/open-device';
import { decodeFrame, encodeFrame } from '#host/link/index';
import { checkRecipe, type Recipe, readPreset } from '#host/model/index';
import { verifyLockstep } from '#host/runs/index';
import { Messages, PROTOCOL, REPLY, schemaHash } from '#host/wire/index';
import { hasPython, openTerminal } from '../devices/pseudo-terminal.js';
import { GOLDEN, goldenConvolution } from '../kernel/golden-convolution.js';

/** The first fetch of the compiler and the first compilation for a processor included. */
const PATIENCE = 600_000;
const MINIBATCHES = 20;
const tiny = checkRecipe(readPreset('tiny').values, 'tiny');
const own = `linux-${process.arch}`;
const emulators = {
  'linux-arm64': 'qemu-aarch64-static',
  'linux-armv7': 'qemu-arm-static',
  'linux-riscv64': 'qemu-riscv64-static',
  'linux-x64': 'qemu-x86_64-static',
} as const satisfies Record<LinuxTarget, string>;
const isOwn = (target: string) => process.platform === 'linux' && target === own;
const hasOwn = process.platform === 'linux' && isLinuxTarget(own);
const canRun = (target: LinuxTarget) =>
  isOwn(target) || spawnSync(emulators[target], ['--version']).status === 0;

const children: ChildProcess[] = [];
let emulation: Emulation | undefined;
let dataset: Dataset;
beforeAll(async () => {
  dataset = await loadDataset(undefined);
});
afterEach(async () => {
  await emulation?.stop();
  emulation = undefined;
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** The words that start a target's program. */
async function commandOf(target: LinuxTarget): Promise<readonly [string, ...string[]]> {
  const program = await buildLinuxDevice(target);
  return isOwn(target) ? [program] : [emulators[target], program];
}

function start([program, ...given]: readonly [string, ...string[]], ...more: readonly string[]) {
  const child = spawn(program, [...given, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

async function startTcp(target: LinuxTarget): Promise<{ address: string; child: ChildProcess }> {
  const child = start(await commandOf(target), '--tcp', '0');
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { address: said.toString().trim(), child };
}

/** Trains a device in lockstep with the simulated one's kernel. */
const trained = (device: string, recipe: Recipe, minibatches: number) =>
  verifyLockstep(
    recipe,
    dataset,
    { device, options: { baudRate: 115_200 }, patience: 300_000 },
    minibatches,
    () => undefined,
  );
const whole = { replies: 2 + MINIBATCHES, parameters: 784 * 32 + 32 * 10 + 42 };

describe.each(linuxTargets)('%s (skipped where QEMU cannot run it)', (target) => {
  test.skipIf(!canRun(target))(
    'trains on standard streams as the simulated device does',
    async () => {
      const [program, ...given] = await commandOf(target);
      emulation = await serve(await openProgram(target, program, given), 0);
      expect(await trained(emulation.address, tiny, MINIBATCHES)).toMatchObject(whole);
    },
    PATIENCE,
  );

  test.skipIf(!canRun(target))(
    'trains over TCP, one host after the other, and ends when it is told to',
    async () => {
      const { address, child } = await startTcp(target);
      expect(await trained(address, tiny, MINIBATCHES)).toMatchObject(whole);
      expect(await trained(address, goldenConvolution, 3)).toMatchObject(GOLDEN);
      child.kill('SIGTERM');
      const [status] = await once(child, 'close');
      expect(status).toBe(0);
    },
    PATIENCE,
  );
});

const session = 1;
const hello = encodeFrame({
  type: Messages.hello.code,
  session,
  sequence: 0,
  payload: Messages.hello.request.encode({ schema: schemaHash, protocol: PROTOCOL, session }),
});

describe.skipIf(!hasOwn)(
  "this computer's program (skipped where it is not Linux on a known processor)",
  () => {
    const target = own as LinuxTarget;

    /** Resolves with whether a new host is answered, or refused. */
    async function isAnswered(address: string): Promise<boolean> {
      const { hostname, port } = new URL(address);
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.write(hello);
      const bytes = await new Promise<Buffer | undefined>((resolve) => {
        socket.once('data', resolve);
        socket.once('close', () => resolve(undefined));
      });
      socket.destroy();
      if (!bytes) return false;
      expect(decodeFrame(bytes.subarray(0, -1))?.type).toBe(Messages.hello.code | REPLY);
      return true;
    }

    test('serves one host at a time over TCP', async () => {
      const { address } = await startTcp(target);
      const { hostname, port } = new URL(address);
      const first = connect(Number(port), hostname);
      first.write(hello);
      await once(first, 'data');
      expect(await isAnswered(address)).toBe(false);
      first.destroy();
      await once(first, 'close');
      expect(await isAnswered(address)).toBe(true);
    });

    test('ends well at the end of its input', async () => {
      const child = start(await commandOf(target));
      const [status] = await once(child, 'close');
      expect(status).toBe(0);
    });

    test.each([
      [['--tcp', '70000'], '70000: no port'],
      [['--tty', '/dev/null'], '/dev/null: no terminal'],
      [['--tty', '/no/terminal'], '/no/terminal: No such file'],
      [['--arena', 'much'], '--arena much: a whole number'],
      [['--baud', '9600'], '--baud is the speed of a terminal'],
      [['--tcp', '0', '--stdio'], 'it serves one line'],
      [['host'], 'host: a word too many'],
    ])('refuses %j, and says why', async (words, why) => {
      const child = start(await commandOf(target), ...words);
      let said = '';
      child.stderr.on('data', (bytes) => {
        said += bytes;
      });
      const [status] = await once(child, 'close');
      expect({ status, said }).toEqual({ status: 1, said: expect.stringContaining(why) });
    });

    test.skipIf(!hasPython)(
      'trains on a terminal, and ends when it is gone (skipped without Python)',
      async () => {
        let stream: Duplex | undefined;
        const terminal = await openTerminal((bytes) => stream?.push(bytes));
        stream = new Duplex({
          read: () => undefined,
          write: (bytes: Uint8Array, _, done) => {
            terminal.write(bytes);
            done();
          },
        });
        const child = start(await commandOf(target), '--tty', terminal.path);
        let said = '';
        child.stderr.on('data', (bytes) => {
          said += bytes;
        });
        emulation = await serve(lineOver('terminal', stream), 0);
        expect(await trained(emulation.address, tiny, MINIBATCHES)).toMatchObject(whole);
        await terminal.end();
        const [status] = await once(child, 'close');
        expect({ status, said }).toEqual({ status: 1, said: expect.stringContaining(terminal.path) });
      },
    );

    test.each([
      [8, { weights: 'Q0.7' }],
      [16, {}],
      [32, { weights: 'Q7.24', states: 'Q13.18' }],
    ])('native: weights of %i bits', async (_, changes) => {
      const recipe = checkRecipe({ ...readPreset('tiny').values, ...changes }, 'tiny');
      expect(await trained('native', recipe, 3)).toMatchObject({ replies: 5, parameters: whole.parameters });
    });

    test('native: has the arena that it is asked for, and says where that cannot be', async () => {
      const options = { baudRate: 115_200, arena: 100_000 };
      const line = await openDevice('native', options);
      line.stream.write(hello);
      const [bytes] = (await once(line.stream, 'data')) as [Buffer];
      const { arena } = Messages.hello.reply.decode(decodeFrame(bytes.subarray(0, -1))?.payload ?? bytes);
      expect(arena).toBe(100_000);
      await line.close();
      const { stream } = await openDevice('native', { ...options, arena: 2 ** 32 });
      const [error] = (await once(stream, 'error')) as [Error];
      expect(error.message).toMatch(
        /^native: the device's program ended with status 1: .*--arena 4294967296/,
      );
    });

    test('native: threads are for the simulated device', async () => {
      await expect(openDevice('native', { baudRate: 115_200, threads: 2 })).rejects.toThrow(
        'threads cannot be chosen for native',
      );
    });
  },
);

test('a program for another computer is not looked for on this one', async () => {
  await expect(openDevice('linux-riscv64', { baudRate: 115_200 })).rejects.toMatchObject({
    message: 'linux-riscv64 is no device of this computer',
    hint: expect.stringContaining('eqprop build linux-riscv64'),
  });
});

test.skipIf(!hasOwn)('a program with other macros is another one', async () => {
  const target = own as LinuxTarget;
  const checked = await buildLinuxDevice(target, { checked: true });
  expect(checked).not.toBe(await buildLinuxDevice(target));
  emulation = await serve(await openProgram('checked', checked, []), 0);
  expect(await trained(emulation.address, tiny, 3)).toMatchObject({ replies: 5 });
});
