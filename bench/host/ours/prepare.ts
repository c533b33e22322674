/** Trains up to a moment, and saves the state there: `--from state --minibatches n --save state`. */
import { parseArgs } from 'node:util';
import { UserError } from '#host/ground/errors';
import { reportFailure } from '../report-failure.js';
import { readNumber, readTask, recipeOf, taskFlags } from '../task.js';
import { createKernel } from './kernel-flags.js';
import { loadState, saveState } from './state-file.js';
import { Training } from './training.js';

const options = {
  ...taskFlags,
  from: { type: 'string' },
  minibatches: { type: 'string', default: '0' },
  save: { type: 'string' },
} as const;

await reportFailure(async () => {
  const { values } = parseArgs({ options });
  if (values.save === undefined) throw new UserError('there is no --save', 'name the file of the state');
  const minibatches = readNumber('minibatches', values.minibatches);
  const recipe = recipeOf(readTask(values));
  const training = await Training.open(recipe, createKernel(recipe, { portable: false }));
  if (values.from !== undefined) training.restore(loadState(values.from));
  while (training.step < minibatches) training.trainNext();
  saveState(values.save, training.snapshot());
  console.log(JSON.stringify({ step: training.step }));
});
