/** *Train here*: a network learns in this page, and its twin beside it. */
import { checkRecipe, readPreset } from '#host/model/index.js';
import { loadMnist } from '../../data/mnist.js';
import { startEngine } from '../../engine/engine.js';
import type { Room } from '../room.js';

export const room: Room = {
  open(place) {
    const heading = document.createElement('h1');
    heading.textContent = 'Train here';
    const output = document.createElement('pre');
    place.append(heading, output);
    const { values, source } = readPreset('tiny');
    const recipe = checkRecipe({ ...values, training: '0..10000', epochs: 1 }, source);
    let close = async () => {};
    void loadMnist().then((dataset) => {
      const engine = startEngine({ recipe, dataset, device: { kind: 'simulated', threads: 1 } }, (news) => {
        if (news.kind === 'standing' || news.kind === 'finished')
          output.textContent = JSON.stringify(news.standing, null, 1);
        if (news.kind === 'failed') output.textContent = news.message;
        if (news.kind === 'finished') output.textContent += JSON.stringify(news.evaluations);
      });
      close = engine.close;
    });
    return () => void close();
  },
};
