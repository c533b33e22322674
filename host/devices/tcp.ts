import { Socket } from 'node:net';
import { duration, UserError } from '../ground/index.js';
import { type DeviceLine, lineOver } from './line.js';

/** Milliseconds. */
const CONNECT_TIMEOUT = 10_000;
const ADDRESS = /^tcp:\/\/(?:\[([^[\]\s]+)\]|([^:/?#@[\]\s]+)):(\d+)\/?$/;

/** A socket whose errors a user can act on. */
class DeviceSocket extends Socket {
  readonly #address: string;

  constructor(address: string) {
    super();
    this.#address = address;
    // A device does not end the conversation of itself.
    this.once('end', () => this.destroy(new UserError(`${address} closed the connection`)));
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    super._destroy(error, () =>
      callback(error && !(error instanceof UserError) ? explain(this.#address, error) : error),
    );
  }
}

/**
 * A line over TCP, to an emulator or a serial server. Rejects with `UserError`.
 * @param spec tcp://host:port
 * @param timeout milliseconds to wait for the connection
 */
export async function openTcp(spec: string, timeout = CONNECT_TIMEOUT): Promise<DeviceLine> {
  const { host, port } = parseAddress(spec);
  const socket = new DeviceSocket(spec);
  const timer = setTimeout(
    () =>
      socket.destroy(
        new UserError(`${spec} did not answer within ${duration(timeout / 1000)}`, 'is the address right?'),
      ),
    timeout,
  );
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      // Small packets must not wait until those under way are acknowledged.
      socket.setNoDelay();
      socket.connect({ host, port }, () => {
        socket.off('error', reject);
        resolve();
      });
    });
  } finally {
    clearTimeout(timer);
  }
  return lineOver(spec, socket, 'address');
}

function parseAddress(spec: string): { host: string; port: number } {
  const match = ADDRESS.exec(spec);
  const form = 'an address is tcp://host:port, an IPv6 host in brackets: tcp://[::1]:5000';
  if (!match) throw new UserError(`'${spec}' is not an address`, form);
  const port = Number(match[3]);
  if (port < 1 || port > 65_535) throw new UserError(`${spec}: port ${match[3]} is not in 1 … 65535`, form);
  return { host: match[1] ?? match[2], port };
}

function explain(address: string, cause: NodeJS.ErrnoException): UserError {
  const tell = (message: string, hint?: string) => new UserError(`${address} ${message}`, hint, { cause });
  switch (cause.code) {
    case 'ECONNREFUSED':
      return tell('refused the connection', 'does the emulator or serial server run, and at this port?');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return tell('could not be resolved', 'is the host spelled right, and is there a network?');
    case 'ETIMEDOUT':
      return tell('did not answer', 'is the address right?');
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return tell('could not be reached', 'is there a network?');
    case 'ECONNRESET':
    case 'EPIPE':
      return tell(
        'broke the connection',
        'was the device reset? A run is continued from its last checkpoint',
      );
    default:
      return tell(`failed: ${cause.message}`);
  }
}
