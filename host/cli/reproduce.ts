import { Argument, type Command, Option } from 'commander';
import { UserError } from '../ground/index.js';
import type { Claim, Table } from '../reproduction/index.js';
import {
  describeForm,
  errorTable,
  hyperparameterTable,
  measureClaims,
  networkNumbers,
  planNetworks,
  QUICK_IMAGES,
  type Reproduction,
  type ReproductionEvents,
  ReproductionFolder,
  readClaims,
  readOutcome,
  requireImages,
  requireNetwork,
  resultTable,
  runNetworks,
  writeResults,
} from '../reproduction/index.js';
import { parseLevel } from '../verification/index.js';
import { addCheckingFlags } from './checking-flags.js';
import { addDetachedFlag, type DetachedFlags, startDetached } from './detached.js';
import { addDeviceFlags, type DeviceFlags, deviceOf, wholeNumber } from './device-flags.js';
import { freshFolder } from './fresh-folder.js';
import { interruptedStatus, interruptible } from './interruption.js';
import { modeOf, type OutputFlags, print, printJson, say, styled, table } from './output.js';
import { ProgressDisplay } from './progress-display.js';
import { refuseGivenFlags } from './recipe-flags.js';
import { resumeCommand } from './resume-hint.js';

const WHAT = ['table-2', 'figure-5', 'claims'] as const;

interface ReproduceFlags extends DeviceFlags, DetachedFlags, OutputFlags {
  readonly network?: readonly number[];
  readonly shadow?: readonly number[];
  readonly epochs?: number;
  readonly full?: true;
  readonly relaxation: 'paper' | 'fast';
  readonly images: number;
  readonly seed: number;
  readonly data?: string;
  readonly verify: string;
  readonly checkpointInterval: number;
}

function networkList(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, requireNetwork(wholeNumber(0)(text))];
}

export function addReproduce(program: Command): void {
  const command = program
    .command('reproduce')
    .description('what the paper did, in integers: its Table 2, its Figure 5, its claims')
    .addArgument(new Argument('<what>', 'table-2 and figure-5 share their runs').choices(WHAT))
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
  addDetachedFlag(addCheckingFlags(command))
    .option('--quiet', 'say nothing but the result')
    .option('--json', 'one JSON object on standard output');
  addDeviceFlags(command).action(reproduce);
}

async function reproduce(
  what: (typeof WHAT)[number],
  flags: ReproduceFlags,
  command: Command,
): Promise<void> {
  if (flags.detached) return startDetached(flags.resume ?? folderOf(flags), flags);
  const mode = modeOf(flags);
  if (what === 'claims' && flags.full)
    throw new UserError('the claims have no full form', 'more --images and --epochs make them stronger');
  if (what === 'claims' && flags.shadow)
    throw new UserError('the claims have no shadow', 'leave --shadow out; table-2 and figure-5 take it');
  const folder = await openFolder(flags, command);
  const display = new ProgressDisplay(mode === 'json' ? 'quiet' : mode);
  const numbers = flags.network ?? [];
  const conditions = {
    device: deviceOf(flags),
    checkpointInterval: flags.checkpointInterval * 1000,
    verification: parseLevel(flags.verify),
  };
  const work = (signal: AbortSignal, started: () => void) => {
    const events: ReproductionEvents = {
      onRun: (title, skipped) => {
        display.stop();
        if (mode === 'normal') say(`${styled('bold', title)}${skipped ? ': finished before' : ''}`);
      },
      onStart: ({ note }) => {
        started();
        if (note) say(styled('yellow', `note: ${note}`));
      },
      onProgress: (progress) => display.progress(progress),
      onMetrics: (metrics) => display.metrics(metrics),
      onLost: (loss) => display.lost(loss),
    };
    return what === 'claims'
      ? measureClaims(folder, numbers, conditions, events, signal)
      : runNetworks(folder, numbers, flags.shadow ?? [1], conditions, events, signal);
  };
  const finished = await interruptible((cause) => display.interrupted(cause), work).finally(() =>
    display.stop(),
  );
  const reproduction = readOutcome(folder);
  const { report, figure } = writeResults(folder, reproduction);
  if (!finished) {
    const goOn = resumeCommand(command, `reproduce ${what}`, folder.path, ['network', 'shadow']);
    say('stopped, everything saved; go on with:', goOn);
    process.exitCode = interruptedStatus();
    return;
  }
  if (mode === 'json') printJson(what === 'claims' ? readClaims(folder) : reproduction);
  else if (what === 'claims') {
    print(`\n${describeForm(reproduction)}`);
    printClaims(readClaims(folder), report);
  } else {
    print(`\n${describeForm(reproduction)}\n`);
    for (const one of shown(what, reproduction)) printTable(one);
    if (what === 'figure-5') print('figure  ', figure);
    print('report  ', report);
  }
}

function printTable({ title, head, rows }: Table): void {
  print(`${title}\n${table(head, rows)}\n`);
}

function printClaims(claims: readonly Claim[], report: string): void {
  for (const { title, verdict, holds, tables } of claims) {
    print(
      `\n${styled('bold', title, process.stdout)}: ${holds ? 'holds here' : 'does not hold here'}\n${verdict}\n`,
    );
    for (const one of tables) printTable(one);
  }
  print('report  ', report);
}

async function openFolder(flags: ReproduceFlags, command: Command): Promise<ReproductionFolder> {
  const { network = [], shadow = [], epochs, full, relaxation, images, seed, data, resume } = flags;
  if (network.length > 0) requireTrained(shadow, network);
  if (resume !== undefined) {
    refuseGivenFlags(command, ['out', 'full', 'quick', 'relaxation', 'images', 'seed', 'data']);
    const folder = ReproductionFolder.open(resume, network, epochs);
    if (network.length === 0)
      requireTrained(
        shadow,
        folder.networks.map(({ number }) => number),
      );
    return folder;
  }
  const form = full ? 'full' : 'quick';
  const networks = planNetworks({ form, relaxation }, network.length > 0 ? network : networkNumbers, epochs);
  const settings = { form, relaxation, seed, images, ...(data !== undefined && { data }) } as const;
  // Before the folder is claimed: corrected, the same command may name it again.
  await requireImages(settings, networks);
  return ReproductionFolder.create(folderOf(flags), settings, networks);
}

function folderOf({ out }: ReproduceFlags): string {
  return out ?? freshFolder('runs', 'reproduction');
}

/** A shadow trains beside its network alone. */
function requireTrained(shadow: readonly number[], trained: readonly number[]): void {
  const alone = shadow.find((number) => !trained.includes(number));
  if (alone !== undefined)
    throw new UserError(
      `--shadow ${alone}: network ${alone} is not trained here`,
      `name it with --network too, or shadow one of these: ${trained.join(', ')}`,
    );
}

function shown(what: 'table-2' | 'figure-5', reproduction: Reproduction): readonly Table[] {
  if (what === 'figure-5') return reproduction.networks.map(errorTable);
  return [hyperparameterTable(reproduction), resultTable(reproduction)];
}
