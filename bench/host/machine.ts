/** Where and with what the numbers were made. */
import { cpus, loadavg, totalmem } from 'node:os';
import { hostVersion } from '#host/ground/version';
import { kernelIdentity, kernelName } from '#host/kernel/identity';

export interface Machine {
  readonly processor: string;
  /** Logical ones. */
  readonly cores: number;
  readonly memoryBytes: number;
  readonly platform: string;
  readonly node: string;
  readonly eqprop: string;
  /** The hash that names the kernel's source. */
  readonly kernel: string;
  /** When the run began, in UTC. */
  readonly date: string;
  /** Processes that wanted to run in the minute before: above zero, others were at work. */
  readonly load: number;
}

export function describeMachine(): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryBytes: totalmem(),
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    eqprop: hostVersion,
    kernel: kernelName(kernelIdentity()),
    date: new Date().toISOString(),
    load: loadavg()[0],
  };
}
