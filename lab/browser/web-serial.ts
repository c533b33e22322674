/** Web Serial, as much of it as the laboratory uses: TypeScript's own types leave it out. */

export interface WebSerialPort extends EventTarget {
  /** A new one after an error that is none of the port's end. */
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  open(options: { readonly baudRate: number; readonly bufferSize?: number }): Promise<void>;
  close(): Promise<void>;
  getInfo(): { readonly usbVendorId?: number; readonly usbProductId?: number };
}

export interface WebSerial {
  /** Asks the user; after a click alone. Rejects with `NotFoundError` where none was chosen. */
  requestPort(): Promise<WebSerialPort>;
}

/** Undefined where this browser has none. */
export const webSerial = (): WebSerial | undefined => (navigator as { readonly serial?: WebSerial }).serial;
