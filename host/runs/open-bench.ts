/** A bench over a device that is named. */
import type { DeviceOptions } from '../devices/index.js';
import { type BuildEvents, openDevice } from '../firmware/index.js';
import { formatsOf, partsOf, type Recipe } from '../model/index.js';
import { Bench, type BenchOptions } from './bench.js';

export interface DeviceChoice {
  /** `simulated`, `native`, a board's name for its emulator, a port's path or tcp://host:port. */
  readonly device: string;
  readonly options: DeviceOptions;
  /** Told when an emulated board's firmware is built. */
  readonly events?: BuildEvents;
  /** Milliseconds of silence after which the device is given up: above 0, at most 24 days. */
  readonly patience: number;
}

/**
 * @param recipe what the device is to train: an emulated one has what that needs alone
 * @throws `UserError` where the device cannot be reached, stays silent or runs another kernel
 */
export async function openBench(
  choice: DeviceChoice,
  recipe: Recipe,
  options?: BenchOptions,
): Promise<Bench> {
  const { storage } = formatsOf(recipe);
  const parts = partsOf(recipe);
  const line = await openDevice(choice.device, { ...choice.options, storage, parts }, choice.events);
  return Bench.over(line, choice.patience, recipe, options);
}
