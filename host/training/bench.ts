/** A device with its twin beside it. */
import { type DeviceOptions, openDevice } from '../devices/open.js';
import { Twin } from '../kernel/twin.js';
import { Link } from '../link/link.js';
import { Lockstep } from '../verification/lockstep.js';

export interface DeviceChoice {
  /** `simulated`, a port's path or tcp://host:port. */
  readonly device: string;
  readonly options: DeviceOptions;
  /** Milliseconds of silence after which the device is given up. */
  readonly patience: number;
}

/** The link to a device and the twin, opened; `close` ends both. */
export class Bench {
  private constructor(
    readonly deviceName: string,
    readonly link: Link,
    readonly twin: Twin,
    readonly lockstep: Lockstep,
    readonly close: () => Promise<void>,
  ) {}

  /** @param dense whether the twin runs the dense form */
  static async open(choice: DeviceChoice, dense = false): Promise<Bench> {
    const line = await openDevice(choice.device, choice.options);
    try {
      const link = await Link.open(line.stream, { patience: choice.patience });
      const twin = new Twin({ dense });
      const close = async () => {
        link.close();
        await Promise.all([line.close(), twin.close()]);
      };
      return new Bench(line.name, link, twin, new Lockstep(link, twin), close);
    } catch (error) {
      await line.close();
      throw error;
    }
  }
}
