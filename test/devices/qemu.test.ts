/** QEMU as a child: started, lost, and never left behind. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, describe, expect, test } from 'vitest';
import { openQemu, type QemuMachine, startQemu } from '#host/devices/qemu';
import { UserError } from '#host/errors';
import { readBoard } from '#host/firmware/board';
import { buildFirmware } from '#host/firmware/build';

const hasQemu = spawnSync('qemu-system-arm', ['--version']).status === 0;
const PATIENCE = 400_000;
let machine: QemuMachine;

/** The emulators that run an image, without whatever watches over them. */
function qemusOf(image: string): readonly number[] {
  const { stdout } = spawnSync('ps', ['-e', '-o', 'pid=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/ +/))
    .filter(([, program, ...rest]) => program === 'qemu-system-arm' && rest.includes(image))
    .map(([pid]) => Number(pid));
}

async function untilGone(image: string): Promise<void> {
  while (qemusOf(image).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe.skipIf(!hasQemu)('QEMU', () => {
  beforeAll(async () => {
    const { elf } = await buildFirmware(readBoard('mps2-an386'));
    machine = { name: 'board', system: 'arm', machine: 'mps2-an386', options: [], image: elf };
  }, PATIENCE);

  test('that is killed ends the line with an error that says so', async () => {
    const line = await openQemu(machine, 115_200);
    const error = once(line.stream, 'error');
    for (const pid of qemusOf(machine.image)) process.kill(pid, 'SIGKILL');
    expect((await error)[0]).toMatchObject({ message: expect.stringMatching(/^board: QEMU ended/) });
    await line.close();
  });

  test('ends with its line', async () => {
    const line = await openQemu(machine, 115_200);
    expect(qemusOf(machine.image)).toHaveLength(1);
    await line.close();
    expect(qemusOf(machine.image)).toHaveLength(0);
  });

  test.each([
    'SIGKILL',
    'SIGTERM',
    'SIGINT',
  ] as const)('is not left behind by a host that gets a %s', async (signal) => {
    const script = `
      import { startQemu } from '#host/devices/qemu';
      await startQemu(${JSON.stringify(machine)});
      console.log('up');
      setInterval(() => undefined, 1000);`;
    const host = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(host.stdout, 'data');
    expect(qemusOf(machine.image)).toHaveLength(1);
    host.kill(signal);
    await untilGone(machine.image);
  });

  test('that cannot start the machine says what QEMU said', async () => {
    const start = startQemu({ ...machine, machine: 'mps2-an999' });
    await expect(start).rejects.toBeInstanceOf(UserError);
    await expect(start).rejects.toThrow(/board: QEMU does not start: .*unsupported machine/s);
  });
});

test('a QEMU that is not installed: which package has it', async () => {
  const path = process.env.PATH;
  process.env.PATH = '';
  try {
    await expect(
      startQemu({ name: 'board', system: 'riscv32', machine: 'virt', options: [], image: 'none' }),
    ).rejects.toMatchObject({
      message: 'qemu-system-riscv32 is not installed',
      hint: expect.stringContaining('apt install qemu-system-misc'),
    });
  } finally {
    process.env.PATH = path;
  }
});
