import type { Command } from 'commander';
import { loadDataset } from '../data/index.js';
import { count, decimals, hexadecimal, NOTHING, powerOfTwo } from '../ground/index.js';
import { verifyLockstep } from '../runs/index.js';
import { addDataFlags, type DataFlags } from './data-flags.js';
import { addDeviceFlags, type DeviceFlags, deviceOf, wholeNumber } from './device-flags.js';
import { interruptible } from './interruption.js';
import { dataOf, learntRecipe, runOf } from './learnt.js';
import { modeOf, type OutputFlags, print, printJson, say, table } from './output.js';
import { ProgressDisplay } from './progress-display.js';
import { addRecipeFlags, recipeOf } from './recipe-flags.js';

interface VerifyFlags extends DataFlags, DeviceFlags, OutputFlags, Readonly<Record<string, unknown>> {
  readonly preset: string;
  readonly minibatches: number;
  readonly from?: string;
}

export function addVerify(program: Command): void {
  const command = program
    .command('verify')
    .description(
      'train a few minibatches in lockstep with the dense twin and the reference; a table per stage',
    )
    .optionsGroup('Verification:')
    .option('--minibatches <n>', 'how many', wholeNumber(1), 50)
    .option('--from <run>', 'begin with the weights, and by the recipe, of another run')
    .option('--quiet', 'say nothing but the result')
    .option('--json', 'one JSON object on standard output');
  addDataFlags(command);
  addDeviceFlags(command);
  addRecipeFlags(command, 'demo').action(verify);
}

async function verify(flags: VerifyFlags, command: Command): Promise<void> {
  const mode = modeOf(flags);
  const { from } = flags;
  const before = runOf(flags);
  const isLearnt = before && command.getOptionValueSource('preset') !== 'cli';
  const { recipe } = isLearnt ? learntRecipe(flags, before) : recipeOf(flags);
  const { data, reading, known } = dataOf(flags, before);
  const display = new ProgressDisplay(mode);
  const { minibatches } = flags;
  const work = async () => {
    const dataset = await loadDataset(data, reading, known);
    if (mode === 'normal')
      say(
        `${recipe.network} on ${dataset.name}, ${minibatches} minibatches beside the dense twin and the reference`,
      );
    const tell = (done: number) => display.advance('verifying', { done, total: minibatches });
    return verifyLockstep(recipe, dataset, deviceOf(flags), minibatches, tell, from);
  };
  const outcome = await interruptible(() => undefined, work).finally(() => display.stop());
  if (mode === 'json') {
    printJson(outcome);
    return;
  }
  if (mode === 'normal')
    say(
      `${recipe.network}, ${outcome.samples} examples in ${minibatches} minibatches on ${outcome.deviceName}\n`,
    );
  print(
    table(
      ['stage', 'compared with', 'equal', 'RMS', 'median', 'worst'],
      [
        [
          'replies and digests',
          'dense twin',
          `${count(outcome.replies)} of ${count(outcome.replies)}`,
          '0',
          '0',
          '0',
        ],
        [
          'parameters, read back',
          'dense twin',
          `${count(outcome.parameters)} of ${count(outcome.parameters)}`,
          '0',
          '0',
          '0',
        ],
        ...outcome.stages.map(({ name, rms, median, worst }) => [
          name,
          'float64 reference',
          NOTHING,
          powerOfTwo(rms),
          powerOfTwo(median),
          powerOfTwo(worst),
        ]),
      ],
    ),
  );
  print('');
  print(
    `contrasts: cosine ${outcome.contrastCosines.map((value) => decimals(value ?? undefined, 6)).join(', ')}, input connection first`,
  );
  print(`predictions: ${outcome.predictionsAgree} of ${outcome.samples} agree with the reference`);
  print(
    `fixed points: ${outcome.elsewhere} of ${outcome.samples} examples settled in another one than the reference`,
  );
  const { needed, arena, stackUsed, stackSize } = outcome.memory;
  const stack = stackSize > 0 ? `, stack ${count(stackUsed)} of ${count(stackSize)}` : '';
  print(
    `memory: arena ${count(needed)} of ${count(arena)} bytes${stack}; digest ${hexadecimal(outcome.digest)}`,
  );
}
