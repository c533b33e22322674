import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Kernel } from '#host/kernel/index';

export interface DeviceServer {
  readonly spec: string;
  readonly connections: readonly Socket[];
  end(): Promise<void>;
}

/** A device a connection. */
export async function serveDevices(arena: number, window: number): Promise<DeviceServer> {
  const connections: Socket[] = [];
  const server: Server = createServer((socket) => {
    connections.push(socket);
    const kernel = new Kernel(arena, window);
    socket.on('data', (bytes) => kernel.feed(bytes, (answer) => socket.write(answer)));
    socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    spec: `tcp://127.0.0.1:${port}`,
    connections,
    end: async () => {
      for (const socket of connections) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
