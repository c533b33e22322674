/** The kernel in this thread, as a device that takes its time over a minibatch and meanwhile hears into a ring. */
import { Duplex } from 'node:stream';
import { type DeviceLine, lineOver } from '#host/devices/line';
import { hostModule, Kernel } from '#host/kernel/kernel';
import { decodeFrame } from '#host/link/frame';
import { Messages, REPLY } from '#host/link/schema';

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

  #isNewTraining(answer: Buffer): boolean {
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
      if (end < 0) return;
      const frame = this.#waiting.subarray(0, end + 1);
      this.#waiting = this.#waiting.subarray(end + 1);
      const began = performance.now();
      const answers: Buffer[] = [];
      this.#kernel.feed(frame, (answer) => answers.push(Buffer.from(answer)));
      this.#tell(answers, began);
    }
  }

  /** Requests that were held may have run with the last one: each answer in its time. A repeated reply takes none. */
  #tell(answers: readonly Buffer[], began: number): void {
    const training = answers.findIndex((answer) => this.#isNewTraining(answer));
    this.#isBusy = training >= 0;
    for (const answer of this.#isBusy ? answers.slice(0, training) : answers) this.#stream.push(answer);
    if (!this.#isBusy) return;
    // What computing took here is part of what it takes there.
    const left = this.options.train - (performance.now() - began);
    setTimeout(() => {
      this.worked += performance.now() - began;
      this.#stream.push(answers[training]);
      this.options.onTrained?.();
      this.#tell(answers.slice(training + 1), performance.now());
      this.#work();
    }, left);
  }
}
