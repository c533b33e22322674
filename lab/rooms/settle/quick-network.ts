/** A network for a page on which none has learnt yet. */
import { UserError } from '#host/ground/index.js';
import { checkRecipe, pictured, readPreset } from '#host/model/index.js';
import { loadMnist } from '../../data/mnist.js';
import { startEngine } from '../../engine/engine.js';
import { keepLearnt, type Learnt } from '../../page/learnt.js';

const PRESET = 'tiny';

/** One epoch of the smallest preset: a second or two. Rejects with the reason why not. */
export async function quickNetwork(signal: AbortSignal): Promise<Learnt> {
  const dataset = await loadMnist();
  signal.throwIfAborted();
  const { values, source } = readPreset(PRESET);
  const recipe = checkRecipe({ ...values, epochs: 1, training: `0..${dataset.training.count}` }, source);
  return new Promise((resolve, reject) => {
    const engine = startEngine({ recipe, dataset, device: { kind: 'simulated', threads: 1 } }, (news) => {
      if (news.kind === 'failed') reject(new UserError(news.message, news.hint));
      if (news.kind !== 'finished') return;
      const { parameters, standing } = news;
      const learnt = { recipe: pictured(recipe, dataset), parameters, digest: standing.digest };
      keepLearnt(learnt);
      resolve(learnt);
    });
    signal.addEventListener('abort', () => void engine.close());
  });
}
