import { afterAll, beforeAll, describe } from 'vitest';
import { type DeviceOptions, openDevice } from '#host/devices/index';
import { type DeviceServer, serveDevices } from './device-server.js';
import { ARENA, carriesExchanges, WINDOW } from './exchanges.js';
import { hasPython, openPseudoTerminal, type PseudoTerminal } from './pseudo-terminal.js';

const baudRate = 115_200;

describe.each<[string, Partial<DeviceOptions>]>([
  ['simulated', {}],
  ['simulated, in chunks', { chunkSeed: 1 }],
  ['simulated, paced', { paced: true, baudRate: 2_000_000 }],
  ['simulated, paced, in chunks', { paced: true, baudRate: 2_000_000, chunkSeed: 2 }],
])('%s', (_, options) => {
  carriesExchanges(() => openDevice('simulated', { baudRate, arena: ARENA, window: WINDOW, ...options }));
});

describe('tcp', () => {
  let server: DeviceServer;
  beforeAll(async () => {
    server = await serveDevices(ARENA, WINDOW);
  });
  afterAll(() => server.end());
  carriesExchanges(() => openDevice(server.spec, { baudRate }));
});

describe.skipIf(!hasPython)('pseudo-terminal', () => {
  let terminals: PseudoTerminal[] = [];
  afterAll(async () => {
    await Promise.all(terminals.map((terminal) => terminal.end()));
    terminals = [];
  });
  carriesExchanges(async () => {
    const terminal = await openPseudoTerminal(ARENA, WINDOW);
    terminals.push(terminal);
    return openDevice(terminal.path, { baudRate });
  });
});
