import { type OpenOptions, SerialPortStream } from '@serialport/stream';
import { UserError } from '../ground/index.js';
import type { BindingInterface } from './contract.js';

/**
 * A port as an ordinary stream: destroying it closes the port, and a port that fails emits an 'error' that a user
 * can act on. (`SerialPortStream` leaves the port open, and only tells 'close'.)
 */
export class DeviceStream<T extends BindingInterface> extends SerialPortStream<T> {
  readonly #explain: (error: Error) => UserError;

  /** @param explain what a user is told when the open port fails with an error that is not a `UserError` */
  constructor(options: OpenOptions<T>, explain: (error: Error) => UserError) {
    super({ ...options, autoOpen: false });
    this.#explain = explain;
  }

  /** Rejects with the binding's own error. */
  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.open((error) => (error ? reject(error) : resolve()));
    });
  }

  override _disconnected(error: Error): void {
    this.destroy(error instanceof UserError ? error : this.#explain(error));
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.port?.isOpen) {
      callback(error);
      return;
    }
    this.port.close().then(
      () => callback(error),
      (closing: Error) => callback(error ?? this.#explain(closing)),
    );
  }
}
