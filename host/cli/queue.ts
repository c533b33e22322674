import type { Command } from 'commander';
import { type Change, changeQueues, type QueueState, queueStates } from '../fleet/index.js';
import { count, several, UserError } from '../ground/index.js';
import { addressOfQueue, withQueue } from './environment-queue.js';
import { print, printJson, say } from './output.js';

interface QueueFlags {
  readonly pause?: true;
  readonly goOn?: true;
  readonly cancel?: true;
  readonly json?: true;
}

export function addQueue(program: Command): void {
  program
    .command('queue')
    .description('show what lies in the queue at EQPROP_QUEUE, and who trains it; pause or cancel it')
    .argument('[folder]', 'of one comparison, as it is shown (default: all)')
    .option('--pause', 'no more is begun; what is under way is trained to its end')
    .option('--go-on', 'what was paused goes on')
    .option('--cancel', 'what waits and what is under way is forgotten; what was fetched stays')
    .option('--json', 'one JSON object a queue on standard output')
    .action(queue);
}

async function queue(folder: string | undefined, flags: QueueFlags): Promise<void> {
  const asked = [flags.pause && 'pause', flags.goOn && 'resume', flags.cancel && 'cancel'].filter(
    (change): change is Change => typeof change === 'string',
  );
  if (asked.length > 1)
    throw new UserError('--pause, --go-on and --cancel contradict each other', 'give one');
  await withQueue(addressOfQueue(), async (connection) => {
    try {
      const states = (await queueStates(connection)).filter(
        ({ offer }) => folder === undefined || offer.title === folder,
      );
      if (folder !== undefined && states.length === 0)
        throw new UserError(`nothing of ${folder} is in the queue`, 'eqprop queue shows what is');
      const [change] = asked;
      if (change) {
        const offers = states.map(({ offer }) => offer);
        await changeQueues(connection, offers, change);
      }
      const now = change ? await queueStates(connection) : states;
      if (flags.json) for (const state of now) printJson(state);
      else if (now.length === 0) say('the queue is empty');
      else for (const state of now) tell(state);
    } catch (error) {
      throw connection.explain(error);
    }
  });
}

function tell({ offer, waiting, isPaused, active, ended }: QueueState): void {
  const { title, version, storage, kernel, bytes } = offer;
  const counts = [
    `${count(waiting)} waiting${isPaused ? ', paused' : ''}`,
    `${count(active.length)} under way`,
    ended > 0 && `${count(ended)} to be fetched`,
  ];
  print(counts.filter((part) => part).join(', '), title);
  const needs = bytes
    ? `weights of ${several(storage, 'bit')}, ${count(bytes[0])} bytes of arena`
    : 'memory without a bound';
  print(`  eqprop ${version}, kernel ${kernel}, ${needs}`);
  for (const { id, epoch, worker } of active) print(`  ${worker}  ${id}, ${several(epoch, 'epoch')} done`);
}
