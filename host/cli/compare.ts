import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, InvalidArgumentError } from 'commander';
import {
  ComparisonFolder,
  type ComparisonPlan,
  checkGrid,
  DEFAULT_MARGIN,
  type Endings,
  holdOut,
  type PreparedComparison,
  prepareComparison,
  readGridFile,
  runComparison,
  sourcesOfGroups,
  summarise,
  writeResults,
} from '../comparison/index.js';
import { withWholePaths } from '../data/index.js';
import type { Carrier } from '../experiments/index.js';
import { withLock } from '../files/index.js';
import { requireDevice } from '../firmware/index.js';
import { count, duration, hostVersion, rounded, UserError } from '../ground/index.js';
import { presetNames, readPreset } from '../model/index.js';
import type { ComparisonData } from '../report/index.js';
import { DEFAULT_LEVEL, parseLevel } from '../verification/index.js';
import { CompareDisplay } from './compare-display.js';
import { consent } from './consent.js';
import { addDataFlags, type DataFlags, READING_FLAGS, readingOf } from './data-flags.js';
import { addDetachedFlag, type DetachedFlags, startDetached } from './detached.js';
import { addDeviceFlags, type DeviceFlags, deviceOf, numberIn, wholeNumber } from './device-flags.js';
import { Exit } from './exit-status.js';
import { freshFolder } from './fresh-folder.js';
import { interruptedStatus, interruptible } from './interruption.js';
import { type Mode, modeOf, type OutputFlags, say, styled } from './output.js';
import {
  addQueueFlags,
  checkQueueFlags,
  type Queued,
  type QueueFlags,
  refuseDevice,
  throughQueue,
} from './queue-flags.js';
import { addGridFlags, alternativesOf, refuseDecidedFlags } from './recipe-flags.js';
import { addWatchFlag, Watcher, type WatchFlag } from './watcher.js';

/** More than these are begun only when asked for twice. */
const MANY_CELLS = 200;
const MANY_SECONDS = 3600;

/** A list of them is made. */
const MOST_SEEDS = 10_000;

const DEFAULT_PRESET = 'small';

interface CompareFlags
  extends DataFlags,
    DeviceFlags,
    DetachedFlags,
    OutputFlags,
    QueueFlags,
    WatchFlag,
    Readonly<Record<string, unknown>> {
  readonly preset?: string;
  readonly seeds?: number;
  readonly processes?: number;
  readonly reference: boolean;
  readonly margin: number;
  readonly verify: string;
  readonly yes?: true;
}

export function addCompare(program: Command): void {
  const command = program
    .command('compare')
    .description('train a grid of recipes and tell what each number format costs')
    .argument(
      '[grid.toml]',
      'preset, data and how they are read, device, tables [recipe] and [grid]; flags override it',
    )
    .optionsGroup('Comparison:')
    .option(
      '--preset <name>',
      `recipe to start from: ${presetNames().join(', ')}, or a .toml file (default: ${DEFAULT_PRESET})`,
    )
    .option('--seeds <n>', 'short for --seed 1 … n', wholeNumber(1, MOST_SEEDS))
    .option('--out <folder>', "the comparison's folder (default: comparisons/<time>)")
    .option('--resume <folder>', 'go on with a comparison; what has finished is not run again')
    .option('--processes <n>', 'cells trained at a time (default: one a core)', wholeNumber(1));
  addQueueFlags(command, 'cells')
    .option('--no-reference', 'leave out the float64 networks that cells are held against')
    .option(
      '--margin <points>',
      'validation error above the best that the advice puts up with for fewer bytes',
      points,
      DEFAULT_MARGIN,
    )
    .option('--verify <level>', 'of each cell, as in train', DEFAULT_LEVEL)
    .option('--yes', 'begin without asking, however long it takes');
  addWatchFlag(addDetachedFlag(command))
    .option('--quiet', 'say nothing but the result')
    .option('--json', 'one JSON object a cell on standard output, and the advice');
  addDataFlags(command);
  addDeviceFlags(command);
  addGridFlags(command).action(compare);
}

function points(text: string): number {
  const value = numberIn(text);
  if (!(value >= 0 && Number.isFinite(value)))
    throw new InvalidArgumentError('a number of points from 0 on is needed');
  return value;
}

async function compare(file: string | undefined, flags: CompareFlags, command: Command): Promise<void> {
  checkQueueFlags(flags);
  if (flags.detached) return startDetached(flags.resume ?? folderOf(flags), flags);
  await throughQueue(flags, (queued) => compareBy(file, flags, command, queued));
}

/** @param queued puts the cells into a queue; trained here if absent */
async function compareBy(
  file: string | undefined,
  flags: CompareFlags,
  command: Command,
  queued?: Queued,
): Promise<void> {
  const mode = modeOf(flags);
  const folder = flags.resume === undefined ? begin(file, flags, command) : goOn(file, flags.resume, command);
  const { plan } = folder;
  if (queued) refuseDevice(plan.device);
  const isNew = flags.resume === undefined;
  if (isNew) await requireDevice(plan.device, plan.deviceOptions);
  const prepared = await prepareComparison(folder, flags.processes);
  // A finished comparison is told without its device.
  if (!isNew && prepared.cellsToRun.length > 0) await requireDevice(plan.device, plan.deviceOptions);
  await introduce(prepared, mode, flags.yes ?? false);
  const display = new CompareDisplay(mode, prepared, queued !== undefined);
  const watcher = new Watcher(flags, mode !== 'normal');
  const work = async (signal: AbortSignal, started: () => void) => {
    const program = [process.execPath, fileURLToPath(new URL('./start.js', import.meta.url))];
    display.onStart = started;
    watcher.begin(folder.path);
    const run = (carrier?: Carrier) => runComparison(prepared, program, display, signal, carrier);
    // Nobody else puts the same cells there meanwhile.
    const endings = await (queued
      ? withLock(folder.path, () => run(queued(folder.path, prepared.dataset)))
      : run());
    const sources = await sourcesOfGroups(prepared, signal);
    const data = summarise(prepared, endings, sources);
    display.conclude(data, writeResults(folder, data));
    process.exitCode = statusOf(endings, data, signal.aborted);
  };
  await interruptible((cause) => display.interrupted(cause), work)
    .finally(() => display.stop())
    .finally(() => watcher.end());
}

/** Flags that --resume cannot change; a recipe's keys aside. */
const DECIDED = [
  ...READING_FLAGS,
  ...['out', 'data', 'seeds', 'reference', 'margin', 'verify'],
  ...['device', 'baud', 'paced', 'arena', 'window', 'threads', 'patience'],
];

function goOn(file: string | undefined, path: string, command: Command): ComparisonFolder {
  if (file !== undefined)
    throw new UserError(`--resume goes on as the comparison began: ${file} cannot change it`, 'leave it out');
  refuseDecidedFlags(command, DECIDED);
  return ComparisonFolder.open(path);
}

function begin(file: string | undefined, flags: CompareFlags, command: Command): ComparisonFolder {
  parseLevel(flags.verify);
  const given = file === undefined ? undefined : readGridFile(file);
  const preset = flags.preset ?? given?.preset ?? DEFAULT_PRESET;
  const { values, source } = readPreset(preset);
  const alternatives = { ...given?.grid, ...alternativesOf(flags) };
  const where = file ?? source;
  const asked = checkGrid(
    {
      preset,
      recipe: { ...values, ...given?.recipe },
      alternatives: { ...alternatives, ...seedsOf(flags) },
    },
    where,
  );
  const { grid, heldOut } = holdOut(asked, where);
  const data = flags.data ?? given?.data;
  const isNamed = command.getOptionValueSource('device') === 'cli';
  const plan: ComparisonPlan = {
    hostVersion,
    grid: { ...grid, alternatives: grid.alternatives as Record<string, unknown[]> },
    ...(data !== undefined && { data: resolve(data) }),
    reading: withWholePaths({ ...given?.reading, ...readingOf(flags) }),
    device: isNamed ? flags.device : (given?.device ?? flags.device),
    deviceOptions: deviceOf(flags).options,
    patience: flags.patience,
    verification: flags.verify,
    reference: flags.reference,
    margin: flags.margin,
    ...(heldOut !== undefined && { heldOut }),
  };
  return ComparisonFolder.create(folderOf(flags), plan);
}

function folderOf({ out }: CompareFlags): string {
  return out ?? freshFolder('comparisons');
}

function seedsOf({ seeds, seed }: CompareFlags): Readonly<Record<string, readonly number[]>> {
  if (seeds === undefined) return {};
  if (seed !== undefined) throw new UserError('--seeds and --seed name the same', 'leave one of them out');
  return { seed: Array.from({ length: seeds }, (_, n) => n + 1) };
}

async function introduce(prepared: PreparedComparison, mode: Mode, yes: boolean): Promise<void> {
  const { folder, cells, cellsToRun, referencesToRun, seconds, line, processes } = prepared;
  const impossible = cells.filter((cell) => cell.impossible !== undefined);
  const long = [
    seconds !== undefined && `, about ${duration(rounded(seconds, 2))}`,
    line && `, the images alone ${duration(rounded(line.seconds, 2))} at ${count(line.baud)} baud`,
  ]
    .filter((part) => part)
    .join('');
  const counts = [
    `${cellsToRun.length} to train`,
    impossible.length > 0 && `${impossible.length} cannot work`,
    referencesToRun.length > 0 && `${referencesToRun.length} float64 references beside them`,
  ].filter((part) => part);
  if (mode === 'normal') {
    say(
      `${styled('bold', `${cells.length} cells`)}: ${counts.join(', ')}; ${processes} at a time${long}; folder`,
      folder.path,
    );
    const { heldOut } = folder.plan;
    if (heldOut !== undefined)
      say(
        `chosen on images ${heldOut}, split off the training images (--validation names others; none: trained on all, no advice)`,
      );
    for (const { id, impossible: reason } of impossible) say(styled('yellow', `not run  ${id}: ${reason}`));
  }
  if (cellsToRun.length > MANY_CELLS || Math.max(seconds ?? 0, line?.seconds ?? 0) > MANY_SECONDS)
    await consent(`${cellsToRun.length} cells${long}`, yes);
}

function statusOf({ cells, references }: Endings, data: ComparisonData, aborted: boolean): number {
  const ended = [...cells.values(), ...references.values()];
  if (ended.some((ending) => ending.kind === 'failed' && ending.differs)) return Exit.verification;
  if (aborted) return interruptedStatus();
  return ended.some(({ kind }) => kind === 'failed') || !data.complete || !data.advice ? Exit.failure : 0;
}
