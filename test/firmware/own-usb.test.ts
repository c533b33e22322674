/** Ports that are a board's own USB, by their numbers: they have no rate. Pseudo-terminals stand for them. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openDevice } from '#host/firmware/index';
import { Link } from '#host/link/index';
import { hasPython, openPseudoTerminal } from '../devices/pseudo-terminal.js';
import { temporaryFolder } from '../runs/small-data.js';

const ports = vi.hoisted(() => ({ listed: [] as object[] }));
vi.mock('#host/devices/ports', () => ({ listPorts: async () => ports.listed }));

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function plugged(vendorId: string, productId: string): Promise<string> {
  const { path, end } = await openPseudoTerminal(1 << 16, 2048);
  ends.push(end);
  ports.listed = [
    { path: '/dev/other', vendorId: '2E8A', productId: '000A' },
    { path, vendorId, productId },
  ];
  return path;
}

/** The line, and the rate that a link on it finds. */
async function opened(path: string, options = {}) {
  const line = await openDevice(path, options);
  ends.push(line.close);
  const link = await Link.open(line.stream, line);
  link.close();
  return { ...line, baud: link.baud };
}

describe.skipIf(!hasPython || process.platform === 'win32')('a port', () => {
  test('of the firmware itself passes bytes as they come', async () => {
    const { baud, bytesPerSecond, kind } = await opened(await plugged('2E8A', '000A'));
    expect({ baud, bytesPerSecond, kind }).toEqual({ kind: 'port' });
  });

  test('by another name, too', async () => {
    const folder = temporaryFolder();
    ends.push(folder.remove);
    const link = join(folder.path, 'by-id');
    symlinkSync(await plugged('2e8a', '0009'), link);
    const { baud, bytesPerSecond } = await opened(link);
    expect({ baud, bytesPerSecond }).toEqual({});
  });

  test('of it has the rate that is given', async () => {
    const { baud, bytesPerSecond } = await opened(await plugged('2E8A', '000A'), { baudRate: 57_600 });
    expect({ baud, bytesPerSecond }).toEqual({ bytesPerSecond: 5760 });
  });

  test('of an adapter has one that is found', async () => {
    const { baud } = await opened(await plugged('2E8A', '000C'));
    expect(baud).toBe(921_600);
  });
});
