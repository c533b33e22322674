import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { runTasks } from '../experiments/index.js';
import { requireDevice } from '../firmware/index.js';
import { type Connection, capacityOf, SharedPath, type WorkEvents, work } from '../fleet/index.js';
import { reasonOf, UserError } from '../ground/index.js';
import { experimentTasks } from '../reproduction/index.js';
import { addDeviceFlags, type DeviceFlags, deviceOf, seconds, wholeNumber } from './device-flags.js';
import { addressOfQueue, withQueue } from './environment-queue.js';
import { type Cause, interruptible } from './interruption.js';
import { modeOf, type OutputFlags, printJson, say, styled } from './output.js';
import { sayInterrupted } from './say-interrupted.js';

interface WorkFlags extends DeviceFlags, OutputFlags {
  readonly concurrency: number;
  readonly checkpointInterval: number;
  readonly giveUp: number;
  readonly shared?: string;
}

export function addWork(program: Command): void {
  const command = program
    .command('work')
    .description(
      'do what eqprop compare --queue and reproduce --queue have put into the queue at EQPROP_QUEUE, until interrupted',
    )
    .option('--concurrency <n>', 'cells trained at a time', wholeNumber(1), 1)
    .option(
      '--checkpoint-interval <seconds>',
      'time between checkpoints, which the queue keeps for the next worker',
      seconds,
      60,
    )
    .option(
      '--give-up <seconds>',
      'silence after which a worker is lost, and another takes its cells',
      seconds,
      30,
    )
    .option(
      '--shared <path>',
      'where this computer sees the folder that eqprop compare --shared names; cells of queues without one are taken too',
    )
    .option('--quiet', 'say nothing')
    .option('--json', 'one JSON object an event on standard output');
  addDeviceFlags(command).action(takeWork);
}

async function takeWork(flags: WorkFlags): Promise<void> {
  const mode = modeOf(flags);
  const address = addressOfQueue();
  const shared = flags.shared === undefined ? undefined : await SharedPath.open(flags.shared);
  const tell = (event: Readonly<Record<string, unknown>>, text: string) => {
    if (mode === 'json') printJson(event);
    if (mode === 'normal') say(text);
  };
  const events: Omit<WorkEvents, 'onReady' | 'onTrouble'> = {
    onMisfit: (title, reason) =>
      tell({ kind: 'misfit', title, reason }, styled('yellow', `not taken  ${title}: ${reason}`)),
    onBegin: (id, goesOn) =>
      tell({ kind: 'begin', id, goesOn }, `${goesOn ? 'going on ' : 'begun    '} ${id}`),
    onEpoch: (id, epoch, epochs) =>
      tell({ kind: 'epoch', id, epoch, epochs }, `          ${id} ${epoch}/${epochs}`),
    onEnd: (id, ending) => {
      const reason = ending && 'reason' in ending ? `: ${ending.reason}` : '';
      tell(
        { kind: 'end', id, ended: ending?.kind ?? 'lost' },
        `${(ending?.kind ?? 'lost').padEnd(9)} ${id}${reason}`,
      );
    },
  };
  const choice = deviceOf(flags);
  await requireDevice(choice.device, choice.options);
  const capacity = await capacityOf(choice);
  if (capacity.isOne && flags.concurrency > 1)
    throw new UserError(
      `${flags.concurrency} cells at a time cannot share the device ${flags.device}`,
      'leave --concurrency out, and start a worker for each board',
    );
  const options = {
    program: [process.execPath, fileURLToPath(new URL('./start.js', import.meta.url))],
    words: wordsOf(flags),
    kinds: [runTasks, experimentTasks],
    device: flags.device,
    requireDevice: async () => {
      if (capacity.isOne) await capacityOf(choice);
    },
    capacity,
    ...(shared && { shared }),
    concurrency: flags.concurrency,
    patience: 1000 * flags.giveUp,
  };
  const interrupted = (cause: Cause) => {
    if (mode !== 'json') sayInterrupted('what is under way saves, and waits in the queue', cause);
  };
  await interruptible(interrupted, (signal, started) =>
    withQueue(address, async (connection) => {
      started();
      const { name } = connection;
      const onReady = () => tell({ kind: 'ready', queue: name }, `taking cells from the queue at ${name}`);
      await work(connection, options, { ...events, onReady, onTrouble: troubleOf(connection) }, signal);
    }),
  );
}

/** Says what the store refuses, each thing once. */
function troubleOf(connection: Connection): WorkEvents['onTrouble'] {
  const told = new Set<string>();
  return (error) => {
    const reason = reasonOf(connection.explain(error));
    if (!told.has(reason)) say(styled('yellow', `trouble   ${reason}`));
    told.add(reason);
  };
}

/** The same device, for each cell's process. */
function wordsOf({
  device,
  baud,
  paced,
  arena,
  window,
  threads,
  patience,
  checkpointInterval,
}: WorkFlags): readonly string[] {
  const valued = {
    device,
    baud,
    arena,
    window,
    threads,
    patience,
    'checkpoint-interval': checkpointInterval,
  };
  const words = Object.entries(valued).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
  return [...words, ...(paced ? ['--paced'] : [])];
}
