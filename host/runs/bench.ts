/** A device, and beside it whatever does its work again. */
import { EndpointTensors, type Tensors } from '../endpoint/index.js';
import { UserError } from '../ground/index.js';
import { DEFAULT_ARENA, kernelIdentity, kernelName, Twin } from '../kernel/index.js';
import { type Line, Link } from '../link/index.js';
import { DEFAULT_STORAGE, formatsOf, type Recipe, type Storage } from '../model/index.js';
import type { VerificationLevel } from '../verification/index.js';
import { type CheckedEndpoint, Lockstep, SampledLockstep, Unchecked } from '../verification/index.js';
import type { ReplyOf } from '../wire/index.js';

function requireSameKernel(device: string, { kernel, weightBits }: ReplyOf<'hello'>, storage: Storage): void {
  const flags = storage === DEFAULT_STORAGE ? '' : ` --storage ${storage}`;
  const putThere = (what: string) =>
    `eqprop flash <board>${flags} puts ${what} on a board; for Linux, eqprop build <target>${flags} makes the program`;
  if (weightBits !== storage)
    throw new UserError(
      `${device} stores weights in ${weightBits} bits, the recipe's have ${storage}`,
      `${putThere('the firmware for them')}; or choose weights of ${weightBits} bits`,
    );
  const own = kernelIdentity(storage);
  if (kernel === own) return;
  throw new UserError(
    `${device} runs kernel ${kernelName(kernel)}, this program has ${kernelName(own)}`,
    `their replies would differ: ${putThere('the firmware of the same version')}`,
  );
}

/** More than the dense form needs beside: 4 bytes a unit, of 16 layers of 65,535 units at most. */
const DENSE_ROOM = 2 ** 22;
/** A host's module keeps hidden matrices twice. */
const MIRRORS = 2;
/** The largest arena of a 32-bit module, its own data left out. */
const MOST_ARENA = 2 ** 32 - 2 ** 20;

/** Bytes of arena for a twin: whatever fits the device fits the twin too. */
function twinArena(device: number): number {
  return Math.min(Math.max(DEFAULT_ARENA, MIRRORS * device + DENSE_ROOM), MOST_ARENA);
}

export interface BenchOptions {
  /** How much is done again (default: everything). */
  readonly level?: VerificationLevel;
  /** True where the twin runs the dense form. */
  readonly dense?: boolean;
}

/** The link to a device, opened, and what verifies it; `close` ends both. */
export class Bench {
  private constructor(
    readonly deviceName: string,
    readonly link: Link,
    readonly endpoint: CheckedEndpoint,
    readonly tensors: Tensors,
    readonly close: () => Promise<void>,
  ) {}

  /**
   * Opens a session on a line; the bench closes it, here too where this fails.
   * @param patience milliseconds of silence after which the device is given up: above 0, at most 24 days
   * @throws `UserError` where the device stays silent or runs another kernel than the recipe needs
   */
  static async over(
    line: Line,
    patience: number,
    recipe: Recipe,
    { level = { kind: 'digest' }, dense = false }: BenchOptions = {},
  ): Promise<Bench> {
    const { storage } = formatsOf(recipe);
    try {
      const link = await Link.open(line.stream, {
        patience,
        bytesPerSecond: line.bytesPerSecond,
        rates: line.rates,
        kind: line.kind,
      });
      requireSameKernel(line.name, link.device, storage);
      const twin =
        level.kind === 'off' ? undefined : new Twin({ dense, arena: twinArena(link.device.arena), storage });
      const close = async () => {
        link.close();
        await Promise.all([line.close(), twin?.close()]);
      };
      if (!twin) return new Bench(line.name, link, new Unchecked(link), new EndpointTensors(link), close);
      if (level.kind === 'every') {
        const sampled = new SampledLockstep(link, twin, level.minibatches);
        return new Bench(line.name, link, sampled, new EndpointTensors(sampled), close);
      }
      return new Bench(line.name, link, new Lockstep(link, twin), twin, close);
    } catch (error) {
      await line.close();
      throw error;
    }
  }
}
