/** The C library of a trained network: its files, by name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ToolchainEvents, translate } from '../firmware/index.js';
import { portableModule } from '../kernel/index.js';
import { kernelSource } from './kernel-c.js';
import { type LaidOut, layOut, type Serving } from './laid-out.js';
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

/** Exports of the module that answer the link. */
const LINK = ['feed', 'outputLength', 'inputCapacity', 'reportStack'];

/** Calls that boards/standalone/link.h declares. */
function linkCalls({ input, output }: LaidOut): string {
  return `
#include "link.h"

uint8_t *link_input(void) { return (u8 *)AT(${input}u); }
uint32_t link_capacity(void) { return kernel_inputCapacity(); }
uint32_t link_feed(uint32_t from, uint32_t length, uint32_t has_more) { return kernel_feed(from, length, has_more); }
const uint8_t *link_output(void) { return (const u8 *)AT(${output}u); }
uint32_t link_output_length(void) { return kernel_outputLength(); }
void link_note_stack(uint32_t used, uint32_t size) { kernel_reportStack(used, size); }
`;
}

export interface Library {
  /** Contents by name. */
  readonly files: ReadonlyMap<string, string>;
  /** Names of what another network's library had, and this one's has not. */
  readonly absent: readonly string[];
  readonly laidOut: LaidOut;
}

/**
 * @param serving where the network still answers the link, in firmware
 * @throws `UserError` where what turns the module into C cannot be fetched
 */
export async function libraryOf(
  deployed: Deployed,
  events: ToolchainEvents = {},
  serving?: Serving,
): Promise<Library> {
  const { learns } = deployed;
  const laidOut = layOut(deployed, learns, serving);
  const translated = await translate(portableModule(laidOut.storage), events);
  const calls = learns ? ['predict', 'stage', 'train', 'confirm'] : ['predict'];
  const kernel = serving
    ? kernelSource(translated, [...calls, ...LINK], laidOut) + linkCalls(laidOut)
    : kernelSource(translated, calls, laidOut);
  const files = new Map([
    ...[...COMMON, ...(learns ? JOURNAL : [])].map((name) => [name, libraryFile(name)] as const),
    ['eqprop_config.h', configHeader(deployed, laidOut)],
    ['eqprop_network.h', networkHeader(deployed, laidOut, kernel)],
  ]);
  return { files, absent: learns ? [] : JOURNAL, laidOut };
}
