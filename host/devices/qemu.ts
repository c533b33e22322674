/** Firmware in QEMU, its UART a pseudo-terminal. */
import { spawn } from 'node:child_process';
import { duration, UserError } from '../ground/index.js';
import { DeviceStream } from './device-stream.js';
import { type DeviceLine, lineOver } from './line.js';
import { loadSerialPort } from './serialport.js';

export interface QemuMachine {
  /** The board, for the line's name and errors. */
  readonly name: string;
  /** qemu-system-… */
  readonly system: 'arm' | 'riscv32';
  readonly machine: string;
  /** More of its options; `-serial null` for each UART before the one that is meant. */
  readonly options: readonly string[];
  /** Path of the ELF file. */
  readonly image: string;
}

/** A QEMU that runs until `stop()`, or until this process is gone, however it goes. */
export interface RunningQemu {
  /** Path of the pseudo-terminal. What is sent before the firmware has opened its UART is lost. */
  readonly terminal: string;
  /** Resolves, when QEMU has ended, with the last of what it said. */
  readonly ended: Promise<string>;
  /** Any number of times. */
  stop(): Promise<void>;
}

const debianPackages = { arm: 'qemu-system-arm', riscv32: 'qemu-system-misc' } as const;
const fedoraPackages = { arm: 'qemu-system-arm-core', riscv32: 'qemu-system-riscv-core' } as const;

/** Milliseconds QEMU has to open its terminal. */
const PATIENCE = 20_000;
const TERMINAL = /redirected to (\S+)\s/;
const WORDS = 2000;
/** A shell's exit status where there is no such program. */
const NOT_FOUND = 127;

/**
 * Becomes the program it is given, beside a watcher that waits for the end of its input and kills the program then:
 * the pipe ends with this process, even where it is killed and can run nothing more.
 */
const GUARDED = 'exec 3<&0; (read -r _ <&3; kill -KILL $$) >/dev/null 2>&1 & exec "$@" </dev/null 3<&-';

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
      'QEMU is reached through a pseudo-terminal, which Windows does not have',
      'use it in WSL, or the emulated pico, which needs none',
    );
  const program = `qemu-system-${system}`;
  const parameters = ['-machine', machine, ...options, '-kernel', image, '-serial', 'pty'];
  const child = spawn(
    '/bin/sh',
    ['-c', GUARDED, 'sh', program, ...parameters, '-display', 'none', '-monitor', 'none'],
    // A group of its own: Ctrl-C is for this process alone, which may have a minibatch to finish.
    { stdio: 'pipe', detached: true },
  );
  let words = '';
  const listen = (bytes: Buffer) => {
    words = (words + bytes.toString()).slice(-WORDS);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  child.stdin.on('error', () => undefined);
  let status: number | null = null;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => {
      status = code;
      resolve(words.replace(/^.*redirected to .*\n/m, '').trim());
    });
  });
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  try {
    const terminal = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(
        () =>
          reject(
            new UserError(`${name}: QEMU opened no terminal within ${duration(PATIENCE / 1000)}`, words),
          ),
        PATIENCE,
      );
      const look = () => {
        const path = TERMINAL.exec(words)?.[1];
        if (!path) return;
        clearTimeout(timer);
        resolve(path);
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      void ended.then((last) => {
        clearTimeout(timer);
        reject(
          status === NOT_FOUND ? missing(system) : new UserError(`${name}: QEMU does not start: ${last}`),
        );
      });
    });
    return { terminal, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function missing(system: QemuMachine['system']): UserError {
  return new UserError(
    `qemu-system-${system} is not installed`,
    `Debian, Ubuntu: sudo apt install ${debianPackages[system]}; Fedora: sudo dnf install ${fedoraPackages[system]}; macOS: brew install qemu`,
  );
}

/**
 * A line to firmware in a QEMU of its own, which ends when the line is closed. The line breaks, with QEMU's words, where
 * QEMU cannot load the image.
 * @param baudRate what the terminal is told; it is as fast as QEMU at any rate
 * @throws `UserError` as `startQemu` does
 */
export async function openQemu(machine: QemuMachine, baudRate: number): Promise<DeviceLine> {
  const { SerialPort } = await loadSerialPort();
  const { terminal, ended, stop } = await startQemu(machine);
  const explain = (words: string) =>
    new UserError(
      `${machine.name}: QEMU ended${words && `: ${words}`}`,
      'a run is continued from its last checkpoint',
    );
  const stream = new DeviceStream({ binding: SerialPort.binding, path: terminal, baudRate }, () =>
    explain(''),
  );
  try {
    await stream.opened();
  } catch {
    await stop();
    throw explain(await ended);
  }
  void ended.then((words) => stream.destroy(explain(words)));
  const line = lineOver(machine.name, stream);
  return {
    ...line,
    close: async () => {
      await line.close();
      await stop();
    },
  };
}
