/** Networks of Table 2: trained on a device, drawn, and what the paper claims of them. */
import type { Command } from 'commander';
import { UserError } from '../ground/index.js';
import {
  claimRuns,
  describeForm,
  type Elsewhere,
  errorTable,
  hyperparameterTable,
  measureClaims,
  type NetworkResult,
  networkNumbers,
  networkRuns,
  planNetworks,
  type Reproduction,
  type ReproductionEvents,
  ReproductionFolder,
  readClaims,
  readOutcome,
  requireImages,
  resultTable,
  runElsewhere,
  runNetworks,
  type Table,
  writeResults,
} from '../reproduction/index.js';
import { parseLevel } from '../verification/index.js';
import { printClaims, printTable } from './claim-display.js';
import { deviceOf } from './device-flags.js';
import { interruptedStatus, interruptible } from './interruption.js';
import { modeOf, print, printJson, say, styled } from './output.js';
import { ProgressDisplay } from './progress-display.js';
import type { Queued } from './queue-flags.js';
import { refuseGivenFlags } from './recipe-flags.js';
import { folderOf, type ReproduceFlags } from './reproduce-flags.js';
import { doneElsewhere } from './reproduce-queue.js';
import { resumeCommand } from './resume-hint.js';

/**
 * @param words of the command line that name the results
 * @param queued puts the runs into a queue; trained here if absent
 */
export async function reproduceNetworks(
  what: NetworkResult,
  words: string,
  flags: ReproduceFlags,
  command: Command,
  queued?: Queued,
): Promise<void> {
  const mode = modeOf(flags);
  if (what === 'claims' && flags.full)
    throw new UserError('the claims have no full form', 'more --images and --epochs make them stronger');
  if (what === 'claims' && flags.shadow)
    throw new UserError('the claims have no shadow', 'leave --shadow out; table-2 and figure-5 take it');
  const folder = await openFolder(flags, command);
  const numbers = flags.network ?? [];
  const shadowed = flags.shadow ?? [1];
  const goOn = resumeCommand(command, `reproduce ${words}`, folder.path, ['network', 'shadow', 'queue']);
  if (queued) {
    // With all that may have been put into the queue before: nobody else fetches them.
    const runs = what === 'claims' ? claimRuns(folder, []) : networkRuns(folder, shadowed);
    const use = (elsewhere: Elsewhere, signal: AbortSignal) => runElsewhere(folder, runs, elsewhere, signal);
    // The runs are measured here.
    if (!(await doneElsewhere(queued, folder, flags, runs.length, use, goOn))) return;
  }
  const display = new ProgressDisplay(mode === 'json' ? 'quiet' : mode);
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
      : runNetworks(folder, numbers, shadowed, conditions, events, signal);
  };
  const finished = await interruptible((cause) => display.interrupted(cause), work).finally(() =>
    display.stop(),
  );
  const reproduction = readOutcome(folder);
  const { report, figure } = writeResults(folder, reproduction);
  if (!finished) {
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
