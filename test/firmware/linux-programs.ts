/** Programs of the device for Linux, started here or under QEMU, and what each is to train. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import { openProgram } from '#host/devices/program';
import { type Emulation, serve } from '#host/firmware/emulate';
import { buildLinuxDevice, isLinuxTarget, type LinuxTarget } from '#host/firmware/linux-device';
import { checkRecipe, type Recipe, readPreset } from '#host/model/index';
import { verifyLockstep } from '#host/runs/index';
import { GOLDEN, goldenConvolution } from '../kernel/golden-convolution.js';

/** The first fetch of the compiler and the first compilation for a processor included. */
const PATIENCE = 600_000;
export const MINIBATCHES = 20;
export const tiny = checkRecipe(readPreset('tiny').values, 'tiny');
export const own = `linux-${process.arch}`;
const emulators = {
  'linux-arm64': 'qemu-aarch64-static',
  'linux-armv7': 'qemu-arm-static',
  'linux-riscv64': 'qemu-riscv64-static',
  'linux-x64': 'qemu-x86_64-static',
} as const satisfies Record<LinuxTarget, string>;
const isOwn = (target: string) => process.platform === 'linux' && target === own;
export const hasOwn = process.platform === 'linux' && isLinuxTarget(own);
export const canRun = (target: LinuxTarget) =>
  isOwn(target) || spawnSync(emulators[target], ['--version']).status === 0;

/** The words before a target's program that start it here. */
export const emulatorOf = (target: LinuxTarget) => (isOwn(target) ? [] : [emulators[target]]);

const children: ChildProcess[] = [];
let dataset: Dataset;

/** Has what a file's tests start end with each of them. */
export function endsWithTests(): void {
  beforeAll(async () => {
    dataset = await loadDataset(undefined);
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
}

/** The words that start a target's program. */
export async function commandOf(target: LinuxTarget): Promise<readonly [string, ...string[]]> {
  const program = await buildLinuxDevice(target);
  return isOwn(target) ? [program] : [emulators[target], program];
}

export function start([program, ...given]: readonly [string, ...string[]], ...more: readonly string[]) {
  const child = spawn(program, [...given, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

export async function startTcp(target: LinuxTarget): Promise<{ address: string; child: ChildProcess }> {
  const child = start(await commandOf(target), '--tcp', '0');
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { address: said.toString().trim(), child };
}

/** Trains a device in lockstep with the simulated one's kernel. */
export const trained = (device: string, recipe: Recipe, minibatches: number) =>
  verifyLockstep(
    recipe,
    dataset,
    { device, options: { baudRate: 115_200 }, patience: 300_000 },
    minibatches,
    () => undefined,
  );
export const whole = { replies: 2 + MINIBATCHES, parameters: 784 * 32 + 32 * 10 + 42 };

/** A target's program trains as the simulated device does, on standard streams and over TCP. */
export function trainsAsSimulated(targets: readonly LinuxTarget[]): void {
  describe.each(targets)('%s (skipped where QEMU cannot run it)', (target) => {
    test.skipIf(!canRun(target))(
      'trains on standard streams as the simulated device does',
      async () => {
        const [program, ...given] = await commandOf(target);
        const emulation: Emulation = await serve(await openProgram(target, program, given), 0);
        try {
          expect(await trained(emulation.address, tiny, MINIBATCHES)).toMatchObject(whole);
        } finally {
          await emulation.stop();
        }
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
}
