/** A board's firmware in its emulator, for other programs to reach as they would reach the board's port. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { DeviceLine } from '../devices/index.js';
import { openDevice, startQemu } from '../devices/index.js';
import { requireDuration, UserError } from '../ground/index.js';
import { Link } from '../link/index.js';
import type { Board } from './board.js';
import { type BuildEvents, type BuildOptions, buildFirmware } from './build.js';
import { openEmulated, requireEmulator } from './open-device.js';

/** An emulator that runs. */
export interface Emulation {
  /** An address for `openDevice`. */
  readonly address: string;
  /** Resolves, when the emulator has ended by itself, with why. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface EmulationOptions extends BuildOptions {
  /** TCP port on the loopback interface, for emulators without a terminal of their own (default: any free one). */
  readonly port?: number | undefined;
  /** Milliseconds that the firmware has to answer for the first time (default 30,000). */
  readonly patience?: number;
}

/**
 * Builds a board's firmware, if need be, starts it and waits until it has answered. QEMU opens a pseudo-terminal, the
 * others are behind TCP.
 * @throws `UserError` where the board has no emulator, it does not start or answer, or the TCP port is in use
 */
export async function emulate(
  board: Board,
  { port = 0, patience = 30_000, ...options }: EmulationOptions = {},
  events: BuildEvents = {},
): Promise<Emulation> {
  requireDuration(patience, 'the patience with an emulated board');
  const emulation = await start(board, port, options, events);
  try {
    await hear(emulation.address, board, patience);
    return emulation;
  } catch (cause) {
    await emulation.stop();
    const words = await emulation.ended;
    if (!(cause instanceof UserError)) throw cause;
    throw new UserError(
      `${board.id}: the emulated firmware does not answer: ${cause.message}${words && `; the emulator said: ${words}`}`,
      cause.hint ?? "does the board's code fit the machine that is emulated?",
      { cause },
    );
  }
}

async function start(
  board: Board,
  port: number,
  options: BuildOptions,
  events: BuildEvents,
): Promise<Emulation> {
  const emulator = requireEmulator(board);
  if (emulator.kind !== 'qemu') return serve(await openEmulated(board, options, events), port);
  const { elf } = await buildFirmware(board, options, events);
  const { terminal, ended, stop } = await startQemu({ ...emulator, name: board.id, image: elf });
  return { address: terminal, ended, stop };
}

/** As any client would. */
async function hear(address: string, { uart }: Board, patience: number): Promise<void> {
  const line = await openDevice(address, { baudRate: uart.baud });
  try {
    (await Link.open(line.stream, { patience })).close();
  } finally {
    await line.close();
  }
}

/** Milliseconds that a client's farewell may be under way when the next one calls. */
const LEAVING = 500;

/** Puts a line behind a TCP port on the loopback interface, one client at a time, as a serial port has. */
export async function serve(line: DeviceLine, port: number): Promise<Emulation> {
  const { stream } = line;
  let client: Socket | undefined;
  const attach = (socket: Socket) => {
    client = socket;
    stream.pipe(socket);
    socket.pipe(stream, { end: false });
    socket.once('close', () => {
      stream.unpipe(socket);
      client = undefined;
      // Bytes that a device says to nobody are lost.
      stream.resume();
    });
  };
  const server = createServer({ noDelay: true }, async (socket) => {
    // Whoever leaves in the middle of a sentence is no failure of the device.
    socket.on('error', () => undefined);
    if (client) await Promise.race([closed(client), setTimeout(LEAVING, undefined, { ref: false })]);
    if (client || socket.destroyed || !server.listening) socket.destroy();
    else attach(socket);
  });
  stream.resume();
  const ended = new Promise<string>((resolve) => {
    stream.once('error', (error: Error) => resolve(error.message));
    stream.once('close', () => resolve(''));
  });
  const stop = async () => {
    client?.destroy();
    server.close();
    await line.close();
  };
  try {
    return { address: `tcp://127.0.0.1:${await listen(server, port)}`, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen({ host: '127.0.0.1', port });
  try {
    await once(server, 'listening');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new UserError(`port ${port} is in use`, 'choose another, or leave --port out', { cause });
    throw new UserError(`port ${port} cannot be opened: ${message}`, undefined, { cause });
  }
  return (server.address() as AddressInfo).port;
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}
