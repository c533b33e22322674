/** Debian's redis-server on a free port of this computer alone, its file in a temporary folder. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { temporaryFolder } from '../runs/small-data.js';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

export const PASSWORD = 'kept/secret@all:times';

export interface RedisServer {
  /** With its password. */
  readonly address: string;
  readonly port: number;
  /** At once, as the power going off. */
  kill(): Promise<void>;
  /** On the same port, with what the file has kept. */
  restart(): Promise<void>;
  keys(): Promise<readonly string[]>;
  /** Tells all commands from now on, once it is asked. */
  listen(): Promise<() => string>;
  /** Forgets all. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedis(...options: readonly string[]): Promise<RedisServer> {
  const folder = temporaryFolder();
  const port = await freePort();
  let server: ChildProcess;
  const begin = async () => {
    server = spawn(
      'redis-server',
      [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder.path, '--save', ''],
        ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--requirepass', PASSWORD, ...options],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
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
    address: `redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`,
    port,
    kill: end,
    restart: begin,
    keys: () => keysIn(port),
    listen: () => listen(port),
    flush: () => flush(port),
    stop: async () => {
      await end();
      folder.remove();
    },
  };
}

async function freePort(): Promise<number> {
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

/** Names of all keys in the store. */
async function keysIn(port: number): Promise<readonly string[]> {
  const socket = createConnection(port, '127.0.0.1');
  socket.setEncoding('utf8');
  socket.write(`AUTH ${PASSWORD}\r\nKEYS *\r\nQUIT\r\n`);
  let text = '';
  for await (const part of socket) text += part;
  return text.split('\r\n').filter((line) => /^\w/.test(line));
}

async function listen(port: number): Promise<() => string> {
  const socket = createConnection(port, '127.0.0.1');
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

async function flush(port: number): Promise<void> {
  const socket = createConnection(port, '127.0.0.1');
  socket.write(`AUTH ${PASSWORD}\r\nFLUSHALL\r\nQUIT\r\n`);
  socket.resume();
  await once(socket, 'close');
}
