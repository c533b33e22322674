/** Firmware in QEMU, its UART a pseudo-terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { UserError } from '../errors.js';
import type { DeviceLine } from './line.js';
import { openSerial } from './serial.js';

export interface QemuMachine {
  /** The board, for the line's name and errors. */
  readonly name: string;
  /** qemu-system-… */
  readonly system: 'arm' | 'riscv32';
  readonly machine: string;
  readonly options: readonly string[];
  /** Path of the ELF file. */
  readonly image: string;
}

/** Debian's package for a system; other distributions' are named alike. */
const packages = { arm: 'qemu-system-arm', riscv32: 'qemu-system-misc' } as const;

/** Milliseconds QEMU has to open its terminal. */
const PATIENCE = 20_000;
const TERMINAL = /redirected to (\S+)/;

/** A running QEMU. It ends with `stop()`, with this process, and with whatever kills this process. */
export interface RunningQemu {
  /** Path of the pseudo-terminal. */
  readonly terminal: string;
  /** Resolves, when QEMU has ended by itself, with what it said. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** @throws `UserError` where QEMU is missing, or ends at once */
export async function startQemu({
  name,
  system,
  machine,
  options,
  image,
}: QemuMachine): Promise<RunningQemu> {
  if (process.platform === 'win32')
    throw new UserError(
      'QEMU is used through pseudo-terminals, which Windows does not have',
      'use WSL, or the emulated pico',
    );
  // QEMU quits when its monitor's input ends: when this process is gone, however it went.
  const monitor = ['-monitor', 'stdio'];
  const child = spawn(
    `qemu-system-${system}`,
    ['-machine', machine, ...options, '-kernel', image, '-display', 'none', '-serial', 'pty', ...monitor],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let said = '';
  const ended = new Promise<string>((resolve) => {
    child.once('close', () => {
      process.off('exit', kill);
      resolve(said.trim());
    });
  });
  child.stdin.on('error', () => undefined);
  try {
    const terminal = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new UserError(`${name}: QEMU opens no terminal`)), PATIENCE);
      const listen = (bytes: Buffer) => {
        said = (said + bytes.toString()).slice(-4096);
        const path = TERMINAL.exec(said)?.[1];
        if (!path) return;
        clearTimeout(timer);
        resolve(path);
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('error', (error: NodeJS.ErrnoException) => reject(explainStart(error, system)));
      void ended.then((words) => {
        clearTimeout(timer);
        reject(new UserError(`${name}: QEMU ended at once: ${words}`));
      });
    });
    return { terminal, ended, stop: () => stop(child, ended) };
  } catch (error) {
    kill();
    throw error;
  }
}

function explainStart(error: NodeJS.ErrnoException, system: QemuMachine['system']): UserError {
  if (error.code !== 'ENOENT') return new UserError(`QEMU does not start: ${error.message}`);
  return new UserError(
    `qemu-system-${system} is not installed`,
    `Debian, Ubuntu: sudo apt install ${packages[system]}; macOS: brew install qemu; Fedora: sudo dnf install qemu-system-${system === 'arm' ? 'arm' : 'riscv'}`,
  );
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

/** A line to firmware in a QEMU of its own. Rejects with `UserError` as `startQemu` does. */
export async function openQemu(machine: QemuMachine, baudRate: number): Promise<DeviceLine> {
  const qemu = await startQemu(machine);
  try {
    const line = await openSerial(qemu.terminal, baudRate);
    const { stream } = line;
    void qemu.ended.then((words) => {
      if (!stream.destroyed)
        stream.destroy(new UserError(`${machine.name}: QEMU ended: ${words || 'it was killed'}`));
    });
    return {
      name: machine.name,
      stream,
      close: async () => {
        await line.close();
        await qemu.stop();
      },
    };
  } catch (error) {
    await qemu.stop();
    throw error;
  }
}
