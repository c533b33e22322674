import { Argument, type Command, Option } from 'commander';
import { NOTHING } from '../ground/index.js';
import {
  catalogue,
  networkResults,
  type PaperName,
  paperNames,
  QUICK_IMAGES,
  requireNetwork,
} from '../reproduction/index.js';
import { addCheckingFlags } from './checking-flags.js';
import { addDetachedFlag, startDetached } from './detached.js';
import { addDeviceFlags, wholeNumber } from './device-flags.js';
import { modeOf, print, printJson, table } from './output.js';
import { addQueueFlags, checkQueueFlags, refuseDevice, throughQueue } from './queue-flags.js';
import { reproduceExperiments } from './reproduce-experiments.js';
import { folderOf, type ReproduceFlags } from './reproduce-flags.js';
import { reproduceNetworks } from './reproduce-networks.js';

function networkList(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, requireNetwork(wholeNumber(0)(text))];
}

export function addReproduce(program: Command): void {
  const command = program
    .command('reproduce')
    .description('what the papers did, in integers or float64: their tables, figures and claims')
    .addArgument(
      new Argument(
        '[paper]',
        "a paper, all of whose experiments are run; or the first one's table-2, figure-5 (which share their runs), claims",
      ).choices([...paperNames, ...networkResults]),
    )
    .argument('[experiment]', 'one of the paper alone')
    .option('--list', 'the experiments: paper, name, minutes, what they show')
    .optionsGroup('Reproduction:')
    .option('--network <n...>', 'networks of Table 2: 1, 2, 3 (default: all)', networkList)
    .option(
      '--shadow <n...>',
      'networks that train in float64 too, beside the device; hours for 2 and 3 (default: 1)',
      networkList,
    )
    .option('--epochs <n>', "passes over the images (default: the form's)", wholeNumber(1))
    .addOption(new Option('--full', "the authors' whole recipe: hours").conflicts('quick'))
    .option('--quick', 'a few epochs on a few images: minutes (default)')
    .option('--images <n>', 'training images of the quick form', wholeNumber(1), QUICK_IMAGES)
    .addOption(
      new Option('--relaxation <which>', "the paper's Euler steps, or exact layer by layer")
        .choices(['paper', 'fast'])
        .default('paper'),
    )
    .option('--seed <n>', 'seed of all randomness', wholeNumber(0), 1)
    .option('--data <folder>', 'IDX files of 28 × 28 images (default: MNIST)')
    .option('--out <folder>', 'where all of it goes (default: runs/reproduction-<time>)')
    .option(
      '--resume <folder>',
      'go on with a reproduction; finished networks are not run again, --network adds others',
    );
  addQueueFlags(command, 'experiments, or runs,');
  addDetachedFlag(addCheckingFlags(command))
    .option('--quiet', 'say nothing but the result')
    .option('--json', 'one JSON object on standard output');
  addDeviceFlags(command).action(reproduce);
}

async function reproduce(
  paper: string | undefined,
  experiment: string | undefined,
  flags: ReproduceFlags,
  command: Command,
): Promise<void> {
  if (flags.list) return list(flags);
  if (paper === undefined)
    return command.error("error: missing required argument 'paper' (--list tells which there are)");
  const shorthand = networkResults.find((one) => one === paper);
  if (shorthand !== undefined && experiment !== undefined)
    return command.error(`error: ${shorthand} has no experiments: name a paper before ${experiment}`);
  checkQueueFlags(flags);
  if (flags.queue) refuseDevice(flags.device);
  if (flags.detached) return startDetached(flags.resume ?? folderOf(flags), flags);
  const result =
    shorthand ??
    (paper === 'equilibrium-propagation' ? networkResults.find((one) => one === experiment) : undefined);
  await throughQueue(flags, (queued) =>
    result === undefined
      ? // One of its choices, as commander has made sure.
        reproduceExperiments(paper as PaperName, experiment, flags, command, queued)
      : reproduceNetworks(result, command.args.join(' '), flags, command, queued),
  );
}

function list(flags: ReproduceFlags): void {
  if (modeOf(flags) === 'json') {
    printJson(catalogue);
    return;
  }
  const rows = catalogue.map(({ paper, name, minutes, shows }) => [
    paper,
    name,
    String(minutes.quick),
    minutes.full === undefined ? NOTHING : String(minutes.full),
    shows,
  ]);
  print(table(['paper', 'experiment', 'minutes', '--full', 'shows'], rows));
}
