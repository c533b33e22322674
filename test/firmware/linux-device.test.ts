/** The device as a program for this computer, on each of its lines; other processors are in the slow suite. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { lineOver } from '#host/devices/line';
import { openProgram } from '#host/devices/program';
import { type Emulation, serve } from '#host/firmware/emulate';
import { buildLinuxDevice, type LinuxTarget, linuxTargets } from '#host/firmware/linux-device';
import { openDevice } from '#host/firmware/open-device';
import { decodeFrame, encodeFrame } from '#host/link/index';
import { checkRecipe, readPreset } from '#host/model/index';
import { Messages, PROTOCOL, REPLY, schemaHash } from '#host/wire/index';
import { hasPython, openTerminal } from '../devices/pseudo-terminal.js';
import {
  commandOf,
  endsWithTests,
  hasOwn,
  MINIBATCHES,
  own,
  start,
  startTcp,
  tiny,
  trained,
  trainsAsSimulated,
  whole,
} from './linux-programs.js';

let emulation: Emulation | undefined;
endsWithTests();
afterEach(async () => {
  await emulation?.stop();
  emulation = undefined;
});

trainsAsSimulated(linuxTargets.filter((target) => target === own));

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
      [
        ['--vectors', 'none'],
        '--vectors none: this program has none of this name for this processor: give one of ',
      ],
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

    test('trains by each of the forms of its loops that the processor has', async () => {
      const program = await buildLinuxDevice(target);
      const refused = start([program], '--vectors', 'none');
      let words = '';
      refused.stderr.on('data', (bytes) => {
        words += bytes;
      });
      await once(refused, 'close');
      const [, known] = /give one of (.*)/.exec(words) ?? [];
      const names = known.split(', ');
      expect(names).toContain('kernel');
      for (const name of names) {
        emulation = await serve(await openProgram(name, program, ['--vectors', name]), 0);
        expect(await trained(emulation.address, tiny, MINIBATCHES)).toMatchObject(whole);
        await emulation.stop();
      }
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
