/** The C library of a trained network: its files, by name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ToolchainEvents, translate } from '../firmware/index.js';
import { portableModule } from '../kernel/index.js';
import { kernelSource } from './kernel-c.js';
import { layOutLearner, layOutPredictor } from './laid-out.js';
import { configHeader, type Deployed, networkHeader } from './network-c.js';

const libraryFolder = fileURLToPath(new URL('../../../boards/library/', import.meta.url));

/** Sources that are every network's. */
const COMMON = ['eqprop.h', 'eqprop.c', 'eqprop_kernel.h'];

/** @throws `UserError` where what turns the module into C cannot be fetched */
export async function library(
  deployed: Deployed,
  events: ToolchainEvents = {},
): Promise<ReadonlyMap<string, string>> {
  const { learns } = deployed;
  const laidOut = learns ? layOutLearner(deployed) : layOutPredictor(deployed);
  const translated = await translate(portableModule(laidOut.storage), events);
  const calls = learns ? ['predict', 'stage', 'train', 'confirm'] : ['predict'];
  const kernel = kernelSource(translated, calls, laidOut);
  return new Map([
    ...COMMON.map((name) => [name, readFileSync(join(libraryFolder, name), 'utf8')] as const),
    ['eqprop_config.h', configHeader(deployed, laidOut)],
    ['eqprop_network.h', networkHeader(deployed, laidOut, kernel)],
  ]);
}
