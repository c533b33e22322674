/** A network that answers, in a thread of its own: the kernel's own predictions, to the bits of a device. */
import { reasonOf, UserError } from '#host/ground/index.js';
import { Model, type Prediction, type Trained } from '#host/prediction/index.js';
import { parentPort, workerData } from '../browser/worker-threads.js';

/** An answer to an image, and the states behind it: 0 to 1, layer by layer, the outputs' last. */
export interface Answer extends Prediction {
  readonly states: readonly number[];
}

export type AskedNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly message: string };

const port = parentPort;
if (!port) throw new Error('a network is asked in a worker');
const tell = (news: AskedNews) => port.postMessage(news);

try {
  const model = new Model(workerData as Trained);
  port.on('message', (image: Uint8Array) => {
    tell({ kind: 'answer', answer: { ...model.predictInputs(image), states: model.states() } });
  });
  tell({ kind: 'ready' });
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  tell({ kind: 'failed', message: reasonOf(error) });
}
