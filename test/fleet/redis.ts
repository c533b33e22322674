/** Debian's redis-server on a free port of this computer alone, its files in a temporary folder. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '../runs/small-data.js';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

export const PASSWORD = 'kept/secret@all:times';

export interface RedisPlace {
  /** Addresses that it listens at, the first being its own. */
  readonly hosts?: readonly string[];
  /** Words that another program runs it by: `ip netns exec …`. */
  readonly within?: readonly string[];
}

export interface RedisServer {
  /** With its password. */
  readonly address: string;
  /** At once, as the power going off. */
  kill(): Promise<void>;
  /** On the same port, with what the file has kept. */
  restart(): Promise<void>;
  /** Names of all keys but those by which workers say that they are there. */
  keys(): Promise<readonly string[]>;
  /** Tells all commands from now on, once it is asked. */
  listen(): Promise<() => string>;
  /** Forgets all. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** @param flags of redis-server */
export async function startRedis(
  flags: readonly string[] = [],
  { hosts = ['127.0.0.1'], within = [] }: RedisPlace = {},
): Promise<RedisServer> {
  const folder = temporaryFolder();
  // Wherever its network is, tests reach it by a file.
  const socket = join(folder.path, 'socket');
  const port = await freePort();
  let server: ChildProcess;
  const begin = async () => {
    const [program, ...words] = [
      ...[...within, 'redis-server', '--port', String(port), '--unixsocket', socket, '--bind', ...hosts],
      ...['--dir', folder.path, '--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'],
      ...['--requirepass', PASSWORD, ...flags],
    ];
    server = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    server.stderr?.resume();
    await says(server, 'Ready to accept connections');
  };
  const end = async () => {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  await begin();
  return {
    address: `redis://:${encodeURIComponent(PASSWORD)}@${hosts[0]}:${port}`,
    kill: end,
    restart: begin,
    keys: () => keysIn(socket),
    listen: () => listen(socket),
    flush: () => flush(socket),
    stop: async () => {
      await end();
      folder.remove();
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  server.close();
  await once(server, 'close');
  return address.port;
}

function says({ stdout }: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    stdout?.on('data', (bytes) => {
      said = (said + bytes).slice(-10_000);
      if (said.includes(text)) resolve();
    });
    stdout?.on('end', () => reject(new Error(`redis-server ended: ${said}`)));
  });
}

/** Names of all keys in the store but those by which workers say that they are there. */
async function keysIn(path: string): Promise<readonly string[]> {
  const socket = createConnection(path);
  socket.setEncoding('utf8');
  socket.write(`AUTH ${PASSWORD}\r\nKEYS *\r\nQUIT\r\n`);
  let text = '';
  for await (const part of socket) text += part;
  return text.split('\r\n').filter((line) => /^\w/.test(line) && !line.startsWith('eqprop:worker:'));
}

async function listen(path: string): Promise<() => string> {
  const socket = createConnection(path);
  socket.setEncoding('utf8').unref();
  socket.write(`AUTH ${PASSWORD}\r\nMONITOR\r\n`);
  let text = '';
  const begun = new Promise<void>((resolve) => {
    socket.on('data', (part) => {
      text += part;
      if (text.startsWith('+OK\r\n+OK\r\n')) resolve();
    });
  });
  // It ends with the server.
  socket.on('error', () => undefined);
  await begun;
  return () => text;
}

async function flush(path: string): Promise<void> {
  const socket = createConnection(path);
  socket.write(`AUTH ${PASSWORD}\r\nFLUSHALL\r\nQUIT\r\n`);
  socket.resume();
  await once(socket, 'close');
}
