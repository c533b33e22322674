/** A Raspberry Pi Pico in a worker: the firmware that boards run, in rp2040js, from its power-up on. */
import type { Rp2040Machine } from '#host/devices/rp2040.js';
import script from '#host/devices/rp2040-worker.js?worker&url';
import type { WorkerProgress } from '#host/devices/worker-port.js';
import { UserError } from '#host/ground/index.js';
import type { HeldDevice } from '../../browser/held-line.js';
import { Holder } from '../../browser/holder.js';
import { Worker } from '../../browser/worker-threads.js';
import { boards, flashOf, type KnownBoard } from '../../data/boards.js';
import type { BoardSource } from '../../page/board-bench.js';

/** The board that is emulated; undefined where the site has no firmware of it. */
export const emulated = boards.find((board) => flashOf(board) !== undefined);

export class EmulatedPico implements BoardSource {
  readonly board: KnownBoard;
  cycles = 0;
  #worker: Worker | undefined;
  #holder: Holder | undefined;

  constructor(board: KnownBoard) {
    this.board = board;
  }

  async open(): Promise<HeldDevice> {
    this.close();
    const machine: Rp2040Machine = { flash: await fetchFlash(this.board), line: 'uart' };
    const worker = new Worker(new URL(script, import.meta.url), { workerData: machine });
    const holder = new Holder(
      {
        write: (bytes) => worker.postMessage(bytes, [bytes.buffer]),
        close: () => void worker.terminate(),
      },
      { name: this.board.id },
    );
    worker.on('message', (progress: WorkerProgress) => {
      this.cycles = progress.cycles ?? this.cycles;
      holder.progress(progress);
    });
    worker.on('error', ({ message }) => holder.break(new UserError(`the emulator stopped: ${message}`)));
    this.#worker = worker;
    this.#holder = holder;
    return holder.device;
  }

  unplug(): void {
    this.close();
    this.#holder?.break(
      new UserError(
        `the ${this.board.name} was unplugged`,
        'its weights are lost; the twin’s of the last checkpoint are kept',
      ),
    );
  }

  close(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }
}

async function fetchFlash(board: KnownBoard): Promise<Uint8Array> {
  const address = flashOf(board);
  if (address === undefined) throw new UserError(`this site has no firmware for the ${board.name}`);
  const response = await fetch(new URL(address, import.meta.url));
  if (!response.ok)
    throw new UserError(
      `the firmware was not there: ${response.status} ${response.statusText}`,
      'load the page again',
    );
  return new Uint8Array(await response.arrayBuffer());
}
