/** The C library of a trained network: its files, by name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ToolchainEvents, translate } from '../firmware/index.js';
import { portableModule } from '../kernel/index.js';
import { kernelSource } from './kernel-c.js';
import { type LaidOut, layOut } from './laid-out.js';
import { configHeader, type Deployed, networkHeader } from './network-c.js';

const libraryFolder = fileURLToPath(new URL('../../../boards/library/', import.meta.url));

/** Sources that are every network's. */
const COMMON = [
  ...['eqprop.h', 'eqprop.c', 'eqprop_kernel.h'],
  ...['eqprop.hpp', 'eqprop_decimal.h', 'eqprop_line.h', 'eqprop_line.c', 'eqprop_number.h'],
];

/** A source that is every network's. */
export function libraryFile(name: string): string {
  return readFileSync(join(libraryFolder, name), 'utf8');
}

/** Sources of networks that learn: what they have learnt is kept in flash. */
const JOURNAL = ['eqprop_flash.h', 'eqprop_journal.h', 'eqprop_journal.c'];

export interface Library {
  /** Contents by name. */
  readonly files: ReadonlyMap<string, string>;
  /** Names of what another network's library had, and this one's has not. */
  readonly absent: readonly string[];
  readonly laidOut: LaidOut;
}

/** @throws `UserError` where what turns the module into C cannot be fetched */
export async function libraryOf(deployed: Deployed, events: ToolchainEvents = {}): Promise<Library> {
  const { learns } = deployed;
  const laidOut = layOut(deployed, learns);
  const translated = await translate(portableModule(laidOut.storage), events);
  const calls = learns ? ['predict', 'stage', 'train', 'confirm'] : ['predict'];
  const kernel = kernelSource(translated, calls, laidOut);
  const files = new Map([
    ...[...COMMON, ...(learns ? JOURNAL : [])].map((name) => [name, libraryFile(name)] as const),
    ['eqprop_config.h', configHeader(deployed, laidOut)],
    ['eqprop_network.h', networkHeader(deployed, laidOut, kernel)],
  ]);
  return { files, absent: learns ? [] : JOURNAL, laidOut };
}
