import type { DetachedFlags } from './detached.js';
import type { DeviceFlags } from './device-flags.js';
import { freshFolder } from './fresh-folder.js';
import type { OutputFlags } from './output.js';
import type { QueueFlags } from './queue-flags.js';

export interface ReproduceFlags extends DeviceFlags, DetachedFlags, OutputFlags, QueueFlags {
  readonly list?: true;
  readonly network?: readonly number[];
  readonly shadow?: readonly number[];
  readonly epochs?: number;
  readonly full?: true;
  readonly relaxation: 'paper' | 'fast';
  readonly images: number;
  readonly seed: number;
  readonly data?: string;
  readonly verify: string;
  readonly checkpointInterval: number;
}

export function folderOf({ out }: Pick<ReproduceFlags, 'out'>): string {
  return out ?? freshFolder('runs', 'reproduction');
}
