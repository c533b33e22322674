import type { Command } from 'commander';
import {
  type Change,
  changeQueues,
  type Presence,
  type QueueState,
  queueStates,
  titleOf,
  workersThere,
} from '../fleet/index.js';
import { count, several, UserError } from '../ground/index.js';
import { addressOfQueue, withQueue } from './environment-queue.js';
import { print, printJson, say } from './output.js';

interface QueueFlags {
  readonly pause?: true;
  readonly goOn?: true;
  readonly drain?: true;
  readonly cancel?: true;
  readonly json?: true;
}

export function addQueue(program: Command): void {
  program
    .command('queue')
    .description(
      'show what lies in the queue at EQPROP_QUEUE, who trains it and who is there; pause, drain or cancel it',
    )
    .argument('[folder]', 'of one comparison, as it is shown (default: all)')
    .option('--pause', 'no more is begun; what is under way is trained to its end')
    .option('--go-on', 'what was paused goes on')
    .option(
      '--drain',
      'what waits is taken out; what is under way is trained to its end and fetched, then the comparison ends',
    )
    .option('--cancel', 'what waits and what is under way is forgotten; what was fetched stays')
    .option('--json', 'one JSON object a queue and a worker on standard output')
    .action(queue);
}

async function queue(folder: string | undefined, flags: QueueFlags): Promise<void> {
  const asked = [
    flags.pause && 'pause',
    flags.goOn && 'resume',
    flags.drain && 'drain',
    flags.cancel && 'cancel',
  ].filter((change): change is Change => typeof change === 'string');
  if (asked.length > 1)
    throw new UserError('--pause, --go-on, --drain and --cancel contradict each other', 'give one');
  await withQueue(addressOfQueue(), async (connection) => {
    try {
      const before = await queueStates(connection);
      const states = before.filter(
        ({ offer }) => folder === undefined || [folder, titleOf(folder)].includes(offer.title),
      );
      if (folder !== undefined && states.length === 0)
        throw new UserError(`nothing of ${folder} is in the queue`, 'eqprop queue shows what is');
      const [change] = asked;
      if (change) {
        const offers = states.map(({ offer }) => offer);
        await changeQueues(connection, offers, change);
      }
      const all = change ? await queueStates(connection) : before;
      const workers = await workersThere(connection.redis);
      const show = flags.json ? tellJson : tell;
      show(
        change ? all : states,
        workers.map((worker) => ({ ...worker, underWay: runsOf(worker, all) })),
      );
    } catch (error) {
      throw connection.explain(error);
    }
  });
}

interface Worker extends Presence {
  /** Names of its runs. */
  readonly underWay: readonly string[];
}

function runsOf({ name }: Presence, states: readonly QueueState[]): readonly string[] {
  return states.flatMap(({ active }) => active.filter(({ worker }) => worker === name).map(({ id }) => id));
}

function tellJson(states: readonly QueueState[], workers: readonly Worker[]): void {
  for (const state of states) printJson(state);
  for (const worker of workers) printJson({ kind: 'worker', ...worker });
}

function tell(states: readonly QueueState[], workers: readonly Worker[]): void {
  if (states.length === 0) say('the queue is empty');
  for (const state of states) tellQueue(state);
  if (workers.length === 0) say('no worker is there: eqprop work starts one');
  else print(several(workers.length, 'worker'));
  for (const worker of workers) print(sentenceOf(worker));
}

function tellQueue({ offer, waiting, isPaused, underWay, active, ended }: QueueState): void {
  const { title, version, storage, kernel, bytes } = offer;
  const counts = [
    `${count(waiting)} waiting${isPaused ? ', paused' : ''}`,
    `${count(underWay)} under way`,
    ended > 0 && `${count(ended)} to be fetched`,
  ];
  print(counts.filter((part) => part).join(', '), title);
  const needs = bytes
    ? `weights of ${several(storage, 'bit')}, ${count(bytes[0])} bytes of arena`
    : 'memory without a bound';
  print(`  eqprop ${version}, kernel ${kernel}, ${needs}`);
  for (const { id, epoch, worker } of active) print(`  ${worker}  ${id}, ${several(epoch, 'epoch')} done`);
}

function sentenceOf({ name, device, arena, concurrency, underWay }: Worker): string {
  // Kernels of a board differ in a few bytes; as much as the computer has is not told.
  const bytes = Math.min(...Object.values(arena));
  const memory = Number.isFinite(bytes) ? `, ${count(bytes)} bytes of arena` : '';
  const runs = underWay.length === 0 ? 'nothing under way' : underWay.join(', ');
  return `  ${name}  ${device}${memory}, ${count(concurrency)} at a time: ${runs}`;
}
