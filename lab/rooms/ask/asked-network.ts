/** A network that is asked, from the page. */

import type { AskableModel } from '#host/export/index.js';
import { UserError } from '#host/ground/index.js';
import type { Trained } from '#host/prediction/index.js';
import { Worker } from '../../browser/worker-threads.js';
import type { Answer, AskedNews } from '../../engine/asked.js';
import script from '../../engine/asked.ts?worker&url';

export type Asked = Pick<AskableModel, 'recipe' | 'picture' | 'graph' | 'formats' | 'weights' | 'biases'> & {
  /** Hexadecimal. */
  readonly digest: string;
  readonly step: number;
  readonly classNames?: readonly string[] | undefined;
};

export class AskedNetwork {
  readonly #worker: Worker;
  /** The image that waits until the one before it is answered. */
  #next: Uint8Array | undefined;
  #isBusy = false;

  private constructor(
    readonly network: Asked,
    worker: Worker,
    private readonly hear: (answer: Answer) => void,
  ) {
    this.#worker = worker;
  }

  /**
   * @param hear told the newest image's answer; those that a newer one overtakes have none
   * @throws `UserError` where the parameters have not the digest, or the network is none
   */
  static open(network: Asked, hear: (answer: Answer) => void): Promise<AskedNetwork> {
    const { recipe, picture, weights, biases, digest, step, classNames } = network;
    const trained: Trained = {
      state: { recipe, picture, position: { digest, step }, ...(classNames && { classNames }) },
      parameters: { weights, biases },
    };
    const worker = new Worker(new URL(script, import.meta.url), { workerData: trained });
    return new Promise((resolve, reject) => {
      const asked = new AskedNetwork(network, worker, hear);
      const fail = (message: string) => {
        void worker.terminate();
        reject(new UserError(message));
      };
      worker.on('error', ({ message }) => fail(message));
      worker.on('message', (news: AskedNews) => {
        if (news.kind === 'ready') resolve(asked);
        else if (news.kind === 'failed') fail(news.message);
        else asked.#take(news.answer);
      });
    });
  }

  /** @param image a byte an input */
  ask(image: Uint8Array): void {
    this.#next = image.slice();
    this.#send();
  }

  close(): void {
    void this.#worker.terminate();
  }

  #take(answer: Answer): void {
    this.#isBusy = false;
    this.hear(answer);
    this.#send();
  }

  #send(): void {
    if (this.#isBusy || !this.#next) return;
    this.#isBusy = true;
    this.#worker.postMessage(this.#next);
    this.#next = undefined;
  }
}
