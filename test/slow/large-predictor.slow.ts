/** A network that fills nine tenths of a Pico's flash, seven times its RAM: it predicts there as the host does. */
import { statSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { deployedFrom } from '#host/deploy/deployed';
import { readBoard } from '#host/firmware/board';
import { decimals } from '#host/ground/index';
import { Model } from '#host/prediction/model';
import { exampleOf, savedRun } from '../deploy/deployed.js';
import { talkTo, writeImage } from '../deploy/standalone.js';
import { temporaryFolder } from '../runs/small-data.js';

const temporary = temporaryFolder();
afterAll(() => temporary.remove());

test('784-1190-10', async () => {
  const saved = savedRun({
    settings: { network: '784-1190-10', relaxation: 'exact', minibatch: 4, rates: [0.2, 0.1] },
    picture: { rows: 28, columns: 28 },
  });
  const board = readBoard('pico');
  const image = await writeImage(deployedFrom(saved), board, temporary.path);
  expect(statSync(image).size / board.flash.size).toBeGreaterThan(0.9);
  const model = new Model(saved);
  const talk = await talkTo(board, image);
  try {
    await talk.hear();
    for (let n = 0; n < 3; n++) {
      const { inputs } = exampleOf(3000 + n, 784, 10);
      const { class: name, score } = model.predict(inputs);
      expect(await talk.ask(inputs.join(','))).toBe(`${name} ${decimals(score, 3)}`);
    }
  } finally {
    await talk.close();
  }
}, 600_000);
