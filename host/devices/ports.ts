import { readdir } from 'node:fs/promises';
import { printable } from '../ground/index.js';
import type { PortInfo } from './contract.js';
import { loadSerialPort } from './serialport.js';

export interface PortDescription {
  /** The path that `openDevice` takes. */
  readonly path: string;
  readonly manufacturer: string | undefined;
  readonly serialNumber: string | undefined;
  /** Hexadecimal, of USB devices. */
  readonly vendorId: string | undefined;
  readonly productId: string | undefined;
  /** Windows: the name in the device manager. */
  readonly friendlyName: string | undefined;
}

/** The serial ports of this computer, by path. */
export async function listPorts(): Promise<PortDescription[]> {
  const { SerialPort } = await loadSerialPort();
  const ports = await SerialPort.list().catch(async (error: NodeJS.ErrnoException) => {
    // Small Linux systems come without udevadm, which would know the rest.
    if (error.code !== 'ENOENT') throw error;
    return namedPorts();
  });
  return ports.map(describe).sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}

function describe(port: Partial<PortInfo> & { path: string }): PortDescription {
  const { path, manufacturer, serialNumber, vendorId, productId } = port;
  const friendlyName =
    'friendlyName' in port && typeof port.friendlyName === 'string' ? port.friendlyName : undefined;
  return {
    path,
    manufacturer: manufacturer && printable(manufacturer),
    serialNumber: serialNumber && printable(serialNumber),
    vendorId: vendorId && printable(vendorId),
    productId: productId && printable(productId),
    friendlyName: friendlyName && printable(friendlyName),
  };
}

async function namedPorts(): Promise<{ path: string }[]> {
  const names = await readdir('/dev').catch(() => []);
  return names
    .filter((name) => /^(tty(ACM|USB|AMA|S)|rfcomm)\d+$/.test(name))
    .map((name) => ({ path: `/dev/${name}` }));
}
