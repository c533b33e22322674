import type { Command } from 'commander';
import { listPorts } from '../devices/index.js';
import { boardsOfPort } from '../firmware/index.js';
import { NOTHING } from '../ground/index.js';
import { print, printJson, say, table } from './output.js';

export function addPorts(program: Command): void {
  program
    .command('ports')
    .description('list the serial ports of this computer')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: true }) => {
      const ports = (await listPorts()).map((port) => ({ ...port, boards: boardsOfPort(port) }));
      if (json) printJson(ports);
      else if (ports.length === 0) say('there is no serial port; is the board plugged in?');
      else
        print(
          table(
            ['port', 'manufacturer', 'USB id', 'board', 'serial number'],
            ports.map(({ path, manufacturer, vendorId, productId, boards, serialNumber }) => [
              path,
              manufacturer ?? NOTHING,
              vendorId ? `${vendorId}:${productId ?? ''}` : NOTHING,
              boards.join(', ') || NOTHING,
              serialNumber ?? NOTHING,
            ]),
          ),
        );
    });
}
