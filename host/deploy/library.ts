/** The C library of a trained network: its files, by name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formsIn, type ToolchainEvents, translate } from '../firmware/index.js';
import { portableModule } from '../kernel/index.js';
import { DEFAULT_STORAGE } from '../model/index.js';
import { kernelSource } from './kernel-c.js';
import { type LaidOut, layOut, type Serving } from './laid-out.js';
import { configHeader, type Deployed, networkHeader } from './network-c.js';

const libraryFolder = fileURLToPath(new URL('../../../boards/library/', import.meta.url));

const coresFolder = fileURLToPath(new URL('../../../boards/common/cores/', import.meta.url));

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

/** Compilers that have no instruction set for it leave them out, and so does EQPROP_PORTABLE; unoptimised code has too few registers. */
const DSP_FORMS = `#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__) && defined(__OPTIMIZE__) && !defined(EQPROP_PORTABLE)
#define CORE_FORMS
${readFileSync(join(coresFolder, 'arm-dsp.h'), 'utf8')}#endif
`;

function coreHeader(forms: string): string {
  return `/* Forms of the kernel's loops for a core. */
#ifndef EQPROP_CORE_H
#define EQPROP_CORE_H

${forms}
#endif
`;
}

export interface Library {
  /** Contents by name. */
  readonly files: ReadonlyMap<string, string>;
  /** Names of what another network's library had, and this one's has not. */
  readonly absent: readonly string[];
  readonly laidOut: LaidOut;
}

export interface LibraryOptions {
  /** Where the network still answers the link, in firmware. */
  readonly serving?: Serving | undefined;
  /** Own forms of the kernel's primitives of the core that it is compiled for (default: those for Arm's DSP, where the compiler has that). */
  readonly forms?: string | undefined;
}

/**
 * @throws `UserError` where what turns the module into C cannot be fetched
 */
export async function libraryOf(
  deployed: Deployed,
  events: ToolchainEvents = {},
  { serving, forms = DSP_FORMS }: LibraryOptions = {},
): Promise<Library> {
  const { learns } = deployed;
  const laidOut = layOut(deployed, learns, serving);
  const core = laidOut.storage === DEFAULT_STORAGE ? forms : '';
  const translated = await translate(portableModule(laidOut.storage), events);
  const calls = learns ? ['predict', 'stage', 'train', 'confirm'] : ['predict'];
  const kernel = serving
    ? kernelSource(translated, [...calls, ...LINK], laidOut, formsIn(core)) + linkCalls(laidOut)
    : kernelSource(translated, calls, laidOut, formsIn(core));
  const files = new Map([
    ...[...COMMON, ...(learns ? JOURNAL : [])].map((name) => [name, libraryFile(name)] as const),
    ['eqprop_core.h', coreHeader(core)],
    ['eqprop_config.h', configHeader(deployed, laidOut)],
    ['eqprop_network.h', networkHeader(deployed, laidOut, kernel)],
  ]);
  return { files, absent: learns ? [] : JOURNAL, laidOut };
}
