import { UserError } from '../ground/index.js';
import { DeviceStream } from './device-stream.js';
import { DEFAULT_BAUD_RATE, type DeviceLine, type DeviceOptions, lineOver } from './line.js';
import { simulatedBinding } from './simulated-binding.js';

/** A line to a new simulated device. Rejects with `UserError` when it cannot start. */
export async function openSimulated(options: DeviceOptions): Promise<DeviceLine> {
  const stream = new DeviceStream(
    { baudRate: DEFAULT_BAUD_RATE, ...options, binding: simulatedBinding, path: 'simulated' },
    (cause) =>
      new UserError(`the line to the simulated device broke: ${cause.message}`, undefined, { cause }),
  );
  await stream.opened();
  return lineOver('simulated', stream);
}
