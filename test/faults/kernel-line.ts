/** The kernel in this thread, as a device that can be reset at any byte. */
import { Duplex } from 'node:stream';
import type { DeviceLine } from '#host/devices/index';
import { lineOver } from '#host/devices/line';
import { Kernel, portableModule } from '#host/kernel/index';

const module = portableModule();

const ARENA = 1 << 20;
const WINDOW = 1024;

export async function kernelLine(): Promise<DeviceLine> {
  const kernel = new Kernel(ARENA, WINDOW, module);
  const stream: Duplex = new Duplex({
    read: () => undefined,
    write: (bytes: Uint8Array, _, done) => {
      kernel.feed(bytes, (answer) => stream.push(Buffer.from(answer)));
      done();
    },
  });
  return lineOver('kernel', stream);
}
