/** A board behind a port of Web Serial. */
import { LIKELIEST_RATE } from '#host/devices/rates.js';
import { UserError } from '#host/ground/index.js';
import type { HeldDevice } from '../../browser/held-line.js';
import { Holder } from '../../browser/holder.js';
import type { WebSerialPort } from '../../browser/web-serial.js';
import { boards, type KnownBoard } from '../../data/boards.js';
import type { BoardSource } from '../../page/board-bench.js';
import { isHeldElsewhere, type Mark, markHeld } from './held-elsewhere.js';

/** Bytes that the browser keeps for a page that is slow. */
const BUFFER = 65_536;

/** One opening of a port, at one rate. */
interface Opening {
  readonly baud: number;
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly writer: WritableStreamDefaultWriter<Uint8Array>;
}

export class SerialBoard implements BoardSource {
  readonly name: string;
  readonly board: KnownBoard | undefined;
  /** True at the board's own USB: bytes pass as they come, at any rate. */
  readonly #isOwnUsb: boolean;
  #holder: Holder | undefined;
  #opening: Opening | undefined;
  #mark: Mark | undefined;
  /** Everything that is done to the port, one after the other. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(private readonly port: WebSerialPort) {
    const { usbVendorId, usbProductId } = port.getInfo();
    const id = [usbVendorId, usbProductId].map((part) => part?.toString(16).padStart(4, '0')).join(':');
    this.board = boards.find(({ usb }) => usb?.own === id);
    this.#isOwnUsb = this.board !== undefined;
    this.name = usbVendorId === undefined ? 'the port' : `the port ${id}`;
  }

  async open(): Promise<HeldDevice> {
    await this.#inTurn(() => this.#closePort());
    await this.#inTurn(() => this.#openPort(LIKELIEST_RATE));
    const holder: Holder = new Holder(
      {
        write: (bytes) => void this.#write(bytes),
        setBaud: (baud) =>
          this.#inTurn(async () => {
            // Opening it anew may reset the board.
            if (this.#opening?.baud === baud) return;
            await this.#closePort();
            await this.#openPort(baud);
          }),
        close: () => {
          if (this.#holder === holder) this.close();
        },
      },
      { name: this.name, lineKind: 'port', findsRate: !this.#isOwnUsb },
    );
    this.#holder = holder;
    return holder.device;
  }

  close(): void {
    this.#holder = undefined;
    void this.#inTurn(() => this.#closePort());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => {});
    return done;
  }

  async #openPort(baudRate: number): Promise<void> {
    const { port, name } = this;
    try {
      await port.open({ baudRate, bufferSize: BUFFER });
    } catch (cause) {
      throw await explainOpening(name, baudRate, cause as Error);
    }
    const { readable, writable } = port;
    if (!readable || !writable) {
      await port.close().catch(() => {});
      throw new UserError(`${name} closed again at once`, 'plug the board in anew');
    }
    const opening = { baud: baudRate, reader: readable.getReader(), writer: writable.getWriter() };
    this.#opening = opening;
    this.#mark = await markHeld();
    void this.#read(opening);
  }

  /** Any number of times. */
  async #closePort(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    this.#mark?.();
    this.#mark = undefined;
    if (!opening) return;
    // A port that is gone refuses all of it, and is closed.
    await opening.reader.cancel().catch(() => {});
    opening.reader.releaseLock();
    await opening.writer.abort().catch(() => {});
    opening.writer.releaseLock();
    await this.port.close().catch(() => {});
  }

  async #write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      // Bytes are lost while the port is set to another rate, as on any line: the link says them again.
      await this.#opening?.writer.write(bytes);
    } catch {
      // The reader is told of it too.
    }
    this.#holder?.progress({ taken: bytes.length });
  }

  /** Reads until the opening is closed or the port is gone. */
  async #read(opening: Opening): Promise<void> {
    let { reader } = opening;
    for (;;) {
      try {
        const { value, done } = await reader.read();
        if (value) this.#holder?.progress({ taken: 0, answers: value });
        if (done) return this.#end(opening);
      } catch {
        if (this.#opening !== opening) return;
        reader.releaseLock();
        // After a wrong bit, or too many at once, the port has another stream; none where it is gone.
        const { readable } = this.port;
        if (!readable) return this.#end(opening);
        reader = readable.getReader();
        opening = { ...opening, reader };
        this.#opening = opening;
      }
    }
  }

  /** @param opening at its end: by itself, if it is the present one */
  #end(opening: Opening): void {
    if (this.#opening !== opening) return;
    this.#holder?.break(new UserError(`${this.name} disconnected`, 'was the board unplugged or reset?'));
    this.close();
  }
}

async function explainOpening(name: string, baudRate: number, cause: Error): Promise<UserError> {
  const explain = (message: string, hint: string) => new UserError(message, hint, { cause });
  if (cause.name === 'InvalidStateError')
    return explain(`${name} is open in this page already`, 'load the page again');
  if (cause.name === 'TypeError')
    return explain(`${name} cannot run at ${baudRate} baud`, 'choose another port');
  if (await isHeldElsewhere())
    return explain(
      `${name} does not open: another tab of this page trains a board`,
      'close that tab, or choose another board',
    );
  return explain(
    `${name} does not open: ${cause.message}`,
    'is the board plugged in? Close the other program that has it open, a serial monitor perhaps',
  );
}
