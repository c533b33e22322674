import { expect, test } from 'vitest';
import { boardIds, linuxTargets } from '#host/firmware/index';
import { eqpropHere } from './in-process.js';

test('boards: a table', async () => {
  const { code, stdout, stderr } = await eqpropHere('boards');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    /^pico +Raspberry Pi Pico +RP2040, cortex-m0plus, 125 MHz +264 KiB +2 MiB +rp2040js$/m,
  );
  expect(stdout).toMatch(/^mps2-an386 .* 4 MiB +4 MiB +QEMU mps2-an386$/m);
  expect(stdout).toMatch(/^pico2 .* built, not yet run$/m);
  expect(stdout).toMatch(/^linux-armv7 +32-bit ARM +NEON +QEMU arm$/m);
  expect(stdout).toMatch(/^linux-riscv64 +64-bit RISC-V +no +QEMU riscv64$/m);
  const [boards, programs] = stdout.trimEnd().split('\n\n');
  expect(boards.split('\n')).toHaveLength(1 + boardIds().length);
  expect(programs.split('\n')).toHaveLength(1 + linuxTargets.length);
});

test('boards: JSON', async () => {
  const { code, stdout, stderr } = await eqpropHere('boards', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const boards: Record<string, unknown>[] = JSON.parse(stdout);
  expect(boards.map(({ id }) => id)).toEqual(boardIds());
  expect(boards.find(({ id }) => id === 'pico')).toMatchObject({
    core: { chip: 'RP2040', clock: 125e6 },
    ram: { origin: 0x2000_0000, size: 264 * 1024 },
    exercised: 'rp2040js',
  });
});

test('ports: each with the boards it may be', async () => {
  const ports: Record<string, unknown>[] = JSON.parse((await eqpropHere('ports', '--json')).stdout);
  for (const port of ports) expect(port.boards).toBeInstanceOf(Array);
});
