/** Experiments of a paper, measured. */
import type { Command } from 'commander';
import { loadDataset } from '../data/index.js';
import { UserError } from '../ground/index.js';
import {
  describe,
  type Elsewhere,
  type Experiment,
  experimentsOf,
  FindingsFolder,
  type MeasuringEvents,
  measure,
  measureElsewhere,
  type PaperName,
} from '../reproduction/index.js';
import { parseLevel } from '../verification/index.js';
import { printClaims } from './claim-display.js';
import { deviceOf } from './device-flags.js';
import { interruptedStatus, interruptible } from './interruption.js';
import { modeOf, print, printJson, say, styled } from './output.js';
import { ProgressDisplay } from './progress-display.js';
import type { Queued } from './queue-flags.js';
import { refuseGivenFlags } from './recipe-flags.js';
import { folderOf, type ReproduceFlags } from './reproduce-flags.js';
import { doneElsewhere } from './reproduce-queue.js';
import { resumeCommand } from './resume-hint.js';

/** Flags that the networks of Table 2 alone have, as commander names them. */
const OF_NETWORKS = ['network', 'shadow', 'epochs', 'relaxation', 'images'];

/**
 * @param name of the experiment; all of the paper's, or of the folder's, if absent
 * @param queued puts them into a queue; done here if absent
 */
export async function reproduceExperiments(
  paper: PaperName,
  name: string | undefined,
  flags: ReproduceFlags,
  command: Command,
  queued?: Queued,
): Promise<void> {
  refuseOfNetworks(command);
  const mode = modeOf(flags);
  const folder = await openFolder(paper, name === undefined ? [] : [name], flags, command);
  const chosen = experimentsOf(paper, name === undefined ? folder.plan.experiments : [name]);
  const words = name === undefined ? paper : `${paper} ${name}`;
  const goOn = resumeCommand(command, `reproduce ${words}`, folder.path, ['queue']);
  if (queued) {
    // With those that were put into the queue before: nobody else fetches them.
    const all = experimentsOf(paper, folder.plan.experiments);
    const use = (elsewhere: Elsewhere, signal: AbortSignal) =>
      measureElsewhere(folder, all, elsewhere, signal);
    if (!(await doneElsewhere(queued, folder, flags, all.length, use, goOn))) return;
  } else if (!(await measureHere(folder, chosen, flags))) {
    say('stopped, finished experiments are saved; go on with:', goOn);
    process.exitCode = interruptedStatus();
    return;
  }
  const findings = folder.findings().filter((one) => chosen.some((other) => other.name === one.name));
  if (mode === 'json') printJson({ ...folder.plan, findings });
  else {
    print(`\n${describe(folder.plan)}`);
    printClaims(findings, folder.report);
  }
}

/** Returns false if it was interrupted. */
function measureHere(
  folder: FindingsFolder,
  chosen: readonly Experiment[],
  flags: ReproduceFlags,
): Promise<boolean> {
  const mode = modeOf(flags);
  const display = new ProgressDisplay(mode === 'json' ? 'quiet' : mode);
  const runs = {
    device: deviceOf(flags),
    checkpointInterval: flags.checkpointInterval * 1000,
    verification: parseLevel(flags.verify),
  };
  const work = (signal: AbortSignal, started: () => void) => {
    const heading = (title: string, skipped: boolean) => {
      display.stop();
      if (mode === 'normal') say(`${styled('bold', title)}${skipped ? ': finished before' : ''}`);
    };
    const events: MeasuringEvents = {
      onExperiment: heading,
      onRun: heading,
      onStep: (part, done, total) => {
        started();
        display.advance(part, { done, total });
      },
      onStart: ({ note }) => {
        started();
        if (note) say(styled('yellow', `note: ${note}`));
      },
      onProgress: (progress) => display.progress(progress),
      onMetrics: (metrics) => display.metrics(metrics),
      onLost: (loss) => display.lost(loss),
    };
    return measure(folder, chosen, runs, events, signal);
  };
  return interruptible((cause) => display.interrupted(cause), work).finally(() => display.stop());
}

async function openFolder(
  paper: PaperName,
  names: readonly string[],
  flags: ReproduceFlags,
  command: Command,
): Promise<FindingsFolder> {
  const { full, seed, data, resume } = flags;
  const chosen = experimentsOf(paper, names);
  if (chosen.length === 0)
    throw new UserError(
      `there is no experiment of ${paper} yet`,
      'eqprop reproduce --list tells what there is',
    );
  if (resume !== undefined) {
    refuseGivenFlags(command, ['out', 'full', 'quick', 'seed', 'data']);
    return FindingsFolder.open(resume, paper, names);
  }
  // Before the folder is claimed: corrected, the same command may name it again.
  if (data !== undefined) await loadDataset(data);
  return FindingsFolder.create(folderOf(flags), {
    paper,
    form: full ? 'full' : 'quick',
    seed,
    ...(data !== undefined && { data }),
    experiments: chosen.map(({ name }) => name),
  });
}

function refuseOfNetworks(command: Command): void {
  const given = command.options.find(
    (option) =>
      OF_NETWORKS.includes(option.attributeName()) &&
      command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given)
    throw new UserError(
      `${given.long} is for table-2, figure-5 and claims`,
      'leave it out: an experiment has --full, --seed and --data',
    );
}
