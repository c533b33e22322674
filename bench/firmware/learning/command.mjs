/** The learning benchmark's command line. */
import { UserError } from '../../../dist/host/ground/errors.js';
import { nearest } from '../../../dist/host/model/recipe.js';
import { AIFES, contenders, MINIBATCHES } from './contenders.mjs';
import { cores } from './cores.mjs';
import { measureLearning } from './learning.mjs';
import { addToRecord, readRecord } from './record.mjs';

export const learningFlags = {
  learning: { type: 'boolean', default: false },
  who: { type: 'string', multiple: true },
  minibatch: { type: 'string', multiple: true },
  core: { type: 'string', multiple: true },
  aifes: { type: 'string' },
  seeds: { type: 'string' },
  quick: { type: 'boolean', default: false },
  portable: { type: 'boolean', default: false },
  to: { type: 'string' },
  from: { type: 'string' },
};

/**
 * Measures, or reads what was measured before, and returns the entries.
 * @throws `UserError` where boards are named: they are for the same work
 */
export async function learn(flags, boards) {
  if (boards.length > 0)
    throw new UserError(`--learning takes no boards: ${boards.join(', ')}`, 'choose cores by --core');
  if (flags.from !== undefined) return readRecord(flags.from);
  const chosen = chooseContenders(flags);
  const minibatches = flags.minibatch?.map(minibatchOf) ?? MINIBATCHES;
  const counted = chooseByName(cores, flags.core, 'core');
  const way = {
    isQuick: flags.quick,
    isPortable: flags.portable,
    seedCount: flags.seeds === undefined ? undefined : countOf(flags.seeds),
  };
  const entries = [];
  for (const minibatch of minibatches)
    for (const contender of chosen) {
      const command = commandOf(contender, minibatch, flags);
      const measured = await measureLearning(contender, minibatch, counted, way, (text) =>
        console.error(`bench: ${text}`),
      );
      const entry = { command, ...measured };
      if (flags.to !== undefined) addToRecord(entry, flags.to);
      entries.push(entry);
    }
  return entries;
}

/** The command that repeats an entry; everybody fills in where libraries lie. */
function commandOf({ id, needsFolder }, minibatch, { seeds, quick, portable }) {
  return [
    `node bench/firmware/run.mjs --learning --who ${id} --minibatch ${minibatch}`,
    ...(needsFolder ? [`--${id} <folder>`] : []),
    ...(seeds === undefined ? [] : [`--seeds ${seeds}`]),
    ...(quick ? ['--quick'] : []),
    ...(portable ? ['--portable'] : []),
  ].join(' ');
}

function chooseContenders({ who, aifes = process.env.EQPROP_AIFES || undefined }) {
  if (aifes === undefined && who?.includes(AIFES))
    throw new UserError(
      `'${AIFES}' does not come along`,
      'name the folder of a clone of AIfES_for_Arduino by --aifes or EQPROP_AIFES',
    );
  return chooseByName(contenders(aifes), who, 'contender');
}

function minibatchOf(text) {
  const size = Number(text);
  if (!MINIBATCHES.includes(size))
    throw new UserError(
      `no learning rates for minibatches of ${text}`,
      `there are for ${MINIBATCHES.join(', ')}`,
    );
  return size;
}

function countOf(text) {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new UserError(`--seeds ${text} is no number of seeds`, 'write 1 or more');
  return count;
}

function chooseByName(all, names, kind) {
  if (names === undefined) return all;
  return names.map((name) => {
    const found = all.find(({ id }) => id === name);
    if (found) return found;
    const known = all.map(({ id }) => id);
    const meant = nearest(name, known);
    throw new UserError(
      `there is no ${kind} '${name}'`,
      meant ? `did you mean '${meant}'?` : `there are ${known.join(', ')}`,
    );
  });
}
