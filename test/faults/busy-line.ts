/** The kernel in this thread, as a device that takes its time over a minibatch and meanwhile hears into a ring. */
import { Duplex } from 'node:stream';
import type { DeviceLine } from '#host/devices/index';
import { lineOver } from '#host/devices/line';
import { hostModule, Kernel } from '#host/kernel/index';
import { decodeFrame } from '#host/link/index';
import { Messages, REPLY } from '#host/wire/index';

export interface BusyOptions {
  readonly window: number;
  /** Milliseconds over a TRAIN. */
  readonly train: number;
  /** Told when a TRAIN is done. */
  readonly onTrained?: () => void;
}

const ARENA = 1 << 20;
const module = hostModule();

/** A device and how long it has worked, in milliseconds. */
export class BusyDevice {
  worked = 0;
  /** Most bytes that waited in the ring. */
  fullest = 0;
  #waiting: Buffer = Buffer.alloc(0);
  #isBusy = false;
  /** True while the kernel may have more to do than it has heard of since. */
  #isLeft = false;
  #step = 0;
  readonly #kernel: Kernel;
  readonly #stream: Duplex;

  constructor(private readonly options: BusyOptions) {
    this.#kernel = new Kernel(ARENA, options.window, module);
    this.#stream = new Duplex({
      read: () => undefined,
      write: (bytes: Buffer, _, done) => {
        this.#waiting = Buffer.concat([this.#waiting, bytes]);
        this.#work();
        this.fullest = Math.max(this.fullest, this.#waiting.length);
        done();
      },
    });
  }

  readonly open = async (): Promise<DeviceLine> => lineOver('busy', this.#stream);

  #isNewTraining(answer: Uint8Array): boolean {
    const frame = decodeFrame(answer.subarray(0, -1));
    if (frame?.type !== (Messages.train.code | REPLY)) return false;
    const { step } = Messages.train.reply.decode(frame.payload);
    const isNew = step > this.#step;
    if (isNew) this.#step = step;
    return isNew;
  }

  #work(): void {
    while (!this.#isBusy) {
      const end = this.#waiting.indexOf(0);
      if (end < 0 && !this.#isLeft) return;
      // The rest waits for no frame: an empty one makes the kernel go on.
      const frame = end < 0 ? Buffer.of(0) : this.#waiting.subarray(0, end + 1);
      this.#waiting = this.#waiting.subarray(end + 1);
      this.#hear(frame);
    }
  }

  /** Up to the next minibatch: before another, what comes during it is heard. */
  #hear(frame: Buffer): void {
    const began = performance.now();
    this.#isLeft = false;
    this.#kernel.feed(
      frame,
      (answer) => {
        if (this.#isNewTraining(answer)) this.#train(answer, began);
        else this.#stream.push(Buffer.from(answer));
      },
      () => this.#isBusy || this.#waiting.includes(0),
    );
  }

  #train(answer: Uint8Array, began: number): void {
    this.#isBusy = true;
    this.#isLeft = true;
    const reply = Buffer.from(answer);
    // The time of computing here is part of what it takes there.
    const left = this.options.train - (performance.now() - began);
    setTimeout(() => {
      this.worked += performance.now() - began;
      this.#stream.push(reply);
      this.options.onTrained?.();
      this.#isBusy = false;
      this.#work();
    }, left);
  }
}
