import type { Command } from 'commander';
import { loadDataset } from '../data/index.js';
import { boardNamed, planMemory } from '../firmware/index.js';
import {
  count,
  duration,
  inPercent,
  memory,
  percent,
  powerOfTwo,
  several,
  significant,
  UserError,
} from '../ground/index.js';
import { kernelName } from '../kernel/index.js';
import { type Recipe, tunedFor } from '../model/index.js';
import {
  type RunEvents,
  type RunLog,
  type RunOptions,
  type RunResult,
  type RunStart,
  readLog,
  resumeRun,
  startRun,
  writeRunReport,
} from '../runs/index.js';
import { fittedRecipe, withAutomaticRates } from '../training/index.js';
import { parseLevel } from '../verification/index.js';
import { addCheckingFlags } from './checking-flags.js';
import { addDataFlags, type DataFlags, READING_FLAGS } from './data-flags.js';
import { addDetachedFlag, type DetachedFlags, startDetached } from './detached.js';
import { addDeviceFlags, type DeviceFlags, deviceOf, positiveNumber, wholeNumber } from './device-flags.js';
import { Exit } from './exit-status.js';
import { freshFolder, titleOf } from './fresh-folder.js';
import { interruptedStatus, interruptible } from './interruption.js';
import { dataOf, learntRecipe, runOf } from './learnt.js';
import { type Mode, modeOf, type OutputFlags, print, say, styled, table } from './output.js';
import { ProgressDisplay } from './progress-display.js';
import { addRecipeFlags, givenIn, type NamedRecipe, recipeOf, refuseDecidedFlags } from './recipe-flags.js';
import { resumeCommand } from './resume-hint.js';
import { addWatchFlag, Watcher, type WatchFlag } from './watcher.js';

interface TrainFlags
  extends DataFlags,
    DeviceFlags,
    DetachedFlags,
    OutputFlags,
    WatchFlag,
    Readonly<Record<string, unknown>> {
  readonly preset: string;
  readonly shadow?: true;
  readonly compareEvery: number;
  readonly checkpointInterval: number;
  readonly verify: string;
  readonly autoRates?: number;
  readonly from?: string;
  readonly strict?: true;
}

export function addTrain(program: Command): void {
  const command = program
    .command('train')
    .description('train a device, its replies checked bit for bit')
    .optionsGroup('Run:')
    .option('--out <folder>', "the run's folder (default: runs/<preset>-<time>)")
    .option(
      '--resume <folder>',
      'go on with a run, bit for bit; beside it only --epochs, to train longer, --data and --test, if the files were moved, and the options of device and output',
    )
    .option(
      '--from <run>',
      "begin with the weights that another run has learnt; recipe and data are that run's, where no flag names others",
    )
    .option(
      '--auto-rates <rate>',
      "rates by the paper's rule: the input's connection learns at this one, the others so that a minibatch changes each as much, relative to its weights",
      positiveNumber,
    )
    .option('--shadow', 'train the float64 reference beside the device, with weights of its own')
    .option(
      '--compare-every <n>',
      "minibatches between comparisons with the reference from the device's weights, 0 for none",
      wholeNumber(0),
      250,
    );
  addWatchFlag(addDetachedFlag(addCheckingFlags(command)))
    .option('--strict', 'end at the first symptom of a run that does not learn, with exit status 4')
    .option('--quiet', 'say nothing but the result')
    .option('--json', 'metrics as JSON lines on standard output');
  addDataFlags(command);
  addDeviceFlags(command);
  addRecipeFlags(command, 'demo').action(train);
}

async function train(given: TrainFlags, command: Command): Promise<void> {
  const { data, autoRates, from } = given;
  const isOpen = autoRates === undefined && command.getOptionValueSource('preset') !== 'cli';
  const preset = from !== undefined ? LEARNT : data !== undefined ? FITTED : given.preset;
  const flags = isOpen ? { ...given, preset } : given;
  if (flags.resume !== undefined)
    refuseDecidedFlags(
      command,
      [
        'out',
        'from',
        'shadow',
        'compareEvery',
        'autoRates',
        ...READING_FLAGS.filter((flag) => flag !== 'test'),
      ],
      ['epochs'],
    );
  if (flags.detached) return startDetached(folderOf(flags), flags);
  const mode = modeOf(flags);
  const display = new ProgressDisplay(mode);
  const watcher = new Watcher(flags, mode !== 'normal');
  const work = (signal: AbortSignal, started: () => void) => {
    const events: RunEvents = {
      onStart: (start) => {
        started();
        if (mode === 'normal') introduce(start, flags.verify);
        if (mode === 'normal' && flags.resume === undefined) sayIfUntuned(flags.preset, start.dataset.name);
        if (start.note) say(styled('yellow', `note     ${start.note}`));
        watcher.begin(start.folder);
      },
      onProgress: (progress) => display.progress(progress),
      onMetrics: (metrics) => display.metrics(metrics),
      onLost: (loss) => display.lost(loss),
    };
    return run(flags, events, signal);
  };
  try {
    const result = await interruptible((cause) => display.interrupted(cause), work).finally(() =>
      display.stop(),
    );
    // A run keeps where its data is; where that was moved, only the command line says so.
    const moved = flags.resume === undefined ? [] : ['data', 'test'];
    conclude(result, mode, resumeCommand(command, 'train', result.folder.path, moved));
    if (!result.finished) process.exitCode = result.endedBy ? Exit.symptom : interruptedStatus();
  } finally {
    await watcher.end();
  }
}

/** The run's folder; of a new one where none is named, by when it begins. */
function folderOf({ out, resume, preset }: TrainFlags): string {
  return resume ?? out ?? freshFolder('runs', titleOf(preset));
}

async function run(flags: TrainFlags, events: RunEvents, signal: AbortSignal): Promise<RunResult> {
  const conditions = {
    device: deviceOf(flags),
    checkpointInterval: flags.checkpointInterval * 1000,
    verification: parseLevel(flags.verify),
    strict: flags.strict ?? false,
  };
  if (flags.resume !== undefined) {
    const epochs = flags.epochs === undefined ? undefined : Number(flags.epochs);
    return resumeRun(
      { folder: flags.resume, movedData: flags.data, movedTest: flags.test, epochs, ...conditions },
      events,
      signal,
    );
  }
  const options = {
    ...(await planFrom(flags)),
    ...(flags.from !== undefined && { from: flags.from }),
    ...conditions,
    folder: folderOf(flags),
    shadow: flags.shadow ?? false,
    compareEvery: flags.compareEvery,
  };
  return startRun(options, events, signal);
}

/** Returns whether a board has room for a recipe; a device that is no board tells when it is asked. */
function roomOf({ device }: TrainFlags): (recipe: Recipe) => boolean {
  const named = boardNamed(device);
  return (recipe) => !named || planMemory(named.board, recipe).fits;
}

/** The names of a recipe that comes from the data, and of one that comes from the run whose weights are taken. */
const FITTED = 'fitted';
const LEARNT = 'learnt';

/**
 * The data, and the recipe that the flags spell, or, fitted, one that comes from the data; rates that must be measured are plain
 * numbers in it.
 */
async function planFrom(flags: TrainFlags): Promise<NamedRecipe & Pick<RunOptions, 'data'>> {
  const { autoRates, rates, preset: name } = flags;
  const before = runOf(flags);
  const load = () => {
    const { data, reading, known } = dataOf(flags, before);
    return loadDataset(data, reading, known);
  };
  if (before && autoRates !== undefined)
    throw new UserError(
      '--auto-rates beside --from',
      'they are measured at weights that are drawn: give --rates',
    );
  if (before && name === LEARNT) return { ...learntRecipe(flags, before), data: await load() };
  if (name === FITTED) {
    const data = await load();
    return { recipe: fittedRecipe(data, givenIn(flags), roomOf(flags)), preset: name, data };
  }
  if (autoRates === undefined) {
    // A recipe that is none is told before the data are read.
    const named = recipeOf(flags);
    return { ...named, data: await load() };
  }
  if (rates !== undefined)
    throw new UserError('--rates beside --auto-rates', 'give the rates, or have them measured, not both');
  const { recipe, preset } = recipeOf(flags, (connections) => ({
    rates: new Array<number>(connections).fill(autoRates),
  }));
  const data = await load();
  return { recipe: withAutomaticRates(recipe, autoRates, data), preset, data };
}

/** Descriptions of the verification levels; the others are sampled. */
const CHECKS: Readonly<Record<string, string>> = {
  all: 'every reply is checked bit for bit, and every parameter at every epoch',
  digest: 'every reply is checked bit for bit',
  off: 'no reply is checked',
};

function introduce(
  { recipe, dataset, deviceName, hello, baud, folder, step, from }: RunStart,
  level: string,
): void {
  const kernel = kernelName(hello.kernel);
  say(
    `${styled('bold', `${recipe.network} on ${dataset.name}`)}, ${several(recipe.epochs, 'epoch')}, seed ${recipe.seed}`,
  );
  const rate = baud === undefined ? '' : ` at ${count(baud)} baud`;
  say(`device   ${deviceName}${rate}, kernel ${kernel}, ${memory(hello.arena)} of arena`);
  const checks = CHECKS[level] ?? `one minibatch in ${level.slice('every='.length)} is checked bit for bit`;
  say(`formats  weights ${recipe.weights}, states ${recipe.states}; ${checks}`);
  if (from) say(`weights  of ${from.folder}, minibatch ${count(from.step)}, digest ${from.digest}`);
  say('folder  ', `${folder}${step > 0 ? `, going on at minibatch ${step}` : ''}`);
}

/** Says so where a preset meets other data than its numbers are tuned for. */
function sayIfUntuned(preset: string, dataset: string): void {
  const data = tunedFor(preset);
  if (data === undefined || data === dataset) return;
  say(
    `note     preset ${preset} is tuned for ${data}: ${dataset} may need other --rates (--auto-rates 0.1 measures some), --beta and --epochs`,
  );
}

function conclude(result: RunResult, mode: Mode, goOn: string): void {
  const log = readLog(result.folder);
  const report = writeRunReport(result, log);
  const { position, test, samplesPerSecond, bytesPerImage, start } = result;
  if (!test) {
    const why = result.endedBy ? ' by --strict' : '';
    say(`stopped${why} after minibatch ${position.step}, everything saved`);
    say('go on with:', goOn);
    return;
  }
  if (mode === 'json') return;
  const last = log.epochs.at(-1);
  const rows = [
    [
      'training, during the last epoch',
      inPercent(last?.trainingError),
      inPercent(last?.referenceTrainingError),
    ],
    ...test.evaluations.map(({ set, start: from, error, referenceError }) => [
      `${set}, from ${from === 'zero' ? 'a zero start' : 'persistent states'}`,
      inPercent(error),
      inPercent(referenceError),
    ]),
  ];
  const shadow = last?.referenceTrainingError !== undefined;
  print('');
  print(
    table(
      ['error', 'device', ...(shadow ? ['reference'] : [])],
      shadow ? rows : rows.map((row) => row.slice(0, 2)),
    ),
  );
  print('');
  const checks =
    position.checked === 0
      ? 'no reply was compared with a twin'
      : `${several(position.checked, 'reply', 'replies')} compared with the twin, all equal`;
  print(`${checks}; digest ${position.digest}`);
  print(comparisons(log));
  for (const { step, seen, remedy } of log.symptoms)
    print(`symptom at minibatch ${count(step)}: ${seen}; try ${remedy}`);
  const pace = [
    samplesPerSecond !== undefined && `${significant(samplesPerSecond)} examples/s`,
    bytesPerImage !== undefined && `${count(bytesPerImage)} bytes an example on the line`,
    `${duration(position.seconds)} in all`,
    several(start.recipe.epochs, 'epoch'),
  ];
  print(pace.filter((part) => part).join(', '));
  print('report  ', report);
}

/** Says what the comparisons with the reference came to. */
function comparisons({ compared, overall }: RunLog): string {
  if (!overall) return 'no minibatch was compared with the float64 reference';
  const { stateRms, stateWorst, predictionsAgree } = overall;
  return `${several(compared, 'minibatch', 'minibatches')} compared with the float64 reference: states differ by ${powerOfTwo(stateRms)} RMS, ${powerOfTwo(stateWorst)} at worst; ${percent(predictionsAgree)} of predictions agree`;
}
