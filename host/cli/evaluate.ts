import type { Command } from 'commander';
import { count, inPercent } from '../ground/index.js';
import { evaluateRun } from '../runs/index.js';
import { addDeviceFlags, type DeviceFlags, deviceOf } from './device-flags.js';
import { interruptible } from './interruption.js';
import { modeOf, type OutputFlags, print, printJson, say } from './output.js';
import { ProgressDisplay } from './progress-display.js';

interface EvaluateFlags extends DeviceFlags, OutputFlags {
  readonly data?: string;
  readonly set: 'test' | 'training';
}

export function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .description('load a run onto a device and predict, every reply checked')
    .argument('<run>', "a run's folder")
    .option('--set <set>', 'test or training set', 'test')
    .option('--data <path>', "other data of the same form, scaled as the run's were (default: the run's)")
    .option('--quiet', 'say nothing but the result')
    .option('--json', 'one JSON object on standard output');
  addDeviceFlags(command).action(evaluate);
}

async function evaluate(folder: string, flags: EvaluateFlags): Promise<void> {
  const mode = modeOf(flags);
  const display = new ProgressDisplay(mode);
  const work = () =>
    evaluateRun(folder, deviceOf(flags), flags.set, flags.data, (progress) => display.progress(progress));
  const { note, ...outcome } = await interruptible(() => undefined, work).finally(() => display.stop());
  if (note) say(note);
  if (mode === 'json') printJson(outcome);
  else
    print(
      `${outcome.set}: ${count(outcome.wrong)} of ${count(outcome.samples)} wrong, ${inPercent(outcome.error)}, from a zero start; ${count(outcome.checked)} replies equal`,
    );
}
