/** Room that a worker's device has. */
import { boardArena, boardNamed, openDevice } from '../firmware/index.js';
import { storages } from '../ground/index.js';
import { kernelName } from '../kernel/index.js';
import { Link } from '../link/index.js';
import type { Storage } from '../model/index.js';
import type { DeviceChoice } from '../runs/index.js';

export interface Capacity {
  /** Bytes of arena by a kernel's storage; the kernels that it does not have are left out. */
  readonly arena: Readonly<Partial<Record<Storage, number>>>;
  readonly cores: 1 | 2;
  /** The kernel that it runs; those of this program if absent. */
  readonly kernel?: string;
  /** One run at a time. */
  readonly isOne: boolean;
}

/**
 * Asks a port or an address what is there; of other devices it is known.
 * @throws `UserError` where nothing answers
 */
export async function capacityOf({ device, options, patience }: DeviceChoice): Promise<Capacity> {
  const each = (arena: (bits: Storage) => number) =>
    Object.fromEntries(storages.map((bits) => [bits, arena(bits)]));
  const board = boardNamed(device)?.board;
  if (board) return { arena: each((bits) => boardArena(board, bits)), cores: board.core.cores, isOne: false };
  if (['simulated', 'native'].includes(device)) {
    const bytes = options.arena ?? Number.POSITIVE_INFINITY;
    return { arena: each(() => bytes), cores: 1, isOne: false };
  }
  const line = await openDevice(device, options);
  try {
    const { bytesPerSecond, rates, kind } = line;
    const link = await Link.open(line.stream, { patience, bytesPerSecond, rates, kind });
    const { arena, weightBits, kernel } = link.device;
    link.close();
    // How many cores it has it does not tell: two need more.
    return { arena: { [weightBits]: arena }, cores: 2, kernel: kernelName(kernel), isOne: true };
  } finally {
    await line.close();
  }
}
