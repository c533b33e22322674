/** A device that the page holds and an engine uses: the page's end of the message port. */
import type { WorkerProgress } from '#host/devices/worker-port.js';
import { UserError } from '#host/ground/index.js';
import type { FromHolder, HeldDevice, Reason, ToHolder } from './held-line.js';

/** Whatever stands behind a line. It throws `UserError`; anything else is a defect. */
export interface Behind {
  /** Gives it bytes; it tells by `progress` how many it took. */
  write(bytes: Uint8Array<ArrayBuffer>): void;
  /** Rejects with `UserError` where it cannot have the rate. */
  setBaud?(baud: number): Promise<void>;
  close(): void;
}

const reasonOf = (error: unknown): Reason => ({
  message: (error as Error).message,
  hint: error instanceof UserError ? error.hint : undefined,
});

/** One opening of a line. */
export class Holder {
  readonly device: HeldDevice;
  readonly #port: MessagePort;

  constructor(behind: Behind, options: Omit<HeldDevice, 'kind' | 'port'>) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.device = { kind: 'held', port: port2, ...options };
    port1.onmessage = ({ data }: MessageEvent<ToHolder>) => {
      if (data.kind === 'bytes') behind.write(data.bytes);
      else if (data.kind === 'close') behind.close();
      else
        behind.setBaud?.(data.baud).then(
          () => this.#tell({ kind: 'rate' }),
          (error) => this.#tell({ kind: 'rate', refusal: reasonOf(error) }),
        );
    };
  }

  progress(progress: WorkerProgress): void {
    this.#tell({ kind: 'progress', ...progress });
  }

  /** The line is at its end. */
  break(error: UserError): void {
    this.#tell({ kind: 'broken', reason: reasonOf(error) });
  }

  #tell(message: FromHolder): void {
    this.#port.postMessage(message);
  }
}
