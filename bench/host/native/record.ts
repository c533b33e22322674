/** Records a tape of minibatches from the start or from a saved state: `--from state --span 50 --save tape`. */
import { parseArgs } from 'node:util';
import { UserError } from '#host/ground/errors';
import type { Job } from '#host/kernel/twin-worker';
import { Messages } from '#host/wire/schema';
import { createKernel } from '../ours/kernel-flags.js';
import { loadState } from '../ours/state-file.js';
import { Training } from '../ours/training.js';
import { reportFailure } from '../report-failure.js';
import { readNumber, readTask, recipeOf, taskFlags } from '../task.js';
import { recording, saveTape } from './tape.js';

const options = {
  ...taskFlags,
  from: { type: 'string' },
  span: { type: 'string', default: '50' },
  save: { type: 'string' },
} as const;

await reportFailure(async () => {
  const { values } = parseArgs({ options });
  if (values.save === undefined) throw new UserError('there is no --save', 'name the file of the tape');
  const recipe = recipeOf(readTask(values));
  const kernel = createKernel(recipe, { portable: false });
  const asked: Job[] = [];
  const training = await Training.open(recipe, recording(kernel, asked));
  if (values.from !== undefined) training.restore(loadState(values.from));
  const before = asked.splice(0);
  let samples = 0;
  for (let n = readNumber('span', values.span); n > 0; n--) samples += training.trainNext().samples;
  const minibatches = asked.splice(0);
  // States that are read after the last minibatch were read by its own requests, too.
  const last = minibatches.findLastIndex(({ code }) => code === Messages.train.code);
  const replies = [...before, ...minibatches].map(
    ({ code, payload }) => kernel.executeEncoded(code, payload).payload,
  );
  saveTape(values.save, { samples, before, minibatches, reply: replies[before.length + last] });
  console.log(JSON.stringify({ samples, digest: training.digest.toString(16).padStart(16, '0') }));
});
