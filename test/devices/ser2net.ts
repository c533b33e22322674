/** A serial server that people use, between a host and a device: ser2net, in any of its modes. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DeviceLine, openDevice } from '#host/devices/index';
import { hasPython, openPseudoTerminal } from './pseudo-terminal.js';

const found = spawnSync('ser2net', ['-v'], { encoding: 'utf8' });
/** From version 4 on it reads YAML. */
export const hasSer2net = hasPython && /version (?:[4-9]|\d\d)/.test(`${found.stdout}${found.stderr}`);

/** To connect to it, which may be starting. */
const ATTEMPTS = 1000;

export interface Ser2netMode {
  /** The name that hosts connect to, without the address: 'tcp', 'telnet,tcp'. */
  readonly accepter: string;
  /** Options of the serial port, behind its speed. */
  readonly port?: string;
  /** Its first words. */
  readonly banner?: string;
}

export interface Ser2net {
  readonly spec: string;
  /** The first connection, as soon as there can be one. */
  open(): Promise<DeviceLine>;
  end(): Promise<void>;
}

export async function serveSerial({ accepter, port = '', banner }: Ser2netMode): Promise<Ser2net> {
  const terminal = await openPseudoTerminal(1 << 20, 4096);
  const number = await freePort();
  const configuration = [
    'connection: &device',
    `  accepter: ${accepter},127.0.0.1,${number}`,
    `  connector: serialdev,${terminal.path},115200n81,local${port}`,
    ...(banner === undefined ? [] : ['  options:', `    banner: ${banner}`]),
  ];
  const arguments_ = ['-n', ...configuration.flatMap((line) => ['-Y', line])];
  const server = spawn('ser2net', arguments_, { stdio: 'ignore' });
  const spec = `tcp://127.0.0.1:${number}`;
  return {
    spec,
    open: async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const line = await openDevice(spec, { baudRate: 115_200 }).catch(() => undefined);
        if (line) return line;
        if (server.exitCode !== null) throw new Error(`ser2net ended with ${server.exitCode}`);
        await sleep(20);
      }
      throw new Error(`ser2net does not listen at ${spec}`);
    },
    end: async () => {
      if (server.exitCode === null && server.signalCode === null) {
        server.kill();
        await once(server, 'exit');
      }
      await terminal.end();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
