/** A `serialport` port whose other end is a worker thread: a simulated or an emulated device. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { UserError } from '../ground/index.js';
import { BITS_PER_BYTE } from '../link/index.js';
import { mix32, randomWord } from '../model/index.js';
import type { BindingPortInterface, OpenOptions, PortInfo, PortStatus, UpdateOptions } from './contract.js';
import type { DeviceOptions } from './line.js';
import { OneWay } from './one-way.js';

export interface WorkerPortOptions extends OpenOptions, Pick<DeviceOptions, 'paced' | 'chunkSeed'> {}

/** Messages of a worker; the first one says that it is up. The worker is sent chunks of bytes (`Uint8Array`). */
export interface WorkerProgress {
  /** Bytes taken since the last time. */
  readonly taken: number;
  readonly answers?: Uint8Array;
  /** Cycles that an emulated chip has run since its power-up; none pass while it waits for bytes. */
  readonly cycles?: number;
}

/** Bytes under way, each way, beyond which a write waits. */
const BACKLOG = 0x10000;
const LONGEST_CHUNK = 97;

/** The error that the contract asks of operations that closing the port ends. */
class CanceledError extends Error {
  readonly canceled = true;
}

interface Waiter {
  readonly ready: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

function chunkSizes(seed: number | undefined, direction: number): () => number {
  if (seed === undefined) return () => Number.POSITIVE_INFINITY;
  const key = mix32(seed + direction);
  let index = 0;
  return () => 1 + ((randomWord(key, index++) >>> 0) % LONGEST_CHUNK);
}

/** A port whose other end is a worker that tells its `WorkerProgress`. */
export class WorkerPort implements BindingPortInterface {
  readonly openOptions: Required<OpenOptions>;
  isOpen = true;
  readonly #worker: Worker;
  readonly #paced: boolean;
  readonly #toDevice: OneWay;
  readonly #fromDevice: OneWay;
  #baudRate: number;
  /** Written bytes that the device has not run. */
  #untaken = 0;
  #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #waiting: Waiter[] = [];
  #failure: UserError | undefined;

  /** @param worker up and running; the port ends it when it closes */
  constructor(worker: Worker, { paced, chunkSeed, ...options }: WorkerPortOptions) {
    this.openOptions = {
      dataBits: 8,
      lock: true,
      stopBits: 1,
      parity: 'none',
      rtscts: false,
      xon: false,
      xoff: false,
      xany: false,
      hupcl: true,
      ...options,
    };
    this.#worker = worker;
    this.#paced = paced ?? false;
    this.#baudRate = options.baudRate;
    this.#toDevice = new OneWay((bytes) => this.#post(bytes), this.#speed(), chunkSizes(chunkSeed, 0));
    this.#fromDevice = new OneWay((bytes) => this.#arrive(bytes), this.#speed(), chunkSizes(chunkSeed, 1));
    worker.on('message', (progress: WorkerProgress) => this.#hear(progress));
    worker.on('error', (error: Error) => this.#fail(error.message));
    worker.on('exit', () => this.#fail('its worker ended'));
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }> {
    if (length < 1 || buffer.length < offset + length) throw new Error('the buffer is too small');
    await this.#until(() => this.#unread.length > 0);
    const [first] = this.#unread;
    const bytes = first.subarray(0, length);
    buffer.set(bytes, offset);
    if (bytes.length < first.length) this.#unread[0] = first.subarray(bytes.length);
    else this.#unread.shift();
    this.#unreadBytes -= bytes.length;
    this.#settle();
    return { buffer, bytesRead: bytes.length };
  }

  async write(buffer: Buffer): Promise<void> {
    this.#assertRunning();
    this.#untaken += buffer.length;
    // A copy, since sending it to the worker takes the memory from its owner.
    this.#toDevice.push(new Uint8Array(buffer));
    await this.#until(() => this.#untaken <= BACKLOG && this.#unreadBytes + this.#fromDevice.held <= BACKLOG);
  }

  /** Resolves when the device has run everything written. */
  async drain(): Promise<void> {
    this.#assertRunning();
    await this.#until(() => this.#untaken === 0);
  }

  async flush(): Promise<void> {
    this.#assertRunning();
    this.#drop();
    this.#settle();
  }

  async update({ baudRate }: UpdateOptions): Promise<void> {
    this.#assertRunning();
    this.#baudRate = baudRate;
    this.#toDevice.setSpeed(this.#speed());
    this.#fromDevice.setSpeed(this.#speed());
  }

  /** There are no control lines to set. */
  async set(): Promise<void> {
    this.#assertRunning();
  }

  async get(): Promise<PortStatus> {
    this.#assertRunning();
    return { cts: true, dsr: true, dcd: true };
  }

  async getBaudRate(): Promise<{ baudRate: number }> {
    this.#assertRunning();
    return { baudRate: this.#baudRate };
  }

  async close(): Promise<void> {
    if (!this.isOpen) throw new Error('the port is not open');
    this.isOpen = false;
    this.#drop();
    this.#reject(new CanceledError('the port was closed'));
    await this.#worker.terminate();
  }

  #speed(): number {
    return this.#paced ? this.#baudRate / BITS_PER_BYTE : Number.POSITIVE_INFINITY;
  }

  #post(bytes: Uint8Array): void {
    const own = bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
    this.#worker.postMessage(own, [own.buffer as ArrayBuffer]);
  }

  #hear({ taken, answers }: WorkerProgress): void {
    if (!this.isOpen) return;
    this.#untaken -= taken;
    if (answers) this.#fromDevice.push(answers);
    this.#settle();
  }

  #arrive(bytes: Uint8Array): void {
    this.#unread.push(bytes);
    this.#unreadBytes += bytes.length;
    this.#settle();
  }

  #fail(why: string): void {
    if (!this.isOpen || this.#failure) return;
    this.#failure = new UserError(
      `the ${this.openOptions.path} device stopped: ${why}`,
      'its weights are lost; continue from the last checkpoint',
    );
    this.#reject(this.#failure);
  }

  #drop(): void {
    this.#untaken -= this.#toDevice.clear();
    this.#fromDevice.clear();
    this.#unread = [];
    this.#unreadBytes = 0;
  }

  #assertRunning(): void {
    if (!this.isOpen) throw new CanceledError('the port is not open');
    if (this.#failure) throw this.#failure;
  }

  async #until(ready: () => boolean): Promise<void> {
    if (this.isOpen && ready()) return;
    this.#assertRunning();
    await new Promise<void>((resolve, reject) => this.#waiting.push({ ready, resolve, reject }));
  }

  #settle(): void {
    const ready = this.#waiting.filter((waiter) => waiter.ready());
    if (ready.length === 0) return;
    this.#waiting = this.#waiting.filter((waiter) => !ready.includes(waiter));
    for (const { resolve } of ready) resolve();
  }

  #reject(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** Starts a device's worker. Resolves when it is up; rejects with the error it ended with. */
export async function startWorker(script: URL, machine: object): Promise<Worker> {
  // Flags of this process (`--input-type`, say) are not meant for the worker.
  const worker = new Worker(script, { workerData: machine, execArgv: [] });
  await once(worker, 'message');
  return worker;
}

/** How a binding lists the one port it has. */
export function describePort(path: string): PortInfo {
  const unknown = undefined;
  return {
    path,
    manufacturer: unknown,
    serialNumber: unknown,
    pnpId: unknown,
    locationId: unknown,
    productId: unknown,
    vendorId: unknown,
  };
}
